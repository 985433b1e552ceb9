"""A worker task template: what it reads, what it renders, what its answers look like."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from a2i_core.s3_uri import ReadAccess, example_read_access, granting
from worker_template.answers import answer_schema
from worker_template.checking import check_template
from worker_template.findings import Finding
from worker_template.html_document import Lines
from worker_template.inputs import TemplateInputs, VariableReads
from worker_template.output_places import examples_by_place
from worker_template.parsing import ParsedTemplate
from worker_template.sample_input import derive_sample_input
from worker_template.task_input import read_task_input, sample_path, task_name


@dataclass(frozen=True)
class TaskTemplate:
    """A worker task template: HTML with crowd elements and A2I's dialect of Liquid.

    Reading one never fails on its content; `check` says what is wrong with it.

    Attributes:
        name: Name of the task.
        text: Content of the template.
        path: Its file; None for a text without one.
    """

    name: str
    text: str
    path: Path | None = None

    @classmethod
    def from_file(cls, path: str | Path) -> Self:
        """Read the UTF-8 file at `path`; its name, without `.liquid.html`, names the template."""
        path = Path(path)
        return cls(name=task_name(path), text=path.read_text(encoding="utf-8"), path=path)

    @classmethod
    def from_text(cls, text: str, *, name: str = "inline") -> Self:
        """Take the template's `text` itself; `name` stands in messages."""
        return cls(name=name, text=text)

    def render(
        self,
        task_input: Mapping[str, Any],
        *,
        grant_read_access: ReadAccess = example_read_access,
    ) -> str:
        """Return the HTML a worker gets for `task_input`.

        `grant_read_access` turns the URI of an S3 object (`s3://bucket/key`) into an address the
        worker's browser can read, and raises `ValueError` for one it does not accept. Default: an
        unsigned address of the shape A2I makes.

        Variables that the input does not have print nothing.

        Raises:
            TemplateRenderError: the text is not Liquid, a filter fails (`grant_read_access` for
                what is no URI of an S3 object), or the rendering exceeds a limit.
        """
        return self._parsed.render(task_input, granting(grant_read_access)).text

    def inputs(self) -> TemplateInputs:
        """Return the variables below `task.input` that the template reads.

        Raises:
            TemplateRenderError: the text is not Liquid.
        """
        return self._reads.summary()

    @property
    def required_inputs(self) -> tuple[str, ...]:
        """Names at the top level of `task.input` without which a worker would see a blank.

        Raises:
            TemplateRenderError: the text is not Liquid.
        """
        names = (name.split(".")[0] for name in self.inputs().required)
        return tuple(dict.fromkeys(names))

    def check(self, sample_input: Mapping[str, Any] | None = None) -> list[Finding]:
        """Return what is wrong or risky, in the order of the text.

        Args:
            sample_input: an example of `task.input`: the page that it gives is checked, too.
                Default: `<name>.sample.json` beside the file, if there.

        Raises:
            TaskInputError: that file holds no JSON object; never for the template's text.
        """
        return check_template(
            self.text, self.sample_input() if sample_input is None else sample_input
        )

    def position(self, index: int) -> tuple[int, int]:
        """Return line and column, from 1, of `index`, a number of characters into the text."""
        return Lines(self.text).position(index)

    def sample_input(self) -> dict[str, Any] | None:
        """Return what `<name>.sample.json` beside the file holds; None where there is no such file.

        Raises:
            TaskInputError: That file holds no JSON object.
        """
        path = self.path and sample_path(self.path)
        return read_task_input(path) if path is not None and path.exists() else None

    def answer_schema(self) -> dict[str, Any]:
        """Return the JSON Schema (2020-12) of `answerContent`, from the template's controls."""
        return answer_schema(self.text)

    def derived_sample_input(self) -> dict[str, Any]:
        """Return an invented `task.input` under which the template renders.

        Raises:
            TemplateRenderError: the text is not Liquid, or no such input was found.
        """
        return derive_sample_input(self._parsed, self._reads.inputs, examples_by_place(self.text))

    @cached_property
    def _reads(self) -> VariableReads:
        return VariableReads.of(self._parsed.bound)

    @cached_property
    def _parsed(self) -> ParsedTemplate:
        return ParsedTemplate.parse(self.text)
