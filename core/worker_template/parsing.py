"""A parsed template: what renders it, and what leads back from a rendering to the source."""

from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO

from liquid import BoundTemplate
from liquid.exceptions import LiquidError, LiquidSyntaxError, UndefinedError

from worker_template.dialect import ENVIRONMENT, TaskRenderContext
from worker_template.filters import InvalidParametersError
from worker_template.reserved_words import SourceMap, quote_reserved_words
from worker_template.trace import TracedBuffer


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


@dataclass(frozen=True, slots=True)
class TracedHtml:
    """A rendering, and where in the author's text each part of it comes from."""

    text: str
    _buffer: TracedBuffer
    _source_map: SourceMap

    def origin(self, index: int) -> int:
        """The author's index that wrote the rendering's `index`."""
        return self._source_map.original_index(self._buffer.origin(index))


@dataclass(frozen=True, slots=True)
class ParsedTemplate:
    """A template's syntax tree; indices in it are those of the rewritten text."""

    bound: BoundTemplate
    source_map: SourceMap

    @classmethod
    def parse(cls, text: str) -> "ParsedTemplate":
        """Parse `text`; raise `TemplateRenderError` where it is not Liquid."""
        rewritten, source_map = quote_reserved_words(text)
        try:
            return cls(ENVIRONMENT.from_string(rewritten), source_map)
        except LiquidError as error:
            raise _render_error(error, source_map) from error

    def render(self, task_input: object, grant: Callable[[str], str]) -> str:
        """Render; `grant` is given the text that reaches `grant_read_access`."""
        buffer = StringIO()
        self._render_to(buffer, task_input, grant)
        return buffer.getvalue()

    def render_traced(self, task_input: object, grant: Callable[[str], str]) -> TracedHtml:
        """Render, remembering where each part comes from."""
        buffer = TracedBuffer()
        self._render_to(buffer, task_input, grant)
        return TracedHtml(buffer.getvalue(), buffer, self.source_map)

    def _render_to(self, buffer: StringIO, task_input: object, grant: Callable[[str], str]) -> None:
        context = TaskRenderContext(self.bound, task_input, grant)
        try:
            self.bound.render_with_context(context, buffer)
        except LiquidError as error:
            raise _render_error(error, self.source_map) from error


def _render_error(error: LiquidError, source_map: SourceMap) -> TemplateRenderError:
    index = None
    if error.token is not None and error.token.start_index >= 0:
        index = source_map.original_index(error.token.start_index)
    return TemplateRenderError(_code(error), str(error.message), index=index)


def _code(error: LiquidError) -> str:
    if isinstance(error, InvalidParametersError):
        return "InvalidParameters"
    if isinstance(error, UndefinedError):
        return "UndefinedVariable"
    if isinstance(error, LiquidSyntaxError):
        return "TemplateSyntaxError"
    return "TemplateRenderError"
