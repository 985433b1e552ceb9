"""Rules about where in the page data is printed."""

from collections.abc import Iterator

from worker_template.dialect import READ_ACCESS_FILTERS
from worker_template.findings import Severity
from worker_template.liquid_source import Statement
from worker_template.rules.registry import Problem, rule
from worker_template.rules.subject import Subject

_IN_SCRIPT = "put {{ ... | to_json }} into a data- attribute and JSON.parse it in the script"
_IN_STYLE = 'write it into a style="..." attribute of the element, or use an <img>'


@rule("skip-autoescape", Severity.WARNING)
def skip_autoescape(subject: Subject) -> Iterator[Problem]:
    """Data is printed escaped: it can hold scripts."""
    for span in subject.analysis.filters.get("skip_autoescape", ()):
        yield Problem(
            subject.author_index(span.index),
            "skip_autoescape lets data bring elements and scripts into the page; remove it, or "
            "accept this if only trusted code writes the input",
        )


@rule("json-in-script", Severity.ERROR)
def json_in_script(subject: Subject) -> Iterator[Problem]:
    """JSON does not stand in a script, where it arrives with entities for its quotes."""
    for statement, filters in _outputs(subject, "script"):
        if "to_json" in filters and "skip_autoescape" not in filters:
            yield Problem(
                statement.start,
                f"the quotes of the JSON arrive as &quot; in a script; {_IN_SCRIPT}",
            )


@rule("data-in-script", Severity.WARNING)
def data_in_script(subject: Subject) -> Iterator[Problem]:
    """Data does not stand in a script, where HTML escaping does not help."""
    for statement, filters in _outputs(subject, "script"):
        if "skip_autoescape" in filters:
            yield Problem(
                statement.start, f"a value with </script> in it ends the script; {_IN_SCRIPT}"
            )
        elif "to_json" not in filters:
            yield Problem(
                statement.start, f"quotes and & arrive as entities in a script; {_IN_SCRIPT}"
            )


@rule("signed-url-in-style", Severity.ERROR)
def signed_url_in_style(subject: Subject) -> Iterator[Problem]:
    """An address from grant_read_access does not stand in a style sheet, which breaks it."""
    for statement, filters in _outputs(subject, "style"):
        if _is_signed_url(filters):
            yield Problem(
                statement.start,
                "each & of the signed address arrives as &amp; in a style sheet, and S3 refuses "
                f"it; {_IN_STYLE}",
            )


@rule("data-in-style", Severity.WARNING)
def data_in_style(subject: Subject) -> Iterator[Problem]:
    """Data does not stand in a style sheet, where HTML escaping does not help."""
    for statement, filters in _outputs(subject, "style"):
        if not _is_signed_url(filters):
            yield Problem(
                statement.start, f"quotes and & arrive as entities in a style sheet; {_IN_STYLE}"
            )


@rule("data-in-handler", Severity.WARNING)
def data_in_handler(subject: Subject) -> Iterator[Problem]:
    """Data does not stand in an event handler, which is a script."""
    for element in subject.document.elements:
        for attribute in element.attributes:
            if attribute.name.startswith("on"):
                for statement, _ in subject.outputs_in(attribute.value):
                    yield Problem(
                        statement.start,
                        f"data in {attribute.name} is read as code; put it into a data- attribute",
                    )


def _outputs(subject: Subject, tag: str) -> Iterator[tuple[Statement, list[str]]]:
    """The output statements in elements whose text browsers do not unescape."""
    for element in subject.document.named(tag):
        for _, text in element.text:
            yield from subject.outputs_in(text)


def _is_signed_url(filters: list[str]) -> bool:
    return "skip_autoescape" not in filters and not {*filters}.isdisjoint(READ_ACCESS_FILTERS)
