"""Rules that render the template with hostile texts and look where they land.

They cannot see what is wrong only for numbers, nor a URL that is hostile by its scheme alone.
"""

from collections.abc import Iterator

from worker_template.crowd_elements import LITERAL_ATTRIBUTES, WIDGETS
from worker_template.findings import Severity
from worker_template.html_document import Attribute, Element
from worker_template.js_literal import parse_js_literal
from worker_template.rules.registry import Problem, rule
from worker_template.rules.subject import HOSTILE, Rendering, Subject

PROBE = "xss-probe"
_LINK_ATTRIBUTES = frozenset({"action", "formaction", "href"})
_SOURCE_ATTRIBUTES = frozenset({"data", "poster", "src"})


@rule("data-injects-markup", Severity.ERROR)
def data_injects_markup(subject: Subject) -> Iterator[Problem]:
    """No text of the input becomes an element or an attribute."""
    for rendering, element in _elements(subject):
        injected = element.tag == PROBE or element.attribute(PROBE) is not None
        if injected:
            attribute = element.attribute(PROBE)
            index = element.index if attribute is None else attribute.index
            yield Problem(
                rendering.origin(index),
                "text of the input becomes markup here, so data can run scripts as the worker; "
                "escape it: drop skip_autoescape, quote the attribute",
            )


@rule("link-from-data", Severity.WARNING)
def link_from_data(subject: Subject) -> Iterator[Problem]:
    """The input does not choose where a link leads."""
    for rendering, attribute in _attributes(subject, _LINK_ATTRIBUTES):
        if attribute.value.startswith(HOSTILE):
            yield Problem(
                rendering.origin(attribute.index),
                f"the input alone decides {attribute.name}, javascript: included; begin the "
                "value with https://, or accept this if only trusted code writes the input",
            )


@rule("source-from-data", Severity.WARNING)
def source_from_data(subject: Subject) -> Iterator[Problem]:
    """What the input names is read through grant_read_access."""
    for rendering, attribute in _attributes(subject, _SOURCE_ATTRIBUTES):
        if attribute.value.startswith(HOSTILE):
            yield Problem(
                rendering.origin(attribute.index),
                f"{attribute.name} comes from the input as it is; add | grant_read_access for "
                "objects in S3, or accept this for public URLs",
            )


@rule("literal-broken-by-data", Severity.WARNING)
def literal_broken_by_data(subject: Subject) -> Iterator[Problem]:
    """A list in an attribute survives quotes in the data."""
    for rendering, element in _elements(subject):
        if element.tag not in WIDGETS:
            continue
        for attribute in element.attributes:
            if _is_broken(attribute):
                yield Problem(
                    rendering.origin(attribute.index),
                    f"a quote in the data breaks {attribute.name} of {element.tag}; pass the "
                    "list as one variable: {{ task.input.... | to_json }}",
                )


def _is_broken(attribute: Attribute) -> bool:
    is_literal = attribute.name in LITERAL_ATTRIBUTES or (
        attribute.name == "initial-value" and attribute.value.lstrip()[:1] in ("[", "{")
    )
    if not is_literal or HOSTILE not in attribute.value or attribute.value == HOSTILE:
        return False
    try:
        parse_js_literal(attribute.value)
    except ValueError:
        return True
    return False


def _elements(subject: Subject) -> Iterator[tuple[Rendering, Element]]:
    for rendering in subject.hostile_renderings:
        for element in rendering.document.elements:
            yield rendering, element


def _attributes(subject: Subject, names: frozenset[str]) -> Iterator[tuple[Rendering, Attribute]]:
    for rendering, element in _elements(subject):
        for attribute in element.attributes:
            if attribute.name in names:
                yield rendering, attribute
