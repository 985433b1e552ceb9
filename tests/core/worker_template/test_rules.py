"""Every rule on a template that breaks it and on one that does not."""

from typing import Any, NamedTuple

import pytest

from worker_template import Finding, TaskTemplate
from worker_template.rules import RULES

LOADER = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'
CLASSIFIER = (
    '<crowd-classifier name="kind" header="Which?" categories="[\'a\', \'b\']">'
    "<classification-target>{{ task.input.text }}</classification-target>"
    "<short-instructions>Choose one</short-instructions></crowd-classifier>"
)


def page(body: str) -> str:
    return f'{LOADER}<crowd-form><crowd-input name="note"></crowd-input>{body}</crowd-form>'


def box(labels: str = "['car']") -> str:
    return (
        f'<crowd-bounding-box name="boxes" header="Where?" labels="{labels}" '
        'src="{{ task.input.image | grant_read_access }}">'
        "<full-instructions>Draw</full-instructions></crowd-bounding-box>"
    )


class Case(NamedTuple):
    rule: str
    text: str
    at: str = ""
    """The finding's place: where this part of the text begins."""
    sample: dict[str, Any] | None = None


def found(case: Case) -> list[Finding]:
    findings = TaskTemplate.from_text(case.text).check(case.sample)
    return [finding for finding in findings if finding.rule == case.rule]


WRONG = [
    Case("template-size", page("x" * 128_000)),
    Case("template-size", " \n"),
    Case("liquid-syntax", page("{{ task.input.a ")),
    Case("liquid-syntax", page("{% if task.input.a %}"), "{% if task"),
    Case("liquid-syntax", page("{% fro x in task.input.a %}{% endfor %}"), "fro x"),
    Case("unknown-filter", page("{{ task.input.a | grant_acces }}"), "grant_acces "),
    Case("unknown-filter", page("{% if false %}{{ task.input.a | safe }}{% endif %}"), "safe"),
    Case("partial-template", page("{% include 'a' %}"), "include"),
    Case("partial-template", page("{% render 'a' %}"), "render"),
    Case("unknown-variable", page("{{ taskObject }}"), "taskObject"),
    Case("unknown-variable", page("{{ task.taskObject }}"), "task.taskObject"),
    Case("unknown-variable", page("{% for b in task.input.b %}{{ c }}{% endfor %}"), "c }}"),
    Case("unknown-variable", page("{{ task.input.required }}{{ now }}"), "now"),
    Case("sample-blank", page("{{ task.input.a }}"), "task.input.a", {"b": "x"}),
    Case("sample-blank", page("{{ task.input.a | upcase }}"), "task.input.a", {"b": "x"}),
    Case(
        "sample-blank",
        page("{% for x in task.input.a %}{{ x }}{% endfor %}"),
        "task.input.a",
        {"b": "x"},
    ),
    Case(
        "sample-blank",
        page("{% for x in task.input.a %}{{ x.b }}{% endfor %}"),
        "x.b",
        {"a": [{"c": "x"}]},
    ),
    Case("sample-render", page("{{ task.input.a | sum }}"), "{{", {"a": ["x"]}),
    Case("sample-render", page("{{ task.input.a | grant_read_access }}"), "grant_", {"a": "x"}),
    Case("s3-presign", page('<img src="{{ task.input.a | s3_presign }}">'), "s3_presign"),
    Case("loader-script", "<crowd-form>" + CLASSIFIER + "</crowd-form>", "<crowd-form>"),
    Case("loader-script", page(CLASSIFIER).replace("assets.crowd.aws", "example.com"), "<script"),
    Case("crowd-form-missing", LOADER + CLASSIFIER, "<script"),
    Case(
        "crowd-form-implied",
        LOADER + '<crowd-entity-annotation name="n"></crowd-entity-annotation>',
        "<crowd-entity",
    ),
    Case("crowd-form-repeated", page("") + "\n<crowd-form ></crowd-form>", "<crowd-form >"),
    Case(
        "crowd-form-repeated",
        "{% for x in task.input.xs %}" + page("") + "{% endfor %}",
        "<crowd-form>",
    ),
    Case("unbalanced-tag", page("<crowd-card>"), "<crowd-card>"),
    Case("unbalanced-tag", page("</crowd-card>"), "</crowd-card>"),
    Case("unbalanced-tag", page("<div><crowd-card></div>"), "<crowd-card>"),
    Case(
        "unbalanced-tag",
        page("{% if task.input.a %}<crowd-card>{% endif %}"),
        "<crowd-card>",
        {"a": True},
    ),
    Case(
        "unbalanced-tag",
        page("{% for x in task.input.xs %}<short-instructions>{% endfor %}"),
        "<short-i",
    ),
    Case(
        "control-outside-form",
        page("") + '<crowd-input name="b"></crowd-input>',
        '<crowd-input name="b"',
    ),
    Case("no-answer-field", LOADER + "<crowd-form><p>Hello</p></crowd-form>", "<crowd-form>"),
    Case("nested-form", page("<form></form>"), "<form>"),
    Case("submitting-button", page("<button>Next</button>"), "<button>"),
    Case("ignored-end-tag", page("<crowd-card><p>one</crowd-card>"), "</crowd-card>"),
    Case("self-closing-element", page('<crowd-input name="b"/>'), '<crowd-input name="b"'),
    Case(
        "answer-format",
        page("").replace("form>", 'form answer-format="flatten-objects">', 1),
        "answer-",
    ),
    Case("multiple-select", page('<select name="a" multiple></select>'), "<select"),
    Case("mechanical-turk-placeholder", page('<img src="${image_url}">'), 'src="$'),
    Case("mechanical-turk-placeholder", page("<p>See ${title}</p>"), "${title}"),
    Case("unknown-crowd-element", page("<crowd-sldier></crowd-sldier>"), "<crowd-sldier"),
    Case("duplicate-id", page('<p id="a"></p><b id="a"></b>'), "<b"),
    Case("duplicate-id", page('{% for x in task.input.xs %}<b id="a"></b>{% endfor %}'), "<b"),
    Case("duplicate-attribute", page('<p class="a"\n class="b"></p>'), 'class="b"'),
    Case("meta-http-equiv", page('<meta http-equiv="refresh">'), "<meta"),
    Case("control-name-missing", page("<crowd-text-area></crowd-text-area>"), "<crowd-text-area>"),
    Case(
        "control-name-missing", page('<crowd-checkbox name=" "></crowd-checkbox>'), "<crowd-check"
    ),
    Case("html-control-name-missing", page("<select></select>"), "<select"),
    Case("duplicate-name", page('<crowd-text-area name="note"></crowd-text-area>'), "<crowd-text"),
    Case("duplicate-name", page('<textarea name="note"></textarea>'), "<textarea"),
    Case(
        "duplicate-name",
        page(
            '{% for x in task.input.xs %}<crowd-text-area name="b"></crowd-text-area>{% endfor %}'
        ),
        "<crowd-text",
    ),
    Case(
        "duplicate-name",
        page('<crowd-checkbox name="c"></crowd-checkbox><crowd-checkbox name="c" value="on">'),
        '<crowd-checkbox name="c" value',
    ),
    Case(
        "duplicate-name",
        page(
            "{% for x in task.input.xs %}"
            '<crowd-text-area name="{{ x.id }}"></crowd-text-area>{% endfor %}'
        ),
        "<crowd-text",
        {"xs": [{"id": "a"}, {"id": "a"}]},
    ),
    Case(
        "duplicate-name",
        page(
            "{% for x in task.input.xs %}"
            '<crowd-text-area name="a{{ forloop.index }}"></crowd-text-area>'
            '<crowd-text-area  name="a{{ forloop.index }}"></crowd-text-area>{% endfor %}'
        ),
        "<crowd-text-area  name",
    ),
    Case(
        "radio-outside-group",
        page('<crowd-radio-button name="r"></crowd-radio-button>'),
        "<crowd-r",
    ),
    Case(
        "control-name-characters",
        page('<crowd-input name="a b"></crowd-input>'),
        '<crowd-input name="a b"',
    ),
    Case(
        "control-name-characters",
        page('<crowd-input name="a.{{ task.input.c }}"></crowd-input>'),
        '<crowd-input name="a.',
    ),
    Case(
        "widget-attribute-missing", page(CLASSIFIER.replace("categories", "cats")), "<crowd-class"
    ),
    Case("widget-attribute-missing", page(box().replace("src=", "href=")), "<crowd-bound"),
    Case(
        "classification-target-missing", page(CLASSIFIER.replace("target", "aim")), "<crowd-class"
    ),
    Case("widget-header-missing", page(CLASSIFIER.replace("header", "title")), "<crowd-class"),
    Case("instructions-missing", page(CLASSIFIER.replace("short-i", "i")), "<crowd-class"),
    Case("invalid-literal", page(box("car, bus")), "labels="),
    Case("too-many-labels", page(box(str(list("abcdefghijk")))), "<crowd-bound"),
    Case(
        "too-many-labels",
        page(box("{{ task.input.labels | to_json }}")),
        "<crowd-bound",
        {"labels": list("abcdefghijk"), "image": "s3://examples/a.png"},
    ),
    Case("http-resource", page('<img src="http://example.com/a.png">'), 'src="http:'),
    Case("http-resource", page('<link rel="stylesheet" href="HTTP://example.com/a">'), "href="),
    Case("javascript-url", page('<a href=" javascript:go()">x</a>'), "href="),
    Case("s3-url", page('<img src="s3://examples/a.png">'), 'src="s3'),
    Case("s3-url", page('<img src="{{ task.input.a }}">'), 'src="{{', {"a": "s3://examples/a.png"}),
    Case(
        "third-party-host",
        page('<script src="https://cdn.example.com/a.js"></script>'),
        'src="https://cdn',
    ),
    Case("third-party-host", page('<link rel="stylesheet" href="//cdn.example.com/a">'), "href="),
    Case(
        "integrity-missing",
        page('<script src="https://cdn.example.com/a.js"></script>'),
        'src="https://cdn',
    ),
    Case("embedded-content", page('<iframe src="https://example.com"></iframe>'), "<iframe"),
    Case("relative-url", page('<img src="images/a.png">'), 'src="images'),
    Case("relative-url", page('<img src="/a.png">'), 'src="/a'),
    Case("skip-autoescape", page("{{ task.input.a | skip_autoescape }}"), "skip_autoescape"),
    Case("data-in-script", page("<script>let a = '{{ task.input.a }}';</script>"), "{{"),
    Case(
        "data-in-script",
        page("<script>let a = {{ task.input.a | to_json | skip_autoescape }};</script>"),
        "{{",
    ),
    Case("data-in-style", page("<style>p { width: {{ task.input.a }} }</style>"), "{{"),
    Case(
        "signed-url-in-style",
        page("<style>p { background: url({{ task.input.a | grant_read_access }}) }</style>"),
        "{{",
    ),
    Case("json-in-script", page("<script>let a = {{ task.input.a | to_json }};</script>"), "{{"),
    Case(
        "json-in-script",
        page('<script type="application/json">{{ task.input.a | to_json }}</script>'),
        "{{",
    ),
    Case("data-in-handler", page("<p onclick=\"go('{{ task.input.a }}')\"></p>"), "{{"),
    Case("data-injects-markup", page("\n{{ task.input.a | skip_autoescape }}"), "{{"),
    Case("data-injects-markup", page("<p data-a={{ task.input.a | to_json }}></p>"), "{{"),
    Case("data-injects-markup", page("<p data-a={{ task.input.a }}></p>"), "{{"),
    Case(
        "data-injects-markup",
        page("{% if task.input.a.size > 1 %}{{ task.input.a[1] | skip_autoescape }}{% endif %}"),
        "{{",
        {"a": ["x", "y"]},
    ),
    Case("link-from-data", page('<a href="{{ task.input.a }}">x</a>'), "href"),
    Case("source-from-data", page('<img src="{{ task.input.a }}">'), 'src="{{'),
    Case("literal-broken-by-data", page(box("['{{ task.input.a }}']")), "labels="),
    Case(
        "allowance",
        page("{% comment %} a2i-allow skip_autoescape: x {% endcomment %}"),
        "a2i-allow",
    ),
    Case(
        "allowance", page("{% comment %} a2i-allow skip-autoescape {% endcomment %}"), "a2i-allow"
    ),
]

RIGHT = [
    Case("template-size", page(CLASSIFIER)),
    Case("liquid-syntax", page("{% if task.input.a.required %}{% endif %}")),
    Case("unknown-filter", page("{{ task.input.a | grant_read_access | upcase }}")),
    Case("partial-template", page("{{ task.input.include }}")),
    Case(
        "unknown-variable",
        page(
            "{% assign a = task.input.a %}{% capture b %}{{ a }}{% endcapture %}{{ b }}{{ task }}"
            "{% for x in task.input.xs %}{{ x.y }}{{ forloop.index }}{% endfor %}"
            "{% increment counter %}{{ counter }}"
        ),
    ),
    Case("sample-blank", page("{{ task.input.a }}{% if task.input.b %}{% endif %}"), "", {"a": ""}),
    Case(
        "sample-blank",
        page(
            "{{ task.input.a | default: 'x' }}{% if task.input.a %}{{ task.input.a }}{% endif %}"
            "{% if task.input.a.size > 0 %}x{% endif %}{{ task.input.b }}"
        ),
        "",
        {"b": None},
    ),
    Case("sample-blank", page("{{ task.input.a }}")),
    Case("sample-render", page("{{ task.input.a }}"), "", {}),
    Case("s3-presign", page('<img src="{{ task.input.a | grant_read_access }}">')),
    Case("loader-script", page(CLASSIFIER)),
    Case("loader-script", page(CLASSIFIER).replace("elements.js", "elements-v2.js")),
    Case("crowd-form-missing", page("")),
    Case(
        "crowd-form-implied", page('<crowd-entity-annotation name="n"></crowd-entity-annotation>')
    ),
    Case(
        "crowd-form-repeated",
        LOADER + "{% if task.input.a %}<crowd-form></crowd-form>{% else %}"
        "<crowd-form></crowd-form>{% endif %}",
    ),
    Case("unbalanced-tag", page("<p>one<p>two<crowd-card>three</crowd-card>")),
    Case(
        "unbalanced-tag",
        page(
            "{% if task.input.a %}<crowd-card>{% endif %}x"
            "{% if task.input.a %}</crowd-card>{% endif %}"
        ),
        "",
        {"a": True},
    ),
    Case("unbalanced-tag", page("<script>let a = '<crowd-card>';</script>")),
    Case("ignored-end-tag", page("<crowd-card><div></div></crowd-card>")),
    Case("control-outside-form", page("")),
    Case("no-answer-field", page("")),
    Case("no-answer-field", LOADER + '<crowd-form><crowd-new name="a"></crowd-new></crowd-form>'),
    Case("nested-form", page("") + "<form></form>"),
    Case("submitting-button", page('<button type="button">Next</button>')),
    Case("self-closing-element", page('<br/><img src="data:," />')),
    Case("self-closing-element", page('<crowd-input name="b" /></crowd-input>')),
    Case("unbalanced-tag", page('<crowd-input name="b" /></crowd-input>')),
    Case("unbalanced-tag", page('<crowd-input name="b" />')),
    Case("answer-format", page("")),
    Case("multiple-select", page('<select name="a"></select>')),
    Case(
        "mechanical-turk-placeholder",
        page(
            '<script>let a = `${name}`;</script><p onclick="go(`${name}`)">'
            "${{ task.input.price }} $5 {name}</p>"
        ),
    ),
    Case("relative-url", page('<img src="${image_url}">')),
    Case("unknown-crowd-element", page("<crowd-modal></crowd-modal><my-element></my-element>")),
    Case(
        "duplicate-id",
        page(
            '{% if task.input.a %}<p id="a"></p>{% else %}<p id="a"></p>{% endif %}'
            '{% for x in task.input.xs %}<p id="x{{ forloop.index }}"></p>{% endfor %}'
        ),
    ),
    Case(
        "duplicate-attribute",
        page('<p {% if task.input.a %}class="a"{% else %}class="b"{% endif %}></p>'),
    ),
    Case("meta-http-equiv", page('<meta charset="utf-8">')),
    Case("meta-http-equiv", page('<meta http-equiv="Content-Type" content="text/html">')),
    Case("control-name-missing", page('<crowd-slider name="{{ task.input.a }}"></crowd-slider>')),
    Case("html-control-name-missing", page('<input type="submit"><input name="a">')),
    Case(
        "duplicate-name",
        page(
            '<crowd-input name="_"></crowd-input><crowd-input name="_"></crowd-input>'
            '<crowd-checkbox name="c" value="1"></crowd-checkbox>'
            '<crowd-checkbox name="c" value="2"></crowd-checkbox>'
            '<input type="radio" name="r" value="1"><input type="radio" name="r" value="2">'
        ),
    ),
    Case(
        "duplicate-name",
        page(
            '{% case task.input.k %}{% when "a" %}<crowd-input name="b"></crowd-input>'
            '{% when "c" %}<crowd-input name="b"></crowd-input>{% endcase %}'
        ),
    ),
    Case(
        "duplicate-name",
        page(
            "{% for x in task.input.xs %}"
            '<crowd-text-area name="{{ x.id }}"></crowd-text-area>'
            '<crowd-checkbox name="all" value="{{ x.id }}"></crowd-checkbox>{% endfor %}'
        ),
        "",
        {"xs": [{"id": "a"}, {"id": "b"}]},
    ),
    Case(
        "duplicate-name",
        page(
            '{% for x in task.input.xs %}<crowd-input name="{{ x.id }}"></crowd-input>{% endfor %}'
            '{% for x in task.input.ys %}<crowd-input name="{{ x.id }}"></crowd-input>{% endfor %}'
        ),
    ),
    Case(
        "duplicate-name",
        page(
            '{% assign n = 1 %}<crowd-input name="a{{ n }}"></crowd-input>'
            '{% assign n = n | plus: 1 %}<crowd-input name="a{{ n }}"></crowd-input>'
            '<crowd-input name="b{% increment i %}"></crowd-input>'
            '<crowd-input name="b{% increment i %}"></crowd-input>'
        ),
    ),
    Case(
        "radio-outside-group",
        page(
            "<crowd-radio-group>"
            '<crowd-radio-button name="r"></crowd-radio-button></crowd-radio-group>'
        ),
    ),
    Case(
        "control-name-characters",
        page('<crowd-input name="a-b_1{{ task.input.c }}"></crowd-input>'),
    ),
    Case("widget-attribute-missing", page(CLASSIFIER + box())),
    Case("classification-target-missing", page(CLASSIFIER)),
    Case("widget-header-missing", page(CLASSIFIER)),
    Case("instructions-missing", page(CLASSIFIER + box())),
    Case("invalid-literal", page(box('[&quot;a&quot;, "b",]'.replace('"', "'")))),
    Case("too-many-labels", page(box(str(list("abcdefghij"))))),
    Case(
        "http-resource", page('<a href="http://example.com">x</a><img src="https://a.example/a">')
    ),
    Case("javascript-url", page('<a href="https://example.com/javascript:x">x</a>')),
    Case(
        "s3-url",
        page('<img src="{{ task.input.a | grant_read_access }}">'),
        "",
        {"a": "s3://bbb/k"},
    ),
    Case("third-party-host", page('<link rel="icon" href="https://cdn.example.com/a.png">')),
    Case(
        "integrity-missing",
        page('<script src="https://cdn.example.com/a.js" integrity="sha384-x"></script>'),
    ),
    Case("embedded-content", page('<img src="https://example.com/a">')),
    Case(
        "relative-url", page('<a href="#top">x</a><img src="{{ task.input.a }}"><img src="data:,">')
    ),
    Case("skip-autoescape", page("{{ task.input.skip_autoescape }}")),
    Case("data-in-script", page("<style>p { width: {{ task.input.a }} }</style>")),
    Case("data-in-style", page('<p style="width: {{ task.input.a }}"></p>')),
    Case(
        "signed-url-in-style",
        page('<p style="background: url({{ task.input.a | grant_read_access }})"></p>'),
    ),
    Case("json-in-script", page("<p data-a='{{ task.input.a | to_json }}'></p>")),
    Case(
        "json-in-script",
        page("<script>let a = {{ task.input.a | to_json | skip_autoescape }};</script>"),
    ),
    Case("data-in-handler", page('<p onclick="go()" data-a="{{ task.input.a }}"></p>')),
    Case(
        "data-injects-markup",
        page(
            '{{ task.input.a }}<p title="{{ task.input.b }}"></p>'
            '<p data-a="{{ task.input | to_json }}"></p>'
        ),
    ),
    Case("link-from-data", page('<a href="{{ task.input.a | grant_read_access }}">x</a>')),
    Case("link-from-data", page('<a href="https://example.com/{{ task.input.a }}">x</a>')),
    Case(
        "source-from-data",
        page(
            "{% capture u %}s3://{{ task.input.bucket }}/{{ task.input.key }}{% endcapture %}"
            '<img src="{{ u | grant_read_access }}">'
        ),
    ),
    Case("literal-broken-by-data", page(box("{{ task.input.labels | to_json }}"))),
    Case("literal-broken-by-data", page(box("{{ task.input.labels }}"))),
    Case(
        "allowance", page("{% comment %} a2i-allow skip-autoescape: we write it {% endcomment %}")
    ),
]


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case.rule)
def test_finds_what_is_wrong_and_points_at_it(case: Case) -> None:
    findings = found(case)
    assert findings, f"{case.rule} found nothing"
    if case.at:
        before = case.text[: case.text.index(case.at)]
        line = before.count("\n") + 1
        column = len(before) - (before.rfind("\n") + 1) + 1
        assert (findings[0].line, findings[0].column) == (line, column)


@pytest.mark.parametrize("case", RIGHT, ids=lambda case: case.rule)
def test_leaves_alone_what_is_right(case: Case) -> None:
    assert found(case) == []


@pytest.mark.parametrize("cases", [WRONG, RIGHT], ids=["wrong", "right"])
def test_every_rule_has_a_case(cases: list[Case]) -> None:
    assert {case.rule for case in cases} == set(RULES)


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case.rule)
def test_messages_say_what_to_do_and_are_no_sentences(case: Case) -> None:
    for finding in found(case):
        assert finding.severity is RULES[case.rule].severity
        assert not finding.message.endswith(".")
        assert any(mark in finding.message for mark in (";", ":")), finding.message


def test_text_that_is_no_liquid_gives_that_one_finding() -> None:
    findings = TaskTemplate.from_text("<crowd-form>{{ task.input.a ").check()
    assert [finding.rule for finding in findings] == ["liquid-syntax"]


def test_findings_come_in_the_order_of_the_text() -> None:
    text = page("\n<button>a</button>\n<form></form>\n{{ oops }}")
    findings = TaskTemplate.from_text(text).check()
    assert [finding.rule for finding in findings] == [
        "submitting-button",
        "nested-form",
        "unknown-variable",
    ]


def test_an_allowed_rule_is_silent_and_no_other() -> None:
    text = page(
        "{% comment %} a2i-allow submitting-button: a script handles it {% endcomment %}"
        "<button>a</button><form></form>"
    )
    assert [finding.rule for finding in TaskTemplate.from_text(text).check()] == ["nested-form"]


@pytest.mark.parametrize(
    ("case", "words"),
    [
        (Case("s3-url", page('<img src="s3://bucket/a.png">')), "(s3://bucket/a.png)"),
        (Case("invalid-literal", page(box("car, bus"))), "got 'car, bus'"),
        (Case("meta-http-equiv", page('<meta http-equiv="refresh">')), "'refresh'"),
    ],
    ids=lambda value: value.rule if isinstance(value, Case) else "",
)
def test_names_the_value_that_is_wrong(case: Case, words: str) -> None:
    assert words in found(case)[0].message
