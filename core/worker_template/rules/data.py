"""Rules about where in the page data is printed."""

from collections.abc import Iterator

from worker_template.findings import Severity
from worker_template.html_document import Attribute
from worker_template.rules.registry import Problem, rule
from worker_template.rules.subject import Subject

_REMEDY = "put {{ ... | to_json | escape }} into a data- attribute and JSON.parse it in the script"


@rule("json-in-attribute", Severity.ERROR)
def json_in_attribute(subject: Subject) -> Iterator[Problem]:
    """JSON in an attribute is escaped."""
    for attribute in _attributes(subject):
        for statement, filters in subject.outputs_in(attribute.value):
            if attribute.quote == '"' and filters[-1:] == ["to_json"]:
                yield Problem(
                    statement.start,
                    f"the quotes of the JSON end the attribute {attribute.name}; "
                    "write | to_json | escape",
                )


@rule("skip-autoescape", Severity.WARNING)
def skip_autoescape(subject: Subject) -> Iterator[Problem]:
    """Data is printed escaped: it can hold scripts."""
    for span in subject.analysis.filters.get("skip_autoescape", ()):
        yield Problem(
            subject.author_index(span.index),
            "skip_autoescape lets data bring elements and scripts into the page; remove it, or "
            "accept this if only trusted code writes the input",
        )


@rule("data-in-script", Severity.WARNING)
def data_in_script(subject: Subject) -> Iterator[Problem]:
    """Data does not stand in a script, where HTML escaping does not help."""
    for script in subject.document.named("script", "style"):
        for _, text in script.text:
            for statement, filters in subject.outputs_in(text):
                if "to_json" not in filters:
                    yield Problem(
                        statement.start,
                        f"HTML escaping is wrong inside {script.tag}: quotes and & arrive as "
                        f"entities; {_REMEDY}",
                    )


@rule("json-in-script", Severity.WARNING)
def json_in_script(subject: Subject) -> Iterator[Problem]:
    """JSON does not stand in a script, whose end it can contain."""
    for script in subject.document.named("script", "style"):
        for _, text in script.text:
            for statement, filters in subject.outputs_in(text):
                if "to_json" in filters:
                    yield Problem(
                        statement.start,
                        f"a value with </{script.tag}> in it ends the {script.tag}; {_REMEDY}",
                    )


@rule("data-in-handler", Severity.WARNING)
def data_in_handler(subject: Subject) -> Iterator[Problem]:
    """Data does not stand in an event handler, which is a script."""
    for attribute in _attributes(subject):
        if attribute.name.startswith("on"):
            for statement, _ in subject.outputs_in(attribute.value):
                yield Problem(
                    statement.start,
                    f"data in {attribute.name} is read as code; put it into a data- attribute",
                )


def _attributes(subject: Subject) -> Iterator[Attribute]:
    for element in subject.document.elements:
        yield from element.attributes
