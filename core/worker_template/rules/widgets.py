"""Rules about the elements that are a whole task."""

from collections.abc import Iterator

from worker_template.crowd_elements import MAX_BOUNDING_BOX_LABELS, WIDGETS
from worker_template.findings import Severity
from worker_template.html_document import Element
from worker_template.js_literal import parse_js_literal
from worker_template.liquid_source import holds_liquid
from worker_template.rules.registry import Problem, rule
from worker_template.rules.subject import Rendering, Subject


@rule("widget-attribute-missing", Severity.ERROR)
def widget_attribute_missing(subject: Subject) -> Iterator[Problem]:
    """A widget has the attributes it cannot work without."""
    for element in subject.document.named(*WIDGETS):
        if _has_conditional_attributes(element):
            continue
        for name in WIDGETS[element.tag].required:
            if not element.get(name):
                yield Problem(element.index, f'{element.tag} needs {name}; add {name}="..."')


@rule("classification-target-missing", Severity.ERROR)
def classification_target_missing(subject: Subject) -> Iterator[Problem]:
    """A classifier shows what to classify."""
    for element in subject.document.named(*WIDGETS):
        if WIDGETS[element.tag].needs_target and not _has_region(
            subject, element, "classification-target"
        ):
            yield Problem(
                element.index,
                f"{element.tag} shows nothing to classify; add <classification-target>",
            )


@rule("widget-header-missing", Severity.WARNING)
def widget_header_missing(subject: Subject) -> Iterator[Problem]:
    """A widget's header asks the worker's question."""
    for element in subject.document.named(*WIDGETS):
        if not element.get("header") and not _has_conditional_attributes(element):
            yield Problem(
                element.index, f'{element.tag} asks no question; add header="..." with it'
            )


@rule("instructions-missing", Severity.WARNING)
def instructions_missing(subject: Subject) -> Iterator[Problem]:
    """A widget tells the worker how to decide."""
    for element in subject.document.named(*WIDGETS):
        if not _has_region(subject, element, "short-instructions", "full-instructions"):
            yield Problem(
                element.index,
                f"{element.tag} has no instructions; add <short-instructions> or "
                "<full-instructions>",
            )


@rule("invalid-literal", Severity.ERROR)
def invalid_literal(subject: Subject) -> Iterator[Problem]:
    """Lists in attributes are JavaScript literals."""
    for element in subject.document.named(*WIDGETS):
        for name in ("labels", "categories"):
            attribute = element.attribute(name)
            if attribute is None or not attribute.value or holds_liquid(attribute.value):
                continue
            if not isinstance(_literal(attribute.value), list):
                yield Problem(
                    attribute.index,
                    f"{name} of {element.tag} is no list, got {attribute.value!r}; "
                    f"write {name}=\"['one', 'two']\"",
                )


@rule("too-many-labels", Severity.WARNING)
def too_many_labels(subject: Subject) -> Iterator[Problem]:
    """A bounding box has at most 10 labels."""
    if isinstance(subject.sample_rendering, Rendering):
        rendering = subject.sample_rendering
        for element in rendering.document.named("crowd-bounding-box"):
            yield from _label_count(element, rendering.origin(element.index))
    else:
        for element in subject.document.named("crowd-bounding-box"):
            yield from _label_count(element, element.index)


def _label_count(element: Element, index: int) -> Iterator[Problem]:
    labels = _literal(element.get("labels") or "")
    if isinstance(labels, list) and len(labels) > MAX_BOUNDING_BOX_LABELS:
        yield Problem(
            index,
            f"crowd-bounding-box has {len(labels)} labels, {MAX_BOUNDING_BOX_LABELS} are "
            "documented as its limit; drop or merge some",
        )


def _literal(text: str) -> object:
    try:
        return parse_js_literal(text)
    except ValueError:
        return None


def _has_conditional_attributes(element: Element) -> bool:
    return any(holds_liquid(attribute.name) for attribute in element.attributes)


def _has_region(subject: Subject, element: Element, *tags: str) -> bool:
    return any(each.tag in tags for each in subject.document.inside(element))
