"""A worker task template: what it reads, what it renders, what its answers look like."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from io import StringIO
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from liquid import BoundTemplate
from liquid.exceptions import LiquidError, LiquidSyntaxError, UndefinedError

from a2i_constructs.worker_template.dialect import (
    ENVIRONMENT,
    InvalidParametersError,
    ReadAccess,
    TaskRenderContext,
)
from a2i_constructs.worker_template.inputs import TemplateInputs, VariableReads
from a2i_constructs.worker_template.reserved_words import SourceMap, quote_reserved_words
from a2i_constructs.worker_template.s3_uri import S3Uri

_SUFFIX = ".liquid.html"


class TemplateRenderError(Exception):
    """A template could not be rendered.

    `code` and `message` are what RenderUiTemplate lists under `Errors`, and what the failure
    reason of a human loop quotes. Only the wording for `InvalidParameters` is known from A2I;
    the codes `TemplateSyntaxError`, `UndefinedVariable` and `TemplateRenderError` are ours.
    `index` is the place in the author's text, or None.
    """

    def __init__(self, code: str, message: str, *, index: int | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.index = index


def example_read_access(uri: str) -> str:
    """A URL of the shape A2I makes; it opens nothing, as no one signed it."""
    location = S3Uri.parse(uri)
    return (
        f"https://s3.amazonaws.com/{location.bucket}/{quote(location.key)}"
        "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=example"
    )


@dataclass(frozen=True)
class TaskTemplate:
    """A worker task template: HTML with crowd elements and A2I's dialect of Liquid.

    Reading one never fails on its content; `check` says what is wrong with it.
    """

    name: str
    text: str
    path: Path | None = None

    @classmethod
    def from_file(cls, path: str | Path) -> Self:
        """Read a UTF-8 file; its name, without `.liquid.html`, names the template."""
        path = Path(path)
        name = path.name.removesuffix(_SUFFIX).removesuffix(".html")
        return cls(name=name, text=path.read_text(encoding="utf-8"), path=path)

    @classmethod
    def from_text(cls, text: str, *, name: str = "inline") -> Self:
        """Take the template's text itself."""
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

        Raises `TemplateRenderError` for text that is not Liquid, for a variable that is printed
        but not in the input, and for a URI that is none.
        """
        buffer = StringIO()
        try:
            context = TaskRenderContext(self._bound, task_input, grant_read_access)
            self._bound.render_with_context(context, buffer)
        except LiquidError as error:
            raise self._render_error(error) from error
        return buffer.getvalue()

    def inputs(self) -> TemplateInputs:
        """Return the variables below `task.input` that the template reads.

        Raises `TemplateRenderError` for text that is not Liquid.
        """
        return VariableReads.of(self._parsed()).summary()

    def _parsed(self) -> BoundTemplate:
        try:
            return self._bound
        except LiquidError as error:
            raise self._render_error(error) from error

    @cached_property
    def _source(self) -> tuple[str, SourceMap]:
        return quote_reserved_words(self.text)

    @cached_property
    def _bound(self) -> BoundTemplate:
        return ENVIRONMENT.from_string(self._source[0], name=self.name)

    def _render_error(self, error: LiquidError) -> TemplateRenderError:
        index = None
        if error.token is not None and error.token.start_index >= 0:
            index = self._source[1].original_index(error.token.start_index)
        return TemplateRenderError(_code(error), str(error.message), index=index)


def _code(error: LiquidError) -> str:
    if isinstance(error, InvalidParametersError):
        return "InvalidParameters"
    if isinstance(error, UndefinedError):
        return "UndefinedVariable"
    if isinstance(error, LiquidSyntaxError):
        return "TemplateSyntaxError"
    return "TemplateRenderError"
