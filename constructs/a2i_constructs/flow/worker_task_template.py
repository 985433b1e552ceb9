"""A worker task template in a CDK app: checked at synth, deployed by HumanTaskUi."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aws_cdk import Annotations
from constructs import Construct

from worker_template import (
    Finding,
    Severity,
    TaskInputError,
    TaskTemplate,
    bundled_template_path,
)

MAX_LENGTH = 128_000


class WorkerTaskTemplateError(ValueError):
    """A template that A2I would refuse, or that reviewers would see broken."""


class WorkerTaskTemplate:
    """The HTML that reviewers see, in A2I's Liquid dialect; an object, no AWS resource.

    A template in a file `<task>.liquid.html` is checked with the sample input in
    `<task>.sample.json` beside it, where that exists.
    """

    def __init__(
        self, template: TaskTemplate, *, sample_input: Mapping[str, Any] | None = None
    ) -> None:
        """Wrap a parsed template; the `from_*` methods read one.

        Args:
            template: The parsed template.
            sample_input: One `task.input`, to check the template with. Default: it is checked
                without.
        """
        self.template = template
        self.sample_input = sample_input

    @classmethod
    def from_file(
        cls, path: str | Path, *, sample_input: Mapping[str, Any] | None = None
    ) -> "WorkerTaskTemplate":
        """Read a template.

        Args:
            path: Path of the file; a relative one starts at the current directory.
            sample_input: One `task.input`, to check the template with. Default: the content of
                `<task>.sample.json` beside the file, if any.

        Raises:
            WorkerTaskTemplateError: That file holds no JSON object.
        """
        file = Path(path)
        if not file.is_file():
            raise WorkerTaskTemplateError(f"worker task template {str(file)!r} does not exist")
        template = TaskTemplate.from_file(file)
        if sample_input is None:
            sample_input = _sample_beside(template)
        return cls(template, sample_input=sample_input)

    @classmethod
    def from_inline(
        cls, text: str, *, name: str = "inline", sample_input: Mapping[str, Any] | None = None
    ) -> "WorkerTaskTemplate":
        """Take a template from a string.

        Args:
            text: The template.
            name: Stands in messages and in resource names.
            sample_input: One `task.input`, to check the template with. Default: it is checked
                without.
        """
        return cls(TaskTemplate.from_text(text, name=name), sample_input=sample_input)

    @classmethod
    def from_bundled(cls, name: str) -> "WorkerTaskTemplate":
        """Take the ready template `name`, such as `sentiment_review`."""
        return cls.from_file(bundled_template_path(name))

    @property
    def name(self) -> str:
        """The task's name: the file's name without its suffix."""
        return self.template.name

    @property
    def content(self) -> str:
        """The text that A2I gets."""
        return self.template.text

    @property
    def required_inputs(self) -> tuple[str, ...]:
        """Names that a request's `input` must have, or reviewers would see a blank."""
        return self.template.required_inputs

    def bind(self, scope: Construct) -> str:
        """Check the template on behalf of `scope` and return its text.

        Warnings become annotations of `scope`, each of which can be acknowledged by its id
        `a2i:<rule>`.

        Raises:
            WorkerTaskTemplateError: The template has errors, is empty, or is longer than A2I takes.
        """
        if not 1 <= len(self.content) <= MAX_LENGTH:
            raise WorkerTaskTemplateError(
                f"worker task template {self.name!r} must have 1 to {MAX_LENGTH} characters, "
                f"got {len(self.content)}"
            )
        findings = self.template.check(self.sample_input)
        errors = [finding for finding in findings if finding.severity is Severity.ERROR]
        if errors:
            raise WorkerTaskTemplateError("\n".join(self._describe(error) for error in errors))
        for finding in findings:
            if finding.severity is Severity.WARNING:
                rule = f"a2i:{finding.rule}"
                Annotations.of(scope).add_warning_v2(rule, self._describe(finding))
        return self.content

    def _describe(self, finding: Finding) -> str:
        place = self.template.path or self.name
        return f"{place}:{finding.line}:{finding.column}: {finding.message} ({finding.rule})"


def _sample_beside(template: TaskTemplate) -> Mapping[str, Any] | None:
    try:
        return template.sample_input()
    except TaskInputError as error:
        raise WorkerTaskTemplateError(f"sample input {error}") from None
