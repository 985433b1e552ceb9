"""Rules about the controls whose values make up the answer."""

import re
from collections.abc import Iterator

from worker_template.answer_shapes import is_multiple_select
from worker_template.crowd_elements import (
    NAMED_CROWD_CONTROLS,
    is_choice,
    is_html_answer,
)
from worker_template.findings import Severity
from worker_template.html_document import Element
from worker_template.liquid_source import (
    Blocks,
    are_exclusive,
    holds_liquid,
    literal_parts,
    loops_around,
)
from worker_template.rules.registry import Problem, rule
from worker_template.rules.subject import Rendering, Subject

DISCARDED = "_"
"""By convention the name of a control whose value nobody reads."""

_PLAIN_NAME = re.compile(r"[\w-]*")


@rule("control-name-missing", Severity.ERROR)
def control_name_missing(subject: Subject) -> Iterator[Problem]:
    """A crowd control has a name: the answer is keyed by it."""
    for element in subject.document.named(*NAMED_CROWD_CONTROLS):
        if not (element.get("name") or "").strip():
            yield Problem(
                element.index, f'{element.tag} has no name, its answer is lost; add name="..."'
            )


@rule("html-control-name-missing", Severity.WARNING)
def html_control_name_missing(subject: Subject) -> Iterator[Problem]:
    """A plain HTML control in the form has a name."""
    for element in subject.document.elements:
        if not is_html_answer(element.tag, element.get("type")):
            continue
        if element.is_inside("crowd-form") and not (element.get("name") or "").strip():
            yield Problem(
                element.index,
                f"this {element.tag} has no name and no place in the answer; add one if it should",
            )


@rule("duplicate-name", Severity.ERROR)
def duplicate_name(subject: Subject) -> Iterator[Problem]:
    """A name belongs to one control; checkboxes and radio buttons share one with other values."""
    seen: dict[str, list[tuple[Element, Blocks]]] = {}
    for element in _named_controls(subject.document.elements):
        name = subject.source.as_written(element.get("name") or "")
        blocks = subject.source.blocks_around(element.index)
        if loops_around(blocks) and not _varies(element):
            yield _repeated(element, name)
        elif any(
            _clash(element, other) and _is_same_name(subject, (element, blocks), around)
            for other, around in seen.get(name, ())
        ):
            yield _taken(element.index, name)
        seen.setdefault(name, []).append((element, blocks))
    yield from _duplicates_in_sample(subject)


def _repeated(element: Element, name: str) -> Problem:
    place = "value" if is_choice(element.tag, element.get("type")) else "name"
    return Problem(
        element.index,
        f"a loop repeats the name {name!r}, later answers overwrite earlier ones; "
        f"print a loop variable in its {place}",
    )


def _is_same_name(subject: Subject, control: tuple[Element, Blocks], around: Blocks) -> bool:
    """Return whether equally written names are equal when they are rendered."""
    element, blocks = control
    if are_exclusive(blocks, around):
        return False
    name = element.get("name") or ""
    if not holds_liquid(name):
        return True
    return loops_around(blocks) == loops_around(around) and subject.is_stable(name)


def _duplicates_in_sample(subject: Subject) -> Iterator[Problem]:
    rendering = subject.sample_rendering
    if not isinstance(rendering, Rendering):
        return
    seen: dict[str, list[Element]] = {}
    for element in _named_controls(rendering.document.elements):
        name = element.get("name") or ""
        if any(_clash(element, other) for other in seen.get(name, ())):
            yield _taken(rendering.origin(element.index), name)
        seen.setdefault(name, []).append(element)


def _taken(index: int, name: str) -> Problem:
    return Problem(
        index,
        f"the name {name!r} is taken, later answers overwrite earlier ones; choose another "
        f"(or {DISCARDED!r} to discard the value)",
    )


def _named_controls(elements: list[Element]) -> Iterator[Element]:
    for element in elements:
        is_control = element.tag in NAMED_CROWD_CONTROLS or is_html_answer(
            element.tag, element.get("type")
        )
        if is_control and element.get("name") not in (None, "", DISCARDED):
            yield element


def _clash(some: Element, other: Element) -> bool:
    if all(is_choice(each.tag, each.get("type")) for each in (some, other)):
        return _value(some) == _value(other)
    return True


def _value(element: Element) -> str:
    value = element.get("value")
    return "on" if value is None else value


def _varies(element: Element) -> bool:
    parts = [element.get("name") or ""]
    if is_choice(element.tag, element.get("type")):
        parts.append(_value(element))
    return any(map(holds_liquid, parts))


@rule("radio-outside-group", Severity.WARNING)
def radio_outside_group(subject: Subject) -> Iterator[Problem]:
    """A crowd-radio-button is in a group, within which it excludes the others."""
    for element in subject.document.named("crowd-radio-button"):
        if not element.is_inside("crowd-radio-group"):
            yield Problem(
                element.index,
                "this crowd-radio-button excludes no other; put it into a crowd-radio-group",
            )


@rule("multiple-select", Severity.WARNING)
def multiple_select(subject: Subject) -> Iterator[Problem]:
    """Several choices are checkboxes: what A2I answers for a select with multiple is not known."""
    for element in subject.document.named("select"):
        if is_multiple_select(element):
            yield Problem(
                element.index,
                "A2I's answer for a select with multiple is not documented, a text or a list; use "
                "crowd-checkbox elements of one name",
            )


@rule("control-name-characters", Severity.INFO)
def control_name_characters(subject: Subject) -> Iterator[Problem]:
    """A name has letters, digits, - and _ only."""
    for element in _named_controls(subject.document.elements):
        name = element.get("name") or ""
        if not all(map(_PLAIN_NAME.fullmatch, literal_parts(name))):
            written = subject.source.as_written(name)
            yield Problem(
                element.index,
                f"the name {written!r} needs quoting in most query languages; "
                "letters, digits, - and _ do not",
            )
