"""Types that a variable must have for the place in the HTML where it is printed.

A list in `labels`, boxes in `initial-value`, a number in `viewBox`: derived samples follow this.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from worker_template.crowd_elements import LITERAL_ATTRIBUTES, WIDGETS
from worker_template.html_document import Attribute, Element
from worker_template.html_tree import parse_html
from worker_template.js_literal import parse_js_literal
from worker_template.liquid_source import LiquidSource, holds_liquid

Example = Any
"""A value as an example of what fits, or `TEXT_LIST`."""

TEXT_LIST = object()
"""A list of texts."""
_LABEL = "example-label"
_POINT = {"x": 10, "y": 10}
_NUMBER_ATTRIBUTES = frozenset(
    {
        *("cols", "colspan", "cx", "cy", "height", "high", "low", "max", "max-rows", "maxlength"),
        *("min", "minlength", "optimum", "points", "r", "rows", "rowspan", "rx", "ry", "size"),
        *("span", "step", "tabindex", "viewbox", "width", "x", "x1", "x2", "y", "y1", "y2"),
    }
)
_NUMBER_TYPES = frozenset({"number", "range"})
_DATE = "2026-01-31"
# What stands before a value in a literal: its key, and the quote it is in.
_KEY = re.compile(r"""["']?(?P<key>\w+)["']?\s*:\s*(?P<quote>["']?)[^"'{}\[\],:]*$""")
_QUOTED = re.compile(r"""["'][^"']*$""")
_VARIABLE = re.compile(r"\{\{-?\s*[\w.]*?(?P<name>\w+)\s*(?:\|.*)?\}\}")
_UNIT = re.compile(r"px|%|r?em|v[wh]|deg|s\b")
_OF_KEY: dict[str, Example] = {
    "endOffset": 7,
    "startOffset": 0,
    "vertices": [_POINT, {"x": 60, "y": 10}, {"x": 60, "y": 60}],
}


def examples_by_place(text: str) -> dict[int, Example]:
    """Return, by the index of the output statement, an example of what fits there."""
    source = LiquidSource(text)
    document = parse_html(source.masked)
    return {
        index: example
        for element in document.elements
        for attribute in element.attributes
        for index, example in _examples(source, element, attribute)
    }


def _examples(
    source: LiquidSource, element: Element, attribute: Attribute
) -> Iterator[tuple[int, Example]]:
    value = attribute.value.strip()
    outputs = [each for each in source.statements_in(value) if not each.tag]
    if element.tag in WIDGETS and attribute.name in (*LITERAL_ATTRIBUTES, "initial-value"):
        whole = len(outputs) == 1 and source.text[outputs[0].start : outputs[0].end] == (
            source.as_written(value)
        )
        for output in outputs:
            if whole:
                example = _whole(source, element, attribute.name)
            else:
                before = value[: value.index(source.masked[output.start])]
                example = _part(source, element, before, source.text[output.start : output.end])
            if example is not None:
                yield output.start, example
        return
    for output in outputs:
        if _is_number(element, attribute, source.masked[output.end : output.end + 3]):
            yield output.start, 1
        elif _is_date(element, attribute):
            yield output.start, _DATE


def _whole(source: LiquidSource, element: Element, name: str) -> Example | None:
    """An example for an attribute that one output makes."""
    if name == "exclusion-category":
        return {"text": "example"}
    if name == "label-colors":
        return ["#2ca02c", "#1f77b4"]
    return TEXT_LIST if name != "initial-value" else deepcopy(_initial_value(source, element))


def _initial_value(source: LiquidSource, element: Element) -> Example | None:
    label = _first_choice(source, element)
    box = {"label": label, "left": 10, "top": 10, "width": 40, "height": 30}
    outline = {"label": label, "vertices": _OF_KEY["vertices"]}
    return {
        "crowd-bounding-box": [box],
        "crowd-classifier": label,
        "crowd-classifier-multi-select": [label],
        "crowd-entity-annotation": [{"startOffset": 0, "endOffset": 7, "label": label}],
        "crowd-image-classifier": label,
        "crowd-image-classifier-multi-select": [label],
        "crowd-instance-segmentation": {"instances": [{"color": "#2ca02c", "label": label}]},
        "crowd-keypoint": [{"label": label, **_POINT}],
        "crowd-line": [outline],
        "crowd-polygon": [outline],
        "crowd-polyline": [outline],
        "crowd-semantic-segmentation": {"labelMappings": {label: {"color": "#2ca02c"}}},
        "crowd-textract-analyze-document": [{"BlockType": "LINE", "Id": "1", "Text": "example"}],
    }.get(element.tag)


def _part(source: LiquidSource, element: Element, before: str, output: str) -> Example | None:
    """An example for an output inside a literal: text in quotes or from `to_json`, or a number."""
    key = _KEY.search(before)
    name = key["key"] if key else ""
    is_text = bool(key["quote"]) if key else _is_quoted(before)
    if not is_text and "to_json" in output:
        is_text = name not in ("left", "top", "width", "height", "x", "y", *_OF_KEY)
    if name == "label" and is_text:
        return _first_choice(source, element)
    if is_text:
        return None
    return deepcopy(_OF_KEY.get(name, 10 if name else 1))


def _is_quoted(before: str) -> bool:
    # Statements between quotes may hold quotes of their own, but they are masked.
    return before.count("'") % 2 == 1 or before.count('"') % 2 == 1


def _first_choice(source: LiquidSource, element: Element) -> str:
    """The first of the labels or categories, also where the sample invents them."""
    written = element.get("categories") or element.get("labels") or ""
    if holds_liquid(written):
        variable = _VARIABLE.fullmatch(source.as_written(written).strip())
        return f"example-{word(variable['name'])}-1" if variable else _LABEL
    try:
        choices = parse_js_literal(written)
    except ValueError:
        return _LABEL
    first = choices[0] if isinstance(choices, list) and choices else _LABEL
    first = first.get("label") if isinstance(first, dict) else first
    return first if isinstance(first, str) else _LABEL


def word(name: str) -> str:
    """The word that stands for a variable in invented texts."""
    return re.sub(r"[\W_]+", "-", name).lower().strip("-")


def _is_number(element: Element, attribute: Attribute, after: str) -> bool:
    type_ = (element.get("type") or "").lower()
    if attribute.name in _NUMBER_ATTRIBUTES:
        return not _is_date(element, attribute)
    if attribute.name == "value":
        is_slider = element.tag in ("crowd-slider", "meter", "progress")
        return is_slider or (element.tag in ("input", "crowd-input") and type_ in _NUMBER_TYPES)
    return attribute.name == "style" and bool(_UNIT.match(after))


def _is_date(element: Element, attribute: Attribute) -> bool:
    return attribute.name in ("max", "min", "value") and element.get("type") == "date"
