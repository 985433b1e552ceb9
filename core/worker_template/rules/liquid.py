"""Rules about the Liquid in a template."""

from collections.abc import Iterator
from difflib import get_close_matches

from worker_template.dialect import ENVIRONMENT
from worker_template.findings import Severity
from worker_template.parsing import TemplateRenderError
from worker_template.rules.registry import Problem, rule
from worker_template.rules.subject import Rendering, Subject

MAX_CHARACTERS = 128_000


@rule("template-size", Severity.ERROR, reads_text_only=True)
def template_size(subject: Subject) -> Iterator[Problem]:
    """A template has 1 to 128,000 characters."""
    size = len(subject.text)
    if size > MAX_CHARACTERS:
        yield Problem(
            MAX_CHARACTERS,
            f"the template has {size} characters, {MAX_CHARACTERS} are allowed; "
            "load images and scripts by URL instead of embedding them",
        )
    if not subject.text.strip():
        yield Problem(0, "the template is empty; write at least a crowd-form")


@rule("liquid-syntax", Severity.ERROR, reads_text_only=True)
def liquid_syntax(subject: Subject) -> Iterator[Problem]:
    """The template is Liquid."""
    error = subject.syntax_error
    if error is not None:
        index = _last_open_block(subject) if error.index is None else error.index
        yield Problem(
            index,
            f"this is not Liquid: {error.message}; correct the statement (Liquid is read in "
            "scripts, styles and comments of HTML, too)",
        )


def _last_open_block(subject: Subject) -> int:
    # The engine notices a missing end tag at the end of the file, where nobody would look.
    blocks = subject.source.blocks_around(len(subject.text))
    return subject.source.statements[blocks[-1].number].start if blocks else 0


@rule("unknown-filter", Severity.ERROR)
def unknown_filter(subject: Subject) -> Iterator[Problem]:
    """A filter is one of standard Liquid's or of A2I's own."""
    for name, spans in subject.analysis.filters.items():
        if name in ENVIRONMENT.filters:
            continue
        close = get_close_matches(name, ENVIRONMENT.filters, n=1)
        remedy = f"did you mean {close[0]!r}?" if close else "remove it"
        for span in spans:
            yield Problem(subject.author_index(span.index), f"A2I has no filter {name!r}; {remedy}")


@rule("partial-template", Severity.ERROR)
def partial_template(subject: Subject) -> Iterator[Problem]:
    """A template loads no other one."""
    for tag in ("include", "render"):
        for span in subject.analysis.tags.get(tag, ()):
            yield Problem(
                subject.author_index(span.index),
                f"A2I has no templates to {tag}; copy the text into this one",
            )


@rule("unknown-variable", Severity.ERROR)
def unknown_variable(subject: Subject) -> Iterator[Problem]:
    """A variable is task.input, or one that the template assigns."""
    for unknown in subject.reads.unknown:
        yield Problem(
            subject.author_index(unknown.index),
            f"nothing defines {unknown.name!r}; the data of a task is below task.input",
        )


@rule("sample-render", Severity.ERROR)
def sample_render(subject: Subject) -> Iterator[Problem]:
    """The template renders with its sample input."""
    error = subject.sample_rendering
    if isinstance(error, TemplateRenderError):
        yield Problem(
            error.index or 0,
            f"rendering with the sample input fails: {error.message.rstrip('.')}; "
            "correct the statement or the sample",
        )


@rule("sample-blank", Severity.WARNING)
def sample_blank(subject: Subject) -> Iterator[Problem]:
    """The sample input has every variable that the template prints or loops over."""
    if isinstance(subject.sample_rendering, Rendering):
        for variable in subject.sample_rendering.html.missing:
            yield Problem(
                variable.index,
                f"the sample input has no {variable.name}, AWS would show a blank; correct the "
                "name, add it to the sample, or guard it with if or default",
            )


@rule("s3-presign", Severity.WARNING)
def s3_presign(subject: Subject) -> Iterator[Problem]:
    """S3 objects are read through grant_read_access, not the hardly documented s3_presign."""
    for span in subject.analysis.filters.get("s3_presign", ()):
        yield Problem(
            subject.author_index(span.index),
            "s3_presign is missing from most of A2I's documentation; use grant_read_access",
        )
