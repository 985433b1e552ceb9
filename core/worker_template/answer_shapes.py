"""JSON Schema of the part that each control contributes to `answerContent`.

The shapes are the documented ones. Not documented, and so left wide or inferred: a slider's value
(number or text), several choices of a `select` (text or list), plain HTML radio buttons and
checkboxes (as the crowd elements').
"""

from collections.abc import Callable, Iterable
from typing import Any

from worker_template.crowd_elements import WIDGETS, is_choice, is_undocumented
from worker_template.html_document import Element
from worker_template.js_literal import parse_js_literal
from worker_template.liquid_source import holds_liquid

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "number"}
_OFFSET: Schema = {"type": "integer", "minimum": 0}
_BOOLEAN: Schema = {"type": "boolean"}


def answer_shape(element: Element) -> Schema:
    """The schema of what one control gives; choices of the same name are merged afterwards."""
    if is_choice(element.tag, element.get("type")):
        return _choice(element)
    shape = _WIDGET_SHAPES.get(element.tag)
    if shape is not None:
        return shape(element)
    if element.tag == "crowd-slider":
        return {"type": ["number", "string"]}
    if is_undocumented(element.tag):
        return {}
    if is_multiple_select(element):
        return {"type": ["string", "array"], "items": _TEXT}
    return _TEXT


def is_multiple_select(element: Element) -> bool:
    """Return whether an element is a `select` of which several options can be chosen."""
    return element.tag == "select" and element.get("multiple") is not None


def answer_key(element: Element) -> str:
    """The name under which the answer stands; may hold masked Liquid."""
    widget = WIDGETS.get(element.tag)
    return (widget and widget.fixed_answer_key) or element.get("name") or ""


def _choice(element: Element) -> Schema:
    value = element.get("value")
    value = "on" if value is None else value
    if holds_liquid(value):
        return {"type": "object", "additionalProperties": _BOOLEAN}
    return _object({value: _BOOLEAN}) | {"additionalProperties": False}


def _object(required: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Schema:
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
    }


def _array(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _one_of(element: Element, attribute: str) -> Schema:
    """Text; one of the listed values where the template lists them itself."""
    values = _listed(element.get(attribute))
    exclusion = _literal(element.get("exclusion-category"))
    if isinstance(exclusion, dict) and isinstance(exclusion.get("text"), str):
        values = [*values, exclusion["text"]] if values else []
    return {"type": "string", "enum": values} if values else _TEXT


def _listed(text: str | None) -> list[str]:
    listed = _literal(text)
    if not isinstance(listed, list):
        return []
    # An entity annotation also takes labels with their display names.
    values = [item.get("label") if isinstance(item, dict) else item for item in listed]
    texts = [value for value in values if isinstance(value, str)]
    return texts if len(texts) == len(values) else []


def _literal(text: str | None) -> object:
    if not text or holds_liquid(text):
        return None
    try:
        return parse_js_literal(text)
    except ValueError:
        return None


def _classifier(element: Element) -> Schema:
    return _object({"label": _one_of(element, "categories")})


def _image_classifier(element: Element) -> Schema:
    return _object({"label": _one_of(element, "categories")}, {"workerComment": _TEXT})


def _multi_select(element: Element) -> Schema:
    return _object({"labels": _array(_one_of(element, "categories"))})


def _drawing(key: str, item: Callable[[Schema], Schema]) -> Callable[[Element], Schema]:
    def shape(element: Element) -> Schema:
        items = _array(item(_one_of(element, "labels")))
        return _object(
            {key: items, "inputImageProperties": _IMAGE}, {"initialValueModified": _BOOLEAN}
        )

    return shape


def _box(label: Schema) -> Schema:
    return _object({"label": label} | dict.fromkeys(("left", "top", "width", "height"), _NUMBER))


def _keypoint(label: Schema) -> Schema:
    return _object({"label": label} | _POINT["properties"])


def _outline(label: Schema) -> Schema:
    return _object({"label": label, "vertices": _array(_POINT)})


def _instance(label: Schema) -> Schema:
    return _object({"color": _TEXT, "label": label})


def _entities(element: Element) -> Schema:
    entity = {"startOffset": _OFFSET, "endOffset": _OFFSET, "label": _one_of(element, "labels")}
    return _object({"entities": _array(_object(entity))})


def _semantic(_: Element) -> Schema:
    color = {"type": "object", "additionalProperties": _object({"color": _TEXT})}
    return _object(
        {"labeledImage": _PNG, "labelMappings": color, "inputImageProperties": _IMAGE},
        {"initialValueModified": _BOOLEAN},
    )


def _instances(element: Element) -> Schema:
    drawn = _drawing("instances", _instance)(element)
    return _object({**_required(drawn), "labeledImage": _PNG})


def _required(schema: Schema) -> dict[str, Schema]:
    return {name: schema["properties"][name] for name in schema["required"]}


def _fixed(*keys: str, item: str | list[str] = "object") -> Callable[[Element], Schema]:
    def shape(_: Element) -> Schema:
        lists = {key: _array({"type": item}) for key in keys}
        # The documentation spells one key in two ways.
        return {
            "type": "object",
            "properties": lists,
            "anyOf": [{"required": [key]} for key in keys],
        }

    return shape


_POINT = _object({"x": _NUMBER, "y": _NUMBER})
_IMAGE = _object({"width": _NUMBER, "height": _NUMBER})
_PNG = _object({"pngImageData": _TEXT})

_WIDGET_SHAPES: dict[str, Callable[[Element], Schema]] = {
    "crowd-bounding-box": _drawing("boundingBoxes", _box),
    "crowd-classifier": _classifier,
    "crowd-classifier-multi-select": _multi_select,
    "crowd-entity-annotation": _entities,
    "crowd-image-classifier": _image_classifier,
    "crowd-image-classifier-multi-select": _multi_select,
    "crowd-instance-segmentation": _instances,
    "crowd-keypoint": _drawing("keypoints", _keypoint),
    "crowd-line": _drawing("lines", _outline),
    "crowd-polygon": _drawing("polygons", _outline),
    "crowd-polyline": _drawing("polylines", _outline),
    # The chosen categories as the template lists them.
    "crowd-rekognition-detect-moderation-labels": _fixed(
        "moderationLabels", "ModerationLabels", item=["object", "string"]
    ),
    "crowd-semantic-segmentation": _semantic,
    "crowd-textract-analyze-document": _fixed("blocks"),
    # Whatever object the custom element's `value` is.
    "object-value-input": lambda _: {"type": "object"},
}


def merged(shapes: Iterable[Schema]) -> Schema:
    """One schema for a name that several controls share."""
    distinct: list[Schema] = []
    choices: Schema | None = None
    for shape in shapes:
        if shape.get("additionalProperties") is False:
            choices = shape if choices is None else _merged_choices(choices, shape)
        elif shape not in distinct:
            distinct.append(shape)
    if choices is not None:
        distinct.append(choices)
    return distinct[0] if len(distinct) == 1 else {"anyOf": distinct}


def _merged_choices(some: Schema, other: Schema) -> Schema:
    return {
        **some,
        "properties": {**some["properties"], **other["properties"]},
        "required": [*some["required"], *other["required"]],
    }
