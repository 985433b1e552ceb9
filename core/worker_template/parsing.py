"""A parsed template: what renders it, and what leads back from a rendering to the source.

The engine reads a keyword after a dot (`task.input.field.required`) as a keyword and gives up,
A2I does not. So `.required` becomes `['required']` before parsing. The text grows by that, and
`SourceMap` leads back from a place in the rewritten text to the place in the author's file.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from liquid import BoundTemplate
from liquid.exceptions import LiquidError, LiquidSyntaxError

from worker_template.dialect import ENVIRONMENT
from worker_template.filters import InvalidParametersError
from worker_template.liquid_source import statements_of
from worker_template.rendering import Blank, TaskRenderContext, TracedBuffer

# fmt: off
_KEYWORDS = frozenset({
    "and", "as", "blank", "cols", "contains", "continue", "else", "empty", "false", "for", "if",
    "in", "limit", "nil", "not", "null", "offset", "or", "required", "reversed", "true", "with",
})
# fmt: on
# A string is matched first, so that a dot inside it is never taken for a property.
_PROPERTY = re.compile(r"\"[^\"]*\"|'[^']*'|(?<!\.)\.(?P<name>\w[\w-]*\??)")
# The engine's scanner takes time with the square of the space in a statement.
_LONG_BLANK = re.compile(r"\s{2000}")
_UNCLOSED = re.compile(r"\{[{%]")
_GROWTH = len("['']") - len(".")


@dataclass(frozen=True, slots=True)
class SourceMap:
    """Leads from an index in the rewritten text to the author's index."""

    _rewritten_ends: tuple[int, ...] = ()

    def original_index(self, index: int) -> int:
        """The author's index; inside a rewritten property it is at most a few characters off."""
        return index - _GROWTH * bisect_right(self._rewritten_ends, index)


def quote_reserved_words(source: str) -> tuple[str, SourceMap]:
    """Return `source` with keywords quoted where they name a property, and the way back."""
    pieces: list[str] = []
    ends: list[int] = []
    copied = grown = 0
    for start, end, name in _reserved_properties(source):
        quoted = f"['{name}']"
        pieces += (source[copied:start], quoted)
        grown += _GROWTH
        ends.append(end + grown)
        copied = end
    pieces.append(source[copied:])
    return "".join(pieces), SourceMap(tuple(ends))


def _reserved_properties(source: str) -> Iterator[tuple[int, int, str]]:
    for statement in statements_of(source):
        if statement.tag in ("comment", "doc"):
            continue
        for match in _PROPERTY.finditer(source, statement.start, statement.end):
            if match["name"] in _KEYWORDS:
                yield (*match.span(), match["name"])


SYNTAX_ERROR = "InvalidTemplateSyntax"
RENDER_ERROR = "TemplateRenderError"


class TemplateRenderError(Exception):
    """A template could not be rendered.

    Attributes:
        code: What RenderUiTemplate lists under `Errors`, and the failure reason of a human loop
            quotes. `InvalidTemplateSyntax` and `InvalidParameters` are A2I's codes,
            `TemplateRenderError` is ours.
        message: What went wrong, likewise quoted.
        index: Place in the author's text, in characters. Default: None, where it is not known.
    """

    def __init__(self, code: str, message: str, *, index: int | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.index = index

    @property
    def failure_reason(self) -> str:
        """FailureReason of a human loop whose task does not render, in A2I's wording."""
        return f"Task failed to render: [ {self.code}: '{self.message}' ]"


@dataclass(frozen=True, slots=True)
class MissingVariable:
    """A variable that the input does not have, where the page shows nothing in its place."""

    name: str
    index: int


@dataclass(frozen=True, slots=True)
class TracedHtml:
    """A rendering, where in the author's text each part of it comes from, and what it misses."""

    text: str
    missing: tuple[MissingVariable, ...]
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
        """Parse `text`.

        Raises:
            TemplateRenderError: it is not Liquid.
        """
        _require_scannable(text)
        rewritten, source_map = quote_reserved_words(text)
        try:
            return cls(ENVIRONMENT.from_string(rewritten), source_map)
        except LiquidError as error:
            raise _render_error(error, source_map) from error
        except RecursionError as error:
            raise TemplateRenderError(
                SYNTAX_ERROR, "its statements are nested too deeply"
            ) from error

    def render(self, task_input: object, grant: Callable[[str], str]) -> TracedHtml:
        """Render; `grant` is given the text that reaches `grant_read_access`.

        Raises:
            TemplateRenderError: a filter fails, or the rendering exceeds a limit.
        """
        return self.render_in(TaskRenderContext(self.bound, task_input, grant))

    def render_in(self, context: TaskRenderContext) -> TracedHtml:
        """Render in a context of the caller's; raises like `render`."""
        buffer = TracedBuffer()
        try:
            self.bound.render_with_context(context, buffer)
        except LiquidError as error:
            raise _render_error(error, self.source_map) from error
        except RecursionError as error:
            raise TemplateRenderError(
                RENDER_ERROR, "the template or its input is nested too deeply"
            ) from error
        except (ArithmeticError, LookupError, MemoryError, TypeError, ValueError) as error:
            raise TemplateRenderError(RENDER_ERROR, str(error)) from error
        missing = tuple(map(self._missing, context.blanks))
        return TracedHtml(buffer.getvalue(), missing, buffer, self.source_map)

    def _missing(self, blank: Blank) -> MissingVariable:
        index = 0 if blank.token is None else max(blank.token.start_index, 0)
        return MissingVariable(blank.name, self.source_map.original_index(index))


def _require_scannable(text: str) -> None:
    """Refuse at once what the engine's scanner would refuse after minutes."""
    gap_start = 0
    raw_start: int | None = None
    for statement in statements_of(text):
        if raw_start is None:
            _require_closed(text, gap_start, statement.start)
        elif statement.tag != "endraw":
            break
        if blank := _LONG_BLANK.search(text, statement.start, statement.end):
            raise TemplateRenderError(
                SYNTAX_ERROR, "a statement holds too much space", index=blank.start()
            )
        raw_start = statement.start if statement.tag == "raw" else None
        gap_start = statement.end
    if raw_start is not None:
        raise TemplateRenderError(SYNTAX_ERROR, "raw tag was never closed", index=raw_start)
    _require_closed(text, gap_start, len(text))


def _require_closed(text: str, start: int, end: int) -> None:
    if unclosed := _UNCLOSED.search(text, start, end):
        raise TemplateRenderError(
            SYNTAX_ERROR,
            f"{unclosed[0]!r} has no tag name or is not closed",
            index=unclosed.start(),
        )


def _render_error(error: LiquidError, source_map: SourceMap) -> TemplateRenderError:
    index = None
    if error.token is not None and error.token.start_index >= 0:
        index = source_map.original_index(error.token.start_index)
    return TemplateRenderError(_code(error), str(error.message), index=index)


def _code(error: LiquidError) -> str:
    if isinstance(error, InvalidParametersError):
        return "InvalidParameters"
    return SYNTAX_ERROR if isinstance(error, LiquidSyntaxError) else RENDER_ERROR
