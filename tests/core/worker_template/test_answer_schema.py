"""The schema of the answers, derived from a template's controls."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from worker_template import TaskTemplate

LOADER = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'
IMAGE = {"width": 640, "height": 480}
DRAW = 'header="Where?" labels="[\'car\', \'bus\']" src="https://example.com/a.png"'


def schema_of(body: str) -> dict[str, Any]:
    return TaskTemplate.from_text(f"{LOADER}<crowd-form>{body}</crowd-form>").answer_schema()


def accepts(schema: dict[str, Any], answer: dict[str, Any]) -> bool:
    return Draft202012Validator(schema).is_valid(answer)


@pytest.mark.parametrize(
    ("body", "right", "wrong"),
    [
        ('<crowd-input name="a">', {"a": "text"}, {"a": 1}),
        ('<crowd-input name="a">', {}, {"b": "text"}),
        ('<crowd-input name="a" required>', {"a": "text"}, {}),
        ('<crowd-text-area name="a">', {"a": "one\ntwo"}, {"a": ["one"]}),
        ('<crowd-checkbox name="a">', {"a": {"on": False}}, {"a": {"off": False}}),
        (
            '<crowd-checkbox name="a" value="x"></crowd-checkbox>'
            '<crowd-checkbox name="a" value="y">',
            {"a": {"x": True, "y": False}},
            {"a": {"x": True}},
        ),
        ('<crowd-toggle-button name="a">', {"a": {"on": True}}, {}),
        (
            '<crowd-radio-button name="a" value="x"></crowd-radio-button>'
            '<crowd-radio-button name="a" value="y">',
            {"a": {"x": True, "y": False}},
            {"a": "x"},
        ),
        ('<crowd-slider name="a">', {"a": 3}, {"a": {}}),
        ('<crowd-slider name="a">', {"a": "3"}, {"a": []}),
        (
            "<crowd-classifier name=\"a\" categories=\"['x', 'y']\">",
            {"a": {"label": "x"}},
            {"a": {"label": "z"}},
        ),
        (
            '<crowd-classifier name="a" categories="{{ task.input.c }}">',
            {"a": {"label": "anything"}},
            {"a": "anything"},
        ),
        (
            "<crowd-classifier-multi-select name=\"a\" categories=\"['x', 'y']\" "
            "exclusion-category=\"{ text: 'none' }\">",
            {"a": {"labels": ["x", "none"]}},
            {"a": {"labels": ["z"]}},
        ),
        (
            '<crowd-image-classifier name="a" categories="[\'x\']">',
            {"a": {"label": "x", "workerComment": "blurred"}},
            {"a": {"label": "x", "workerComment": 1}},
        ),
        (
            f'<crowd-bounding-box name="a" {DRAW}>',
            {
                "a": {
                    "boundingBoxes": [
                        {"label": "car", "left": 1, "top": 2, "width": 3, "height": 4}
                    ],
                    "inputImageProperties": IMAGE,
                }
            },
            {"a": {"boundingBoxes": [{"label": "car"}], "inputImageProperties": IMAGE}},
        ),
        (
            f'<crowd-keypoint name="a" {DRAW}>',
            {"a": {"keypoints": [{"label": "bus", "x": 1, "y": 2}], "inputImageProperties": IMAGE}},
            {"a": {"keypoints": [{"label": "van", "x": 1, "y": 2}], "inputImageProperties": IMAGE}},
        ),
        (
            f'<crowd-polygon name="a" {DRAW}>',
            {
                "a": {
                    "polygons": [{"label": "car", "vertices": [{"x": 1, "y": 2}]}],
                    "inputImageProperties": IMAGE,
                }
            },
            {"a": {"polygons": [{"label": "car"}], "inputImageProperties": IMAGE}},
        ),
        (
            '<crowd-entity-annotation name="a" labels="[\'x\']" text="t">',
            {"a": {"entities": [{"startOffset": 0, "endOffset": 1, "label": "x"}]}},
            {"a": {"entities": [{"startOffset": -1, "endOffset": 1, "label": "x"}]}},
        ),
        (
            '<crowd-entity-annotation name="a" '
            "labels=\"[{'label': 'x', 'shortDisplayName': 'X'}]\">",
            {"a": {"entities": [{"startOffset": 0, "endOffset": 1, "label": "x"}]}},
            {"a": {"entities": [{"startOffset": 0, "endOffset": 1, "label": "X"}]}},
        ),
        (
            f'<crowd-semantic-segmentation name="a" {DRAW}>',
            {
                "a": {
                    "labeledImage": {"pngImageData": "iVBOR"},
                    "labelMappings": {"car": {"color": "#fff"}},
                    "inputImageProperties": IMAGE,
                }
            },
            {"a": {"labelMappings": {}, "inputImageProperties": IMAGE}},
        ),
        (
            f'<crowd-instance-segmentation name="a" {DRAW}>',
            {
                "a": {
                    "labeledImage": {"pngImageData": "iVBOR"},
                    "instances": [{"color": "#fff", "label": "car"}],
                    "inputImageProperties": IMAGE,
                }
            },
            {"a": {"instances": [], "inputImageProperties": IMAGE}},
        ),
        (
            '<crowd-textract-analyze-document src="a" initial-value="[]">',
            {"AWS/Textract/AnalyzeDocument/Forms/V1": {"blocks": []}},
            {"AWS/Textract/AnalyzeDocument/Forms/V1": {}},
        ),
        (
            '<crowd-rekognition-detect-moderation-labels src="a" categories="[]">',
            {"AWS/Rekognition/DetectModerationLabels/Image/V3": {"ModerationLabels": []}},
            {"AWS/Rekognition/DetectModerationLabels/Image/V3": {}},
        ),
        ('<select name="a"><option>x</option></select>', {"a": "x"}, {"a": {"x": True}}),
        ('<input type="radio" name="a" value="x">', {"a": {"x": True}}, {"a": "x"}),
        ('<input type="submit" name="a">', {}, {"a": "x"}),
        ('<object-value-input name="a">', {"a": {"any": 1}}, {"a": 1}),
        ("<p></p>", {}, {"a": "x"}),
    ],
)
def test_answers_have_the_documented_shape(
    body: str, right: dict[str, Any], wrong: dict[str, Any]
) -> None:
    schema = schema_of(body)
    Draft202012Validator.check_schema(schema)
    assert accepts(schema, right)
    assert not accepts(schema, wrong)


def test_a_name_made_by_liquid_is_a_pattern() -> None:
    schema = schema_of(
        "{% for x in task.input.xs %}"
        '<crowd-text-area name="field.{{ forloop.index }}.text"></crowd-text-area>{% endfor %}'
    )
    assert accepts(schema, {"field.1.text": "a", "field.2.text": "b"})
    assert not accepts(schema, {"field-1-text": "a"})


def test_a_pattern_leaves_other_names_alone() -> None:
    schema = schema_of(
        '<crowd-checkbox name="compared" value="x"></crowd-checkbox>'
        '{% for x in task.input.xs %}<crowd-input name="{{ x }}"></crowd-input>{% endfor %}'
    )
    assert accepts(schema, {"compared": {"x": True}, "total": "12"})
    assert not accepts(schema, {"compared": "text"})
    assert not accepts(schema, {"compared": {"x": True}, "total": 12})


def test_patterns_that_match_the_same_name_allow_either_shape() -> None:
    schema = schema_of(
        "{% for x in task.input.xs %}"
        '<crowd-input name="{{ x.text }}"></crowd-input>'
        '<crowd-checkbox name="{{ x.id }}-done"></crowd-checkbox>{% endfor %}'
    )
    assert accepts(schema, {"a": "text", "a-done": {"on": True}})
    assert not accepts(schema, {"a": 1})


def test_what_a_condition_or_a_loop_brings_is_not_required() -> None:
    schema = schema_of(
        '{% if task.input.a %}<crowd-checkbox name="a"></crowd-checkbox>{% endif %}'
        '{% for x in task.input.xs %}<crowd-checkbox name="b" value="{{ x }}">{% endfor %}'
    )
    assert schema["required"] == []
    assert accepts(schema, {"b": {"one": True, "two": False}})


def test_a_name_in_two_branches_may_have_either_shape() -> None:
    schema = schema_of(
        '{% if task.input.a %}<crowd-input name="a"></crowd-input>'
        '{% else %}<crowd-slider name="a"></crowd-slider>{% endif %}'
    )
    assert accepts(schema, {"a": 3})
    assert accepts(schema, {"a": "text"})
    assert not accepts(schema, {"a": True})


def test_a_script_of_its_own_can_add_fields() -> None:
    schema = schema_of('<crowd-input name="a"></crowd-input><script>add()</script>')
    assert accepts(schema, {"a": "text", "added": 1})


def test_an_undocumented_element_may_answer_anything() -> None:
    text = '<crowd-form><crowd-text-ranking name="ranking"></crowd-text-ranking></crowd-form>'
    schema = TaskTemplate.from_text(text).answer_schema()
    assert schema["properties"] == {"ranking": {}}
    assert schema["required"] == []
