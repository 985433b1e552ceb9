"""Templates like those that people reported or published, with the value that is right on AWS."""

import html
import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from worker_template import Finding, Severity, TaskTemplate
from worker_template.html_tree import parse_html
from worker_template.js_literal import parse_js_literal

LOADER = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>\n'


def template(body: str) -> TaskTemplate:
    return TaskTemplate.from_text(f"{LOADER}<crowd-form>{body}</crowd-form>")


def findings(body: str, sample: dict[str, Any] | None = None) -> dict[str, Finding]:
    return {finding.rule: finding for finding in template(body).check(sample)}


BOXES = (
    '<crowd-bounding-box name="boxes" src="{{ task.input.photo | grant_read_access }}" '
    "header=\"Move the boxes\" labels=\"['Cat', 'Dog']\" "
    'initial-value="[{% for b in task.input.found %}{ label: {{ b.label | to_json }}, '
    "left: {{ b.left }}, top: {{ b.top }}, width: {{ b.width }}, height: {{ b.height }} },"
    '{% endfor %}]"><short-instructions>Move</short-instructions></crowd-bounding-box>'
)
FOUND = {"label": "Cat", "left": 10, "top": 20, "width": 100, "height": 80}


def test_boxes_given_as_json_in_an_attribute_show_up() -> None:
    sample = {"photo": "s3://bucket1/x.png", "found": [FOUND]}
    page = template(BOXES).render(sample)
    assert "label: &quot;Cat&quot;" in page
    (widget,) = parse_html(page).named("crowd-bounding-box")
    assert parse_js_literal(widget.get("initial-value") or "") == [FOUND]
    assert findings(BOXES, sample) == {}


@pytest.mark.parametrize("start", ['<script type="application/json">', "<script>const names = "])
def test_json_in_a_script_is_an_error_with_the_remedy(start: str) -> None:
    body = (
        f'<crowd-input name="n"></crowd-input>{start}{{{{ task.input.names | to_json }}}}</script>'
    )
    finding = findings(body)["json-in-script"]
    assert finding.severity is Severity.ERROR
    assert "put {{ ... | to_json }} into a data- attribute" in finding.message


def test_what_is_only_looped_over_or_rounded_is_not_required() -> None:
    body = (
        "<p>Confidence {{ task.input.overall | round: 2 }}</p>"
        '<select name="kind" disabled>{% for k in task.input.kinds %}<option>{{ k.label }}</option>'
        '{% endfor %}</select>{% for f in task.input.fields %}<crowd-input name="{{ f.key }}" '
        'value="{{ f.value }}"></crowd-input>{% endfor %}'
    )
    assert template(body).required_inputs == ()
    blank = template(body).check({"fields": [{"key": "total", "value": "12.5"}]})
    assert [(each.rule, each.severity) for each in blank] == [
        ("sample-blank", Severity.WARNING),
        ("sample-blank", Severity.WARNING),
    ]
    assert "the sample input has no task.input.overall, AWS would show a blank" in blank[0].message


def test_a_slash_before_an_end_tag_is_no_error() -> None:
    assert findings('<crowd-input name="note" label="Note" /></crowd-input>') == {}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "{% for b in task.input.found %}{% capture id %}{{ b.class_id }}{% endcapture %}"
            "<p>{{ task.input.meta.names[id] }}</p>{% endfor %}",
            {
                "found": [{"class_id": "example-class-id-1"}, {"class_id": "example-class-id-2"}],
                "meta": {
                    "names": {
                        "example-class-id-1": "example-names-1",
                        "example-class-id-2": "example-names-2",
                    }
                },
            },
        ),
        (
            '{% for kv in task.input.fields %}<crowd-input name="{{ kv[0] }}" '
            'value="{{ kv[1].value }}"></crowd-input>{% endfor %}',
            {
                "fields": {
                    "example-key-1": {"value": "example-value-1"},
                    "example-key-2": {"value": "example-value-2"},
                }
            },
        ),
        (
            '<crowd-classifier name="kind" header="Which?" categories="{{ task.input.kinds }}">'
            "<classification-target>{{ task.input.text }}</classification-target>"
            "</crowd-classifier>",
            {"kinds": ["example-kinds-1", "example-kinds-2"], "text": "example-text"},
        ),
        (
            '<svg viewBox="0 0 {{ task.input.w }} {{ task.input.h }}"><rect '
            'x="{{ task.input.left | times: task.input.w }}" y="{{ 2 | plus: task.input.top }}">'
            "</rect></svg>",
            {"w": 1, "h": 1, "left": 1, "top": 1},
        ),
        (
            '<crowd-entity-annotation name="e" header="h" text="{{ task.input.text }}" '
            'labels="[\'Name\']" initial-value="{{ task.input.spans | to_json }}">'
            "</crowd-entity-annotation>",
            {
                "text": "example-text",
                "spans": [{"startOffset": 0, "endOffset": 7, "label": "Name"}],
            },
        ),
        (
            "{% for p in task.input.points %}"
            '<circle cx="{{ p[0] }}" cy="{{ p[1] }}"></circle>{% endfor %}',
            {"points": [[1, 1], [1, 1]]},
        ),
    ],
    ids=["dynamic-key", "entries", "list-attribute", "numbers", "spans", "pairs"],
)
def test_a_derived_sample_has_the_type_of_its_use(body: str, expected: dict[str, Any]) -> None:
    derived = template(body).derived_sample_input()
    assert derived == expected
    assert [each for each in template(body).check(derived) if each.rule.startswith("sample")] == []


def test_a_control_that_is_never_submitted_is_not_required() -> None:
    body = (
        '<select name="kind" required disabled><option>Invoice</option></select>'
        '<select name="tags" multiple><option>urgent</option><option>paid</option></select>'
    )
    schema = Draft202012Validator(template(body).answer_schema())
    assert schema.is_valid({"tags": ["urgent", "paid"]})
    assert schema.is_valid({"tags": "urgent"})
    assert "not documented" in findings(body)["multiple-select"].message


def test_a_signed_address_in_a_style_sheet_is_an_error_with_fitting_advice() -> None:
    found = findings(
        "<style>.page { background: url({{ task.input.photo | grant_read_access }}); }</style>"
        '<div class="page"></div><crowd-input name="n"></crowd-input>'
    )
    assert found.keys() == {"signed-url-in-style"}
    assert found["signed-url-in-style"].severity is Severity.ERROR
    assert 'style="..."' in found["signed-url-in-style"].message
    assert "<img>" in found["signed-url-in-style"].message


def test_placeholders_of_mechanical_turk_are_named() -> None:
    body = (
        '<crowd-image-classifier name="kind" src="${image_url}" header="Which?" '
        "categories=\"['Cat','Dog']\"><short-instructions>See ${title}</short-instructions>"
        "</crowd-image-classifier>"
    )
    flattened = body.join(('<crowd-form answer-format="flatten-objects">', "</crowd-form>"))
    found = TaskTemplate.from_text(LOADER + flattened).check()
    messages = [each.message for each in found]
    assert [each.rule for each in found] == [
        "answer-format",
        "mechanical-turk-placeholder",
        "mechanical-turk-placeholder",
    ]
    assert "change the shape of every answer" in messages[0]
    assert "in A2I write {{ task.input.image_url | grant_read_access }}" in messages[1]
    assert "in A2I write {{ task.input.title }}" in messages[2]


def test_json_in_an_attribute_reads_back() -> None:
    value = {"a": 'it\'s <b>"bold"</b> & more'}
    page = template('<p data-v="{{ task.input.v | to_json }}"></p>').render({"v": value})
    assert json.loads(html.unescape(page.split('data-v="')[1].split('"')[0])) == value
