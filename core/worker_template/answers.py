"""The shape of `answerContent` that a template gives, as JSON Schema."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from worker_template.answer_shapes import Schema, answer_key, answer_shape, merged
from worker_template.crowd_elements import (
    CUSTOM_CONTROL,
    NAMED_CROWD_CONTROLS,
    TEXT_CONTROLS,
    WIDGETS,
    is_choice,
    is_html_answer,
    is_undocumented,
)
from worker_template.html_document import Element, HtmlDocument
from worker_template.html_tree import parse_html
from worker_template.liquid_source import (
    LiquidSource,
    holds_liquid,
    is_conditional,
    literal_parts,
    loops_around,
)

# Types of a plain input that have a value from the start.
_ALWAYS_FILLED = frozenset({"color", "range"})
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def is_answer(element: Element) -> bool:
    """Return whether the element contributes to the answer."""
    return not element.is_inside("template") and (
        element.tag in NAMED_CROWD_CONTROLS
        or element.tag in WIDGETS
        or element.tag == CUSTOM_CONTROL
        or (is_undocumented(element.tag) and bool(element.get("name")))
        or is_html_answer(element.tag, element.get("type"))
    )


def answer_schema(text: str) -> dict[str, Any]:
    """Return the JSON Schema of the answers to a template.

    A field that a condition or a loop brings, a text that may stay empty, and a control that is
    disabled are not required. A name that Liquid makes is a pattern. Other fields are refused,
    unless the page has a script of its own, which can add controls.
    """
    source = LiquidSource(text)
    document = parse_html(source.masked)
    controls: dict[str, list[Element]] = defaultdict(list)
    for element in document.elements:
        if is_answer(element) and answer_key(element):
            controls[answer_key(element)].append(element)
    fixed = {key: elements for key, elements in controls.items() if not holds_liquid(key)}
    schema: Schema = {
        "$schema": _DIALECT,
        "type": "object",
        "properties": {key: merged(map(answer_shape, each)) for key, each in fixed.items()},
        "required": sorted(
            key for key, each in fixed.items() if any(_is_certain(one, source) for one in each)
        ),
        "additionalProperties": _has_own_script(document),
    }
    patterns = _patterns({key: each for key, each in controls.items() if key not in fixed}, fixed)
    return schema | ({"patternProperties": patterns} if patterns else {})


def _patterns(controls: dict[str, list[Element]], fixed: Iterable[str]) -> dict[str, Schema]:
    """The shapes of names that Liquid makes.

    All matching patterns apply to a field, so fixed names are excluded, and patterns that may
    match the same name share one schema.
    """
    shape = merged(answer_shape(element) for each in controls.values() for element in each)
    excluded = "|".join(map(re.escape, fixed))
    guard = f"(?!(?:{excluded})$)" if excluded else ""
    return {f"^{guard}{_name_pattern(name)}$": shape for name in controls}


def _name_pattern(masked_name: str) -> str:
    return ".+".join(map(re.escape, literal_parts(masked_name)))


def _is_certain(element: Element, source: LiquidSource) -> bool:
    """Return whether every answer has the field of this control."""
    blocks = source.blocks_around(element.index)
    if is_conditional(blocks) or loops_around(blocks) or is_disabled(element):
        return False
    if is_choice(element.tag, element.get("type")) or element.tag in WIDGETS:
        return True
    type_ = (element.get("type") or "").lower()
    if element.tag == "input" and type_ in _ALWAYS_FILLED:
        return True
    if element.get("required") is None or element.get("readonly") is not None:
        return False
    is_text = element.tag in TEXT_CONTROLS or is_html_answer(element.tag, type_)
    return is_text and (element.tag, type_) != ("input", "hidden")


def is_disabled(element: Element) -> bool:
    """Return whether a control, or a fieldset around it, is disabled; it gives no answer then."""
    if element.get("disabled") is not None:
        return True
    inner = element
    for outer in element.ancestors():
        if outer.tag == "fieldset" and outer.get("disabled") is not None and inner.tag != "legend":
            return True
        inner = outer
    return False


def _has_own_script(document: HtmlDocument) -> bool:
    return any(
        "crowd-html-elements" not in (each.get("src") or "") for each in document.named("script")
    )
