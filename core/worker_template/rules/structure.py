"""Rules about the page: its script, its form, its tags."""

import re
from collections.abc import Iterator
from itertools import combinations

from worker_template.answers import is_answer
from worker_template.crowd_elements import is_undocumented
from worker_template.findings import Severity
from worker_template.html_document import Element, Imbalance
from worker_template.liquid_source import (
    are_exclusive,
    holds_liquid,
    is_conditional,
    loops_around,
)
from worker_template.rules.registry import Problem, rule
from worker_template.rules.subject import Rendering, Subject

# What a page says about itself; a header of the response does not say otherwise.
_HARMLESS_HEADERS = frozenset({"content-language", "content-type", "x-ua-compatible"})
LOADER = "https://assets.crowd.aws/crowd-html-elements.js"
_LOADER = re.compile(r"(https:)?//assets\.crowd\.aws/crowd-html-elements(-v2)?\.js")


@rule("loader-script", Severity.ERROR)
def loader_script(subject: Subject) -> Iterator[Problem]:
    """The page loads the crowd elements."""
    scripts = subject.document.named("script")
    if not any(_LOADER.fullmatch((script.get("src") or "").strip()) for script in scripts):
        yield Problem(
            0, f'nothing loads the crowd elements; begin with <script src="{LOADER}"></script>'
        )


@rule("crowd-form-missing", Severity.ERROR)
def crowd_form_missing(subject: Subject) -> Iterator[Problem]:
    """Answers are submitted by a crowd-form."""
    if not subject.forms() and not any(subject.document.named("crowd-entity-annotation")):
        yield Problem(0, "there is no crowd-form, so nothing is submitted; put the task inside one")


@rule("crowd-form-implied", Severity.WARNING)
def crowd_form_implied(subject: Subject) -> Iterator[Problem]:
    """An entity annotation is in a crowd-form."""
    annotation = next(subject.document.named("crowd-entity-annotation"), None)
    if annotation is not None and not subject.forms():
        yield Problem(
            annotation.index,
            "crowd-entity-annotation submits by itself, undocumented; put it inside a crowd-form",
        )


@rule("crowd-form-repeated", Severity.ERROR)
def crowd_form_repeated(subject: Subject) -> Iterator[Problem]:
    """There is one crowd-form."""
    for first, second in combinations(subject.forms(), 2):
        blocks = (subject.source.blocks_around(each.index) for each in (first, second))
        if not are_exclusive(*blocks):
            yield Problem(second.index, "there is a crowd-form already; merge the two into one")
            return
    for form in subject.forms():
        if loops_around(subject.source.blocks_around(form.index)):
            yield Problem(form.index, "a loop repeats this crowd-form; put the loop inside it")


@rule("answer-format", Severity.WARNING)
def answer_format(subject: Subject) -> Iterator[Problem]:
    """A crowd-form leaves the shape of its answers alone."""
    for form in subject.forms():
        attribute = form.attribute("answer-format")
        if attribute is not None:
            yield Problem(
                attribute.index,
                f"answer-format={attribute.value!r} is Mechanical Turk's and would change "
                "the shape of every answer; remove it",
            )


@rule("unbalanced-tag", Severity.ERROR)
def unbalanced_tag(subject: Subject) -> Iterator[Problem]:
    """Crowd elements and their regions have matching start and end tags."""
    for imbalance, index in _imbalances(subject):
        if imbalance.in_the_way is not None:
            continue
        if imbalance.is_end_tag:
            yield Problem(index, f"</{imbalance.tag}> closes nothing; remove it or open it before")
        else:
            yield Problem(index, f"<{imbalance.tag}> is not closed; add </{imbalance.tag}>")


@rule("ignored-end-tag", Severity.WARNING)
def ignored_end_tag(subject: Subject) -> Iterator[Problem]:
    """What is inside a crowd element is closed before the crowd element is."""
    for imbalance, index in _imbalances(subject):
        if imbalance.in_the_way is not None:
            yield Problem(
                index,
                f"browsers ignore </{imbalance.tag}> while <{imbalance.in_the_way}> is open, what "
                f"follows lands inside; add </{imbalance.in_the_way}> before it",
            )


def _imbalances(subject: Subject) -> Iterator[tuple[Imbalance, int]]:
    for imbalance in subject.document.imbalances:
        # A tag that a condition opens and another one closes is judged by the rendering.
        if not is_conditional(subject.source.blocks_around(imbalance.index)):
            yield imbalance, imbalance.index
    if isinstance(subject.sample_rendering, Rendering):
        for imbalance in subject.sample_rendering.document.imbalances:
            yield imbalance, subject.sample_rendering.origin(imbalance.index)


@rule("control-outside-form", Severity.WARNING)
def control_outside_form(subject: Subject) -> Iterator[Problem]:
    """Controls are inside the crowd-form."""
    if not subject.forms():
        return
    for element in subject.document.elements:
        if is_answer(element) and not element.is_inside("crowd-form"):
            yield Problem(
                element.index,
                f"{element.tag} is outside the crowd-form and is not submitted; move it inside",
            )


@rule("no-answer-field", Severity.WARNING)
def no_answer_field(subject: Subject) -> Iterator[Problem]:
    """A crowd-form has a control that gives an answer."""
    if subject.forms() and not any(map(is_answer, subject.document.elements)):
        yield Problem(
            subject.forms()[0].index,
            "no control in the crowd-form gives an answer; add one, with a name",
        )


@rule("nested-form", Severity.WARNING)
def nested_form(subject: Subject) -> Iterator[Problem]:
    """A crowd-form holds no other form."""
    for form in subject.document.named("form"):
        if form.is_inside("crowd-form"):
            yield Problem(
                form.index, "the fields of an inner form may not be submitted; remove <form>"
            )


@rule("submitting-button", Severity.WARNING)
def submitting_button(subject: Subject) -> Iterator[Problem]:
    """A plain button in the form has a type."""
    for button in subject.document.named("button"):
        if button.is_inside("crowd-form") and not button.get("type"):
            yield Problem(
                button.index,
                'a button without type submits the task; use type="button" or crowd-button',
            )


@rule("self-closing-element", Severity.WARNING)
def self_closing_element(subject: Subject) -> Iterator[Problem]:
    """A custom element has an end tag."""
    for element in subject.document.elements:
        if element.self_closing and "-" in element.tag and not element.has_end_tag:
            yield Problem(
                element.index,
                f"browsers ignore the slash in <{element.tag}/>, what follows lands inside; "
                f"close it with </{element.tag}>",
            )


@rule("unknown-crowd-element", Severity.WARNING)
def unknown_crowd_element(subject: Subject) -> Iterator[Problem]:
    """A crowd element is a documented one."""
    for element in subject.document.elements:
        if is_undocumented(element.tag):
            yield Problem(
                element.index,
                f"{element.tag} is not documented; correct the spelling, or try it before use",
            )


@rule("duplicate-id", Severity.WARNING)
def duplicate_id(subject: Subject) -> Iterator[Problem]:
    """An id is there once."""
    seen: dict[str, list[Element]] = {}
    for element in subject.document.elements:
        id_ = element.get("id")
        if not id_ or holds_liquid(id_):
            continue
        blocks = subject.source.blocks_around(element.index)
        others = (subject.source.blocks_around(each.index) for each in seen.get(id_, ()))
        if loops_around(blocks) or any(not are_exclusive(blocks, other) for other in others):
            yield Problem(
                element.index, f"the id {id_!r} is there more than once; scripts find the first"
            )
        seen.setdefault(id_, []).append(element)


@rule("duplicate-attribute", Severity.WARNING)
def duplicate_attribute(subject: Subject) -> Iterator[Problem]:
    """An attribute is there once."""
    for element in subject.document.elements:
        names = [attribute.name for attribute in element.attributes]
        if len(set(names)) == len(names) or any(map(holds_liquid, names)):
            continue
        for number, attribute in enumerate(element.attributes):
            if attribute.name in names[:number]:
                yield Problem(
                    attribute.index,
                    f"browsers ignore the second {attribute.name} of {element.tag}; remove one",
                )


@rule("meta-http-equiv", Severity.WARNING)
def meta_http_equiv(subject: Subject) -> Iterator[Problem]:
    """A template sets no HTTP headers."""
    for meta in subject.document.named("meta"):
        header = meta.get("http-equiv")
        if header is not None and header.strip().lower() not in _HARMLESS_HEADERS:
            yield Problem(
                meta.index,
                f"http-equiv={header!r} changes the page that shows the task; remove the element",
            )
