"""One rendering of a task: its limits, the variables it misses, and what wrote which part of it.

A template and its input come from outside, so a rendering has limits (`MAX_...`). What exceeds
one fails like any other template that cannot be rendered.
"""

import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from liquid import BoundTemplate, RenderContext, Token
from liquid.exceptions import FilterError, LiquidError, ResourceLimitError
from liquid.output import LimitedStringIO
from liquid.undefined import UNDEFINED, Undefined

from worker_template.filters import plain_text

MAX_LOOP_TURNS = 100_000
"""Turns of one loop, those of the loops around it multiplied."""
MAX_OUTPUT_BYTES = 32 * 1024 * 1024
MAX_VALUE_SIZE = 32 * 1024 * 1024
"""Characters of a text, items of a list."""
MAX_NUMBER_BITS = 10_000
MAX_SECONDS = 3.0
"""Processor time of one rendering."""

# Filters that are made for values that may be missing.
_EXPECTS_NOTHING = frozenset({"default", "size"})
_MAKES_TEXT_OF_INPUT = frozenset(
    {
        *("append", "base64_decode", "base64_encode", "base64_url_safe_decode"),
        *("base64_url_safe_encode", "capitalize", "downcase", "lstrip", "newline_to_br"),
        *("prepend", "remove", "remove_first", "remove_last", "replace", "replace_first"),
        *("replace_last", "rstrip", "split", "squish", "strip", "strip_html", "strip_newlines"),
        *("truncate", "truncatewords", "upcase", "url_decode", "url_encode"),
    }
)
_TEXT_ARGUMENTS = frozenset(
    {
        *("append", "join", "prepend", "remove", "remove_first", "remove_last", "replace"),
        *("replace_first", "replace_last", "split"),
    }
)
# Filters whose only argument has a default.
_DEFAULT_ARGUMENT = frozenset(
    {"compact", "sort", "sort_natural", "sum", "truncate", "truncatewords", "uniq"}
)
# `uniq` compares each item with each other one.
_MAX_UNIQUE_ITEMS = 2_000


class RenderLimitError(ResourceLimitError):
    """A rendering needs more than it may take."""


@dataclass(frozen=True, slots=True)
class Blank:
    """A variable that the input does not have, used where a worker would see nothing."""

    name: str
    token: Token | None


class UndefinedVariable(Undefined):
    """A variable the input does not have: no text, no items, equal to nil."""

    __slots__ = ("on_use",)

    on_use: Callable[["UndefinedVariable"], None] | None

    def __init__(
        self,
        name: str,
        *,
        token: Token | None = None,
        obj: object = UNDEFINED,
        hint: str | None = None,
    ) -> None:
        super().__init__(name, token=token, obj=obj, hint=hint)
        self.on_use = None

    def used(self) -> None:
        """Record that the page has nothing where this variable is used."""
        if self.on_use is not None:
            self.on_use(self)

    def items(self) -> Any:
        """Return no items; a `for` asks for them."""
        self.used()
        return super().items()


class TaskRenderContext(RenderContext):
    """One rendering of a task: its limits, its blanks, and how S3 objects become readable."""

    __slots__ = ("_deadline", "blanks", "grant")

    def __init__(
        self, template: BoundTemplate, task_input: object, grant: Callable[[str], str]
    ) -> None:
        super().__init__(template, globals={"task": {"input": task_input}})
        self.grant = grant
        self.blanks: dict[Blank, None] = {}
        self._deadline = time.thread_time() + MAX_SECONDS

    def get(
        self, path: list[object], *, token: Token | None, default: object = UNDEFINED
    ) -> object:
        """Resolve a variable; one that is undefined reports its use to this rendering."""
        found = super().get(path, token=token, default=default)
        if isinstance(found, UndefinedVariable) and found.on_use is None:
            found.on_use = self._note_blank
        return found

    def filter(self, name: str, token: Token | None) -> Callable[..., object]:
        """Return a filter that keeps the limits and fails with Liquid's errors only."""
        return partial(self._apply, name, super().filter(name, token))

    @contextmanager
    def extend(
        self, namespace: Mapping[str, object], template: BoundTemplate | None = None
    ) -> Iterator[RenderContext]:
        """Open a scope, as each loop does, unless the time is up."""
        self.require_time()
        with super().extend(namespace, template) as context:
            yield context

    def require_time(self) -> None:
        """Raise `RenderLimitError` when the rendering takes too long."""
        if time.thread_time() > self._deadline:
            raise RenderLimitError(f"rendering takes more than {MAX_SECONDS:g} seconds", token=None)

    def _note_blank(self, variable: UndefinedVariable) -> None:
        name = (variable.hint or variable.name).removesuffix(" is undefined")
        self.blanks[Blank(name, variable.token)] = None

    def _apply(
        self, name: str, function: Callable[..., object], left: object, *args: Any, **options: Any
    ) -> object:
        self.require_time()
        if isinstance(left, UndefinedVariable) and name not in _EXPECTS_NOTHING:
            left.used()
        left, args = _as_filters_expect(name, left, args)
        _require_affordable(name, left, args)
        try:
            result = function(left, *args, **options)
        except LiquidError:
            raise
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise FilterError(f"{name}: {error}", token=None) from error
        _require_size(result)
        return result


def _as_filters_expect(
    name: str, left: object, args: tuple[Any, ...]
) -> tuple[object, tuple[Any, ...]]:
    """Return input and arguments as the engine's filters take them in A2I's sense.

    Null is like an undefined variable, and text is made of values as an output makes it.
    """
    if left is None:
        left = UndefinedVariable("null")
    if name in _MAKES_TEXT_OF_INPUT:
        left = plain_text(left)
    elif name == "join":
        items = left if isinstance(left, list | tuple | range | Undefined) else [left]
        left = [each if isinstance(each, list | tuple) else plain_text(each) for each in items]
    if name in _TEXT_ARGUMENTS:
        args = tuple(map(plain_text, args))
    elif name == "concat":
        args = tuple([] if _is_nothing(each) else each for each in args)
    elif name in _DEFAULT_ARGUMENT and args and _is_nothing(args[0]):
        args = ()
    elif name == "map" and args:  # the engine would make text of it once for each item
        args = (plain_text(args[0]), *args[1:])
    return left, args


def _is_nothing(value: object) -> bool:
    return value is None or isinstance(value, Undefined)


def _require_affordable(name: str, left: object, args: tuple[Any, ...]) -> None:
    """Refuse before the work is done what one filter would blow up beyond the limit."""
    size = 0
    if name == "replace" and isinstance(left, str) and len(args) > 1:
        size = left.count(args[0]) * len(args[1])
    elif name == "join" and isinstance(left, list):
        size = len(left) * len(args[0] if args else " ") + sum(map(len, left))
    elif name == "uniq" and isinstance(left, list) and len(left) > _MAX_UNIQUE_ITEMS:
        raise RenderLimitError(
            f"uniq takes at most {_MAX_UNIQUE_ITEMS} items, got {len(left)}", token=None
        )
    if size > MAX_VALUE_SIZE:
        raise RenderLimitError(f"the result of {name} is too large", token=None)


def _require_size(value: object) -> None:
    is_too_large = (
        value.bit_length() > MAX_NUMBER_BITS
        if isinstance(value, int)
        else isinstance(value, str | list | tuple) and len(value) > MAX_VALUE_SIZE
    )
    if is_too_large:
        raise RenderLimitError("a value grows too large", token=None)


class TracedBuffer(LimitedStringIO):
    """A rendering that remembers which part of the template wrote what."""

    def __init__(self) -> None:
        super().__init__(MAX_OUTPUT_BYTES)
        self._starts: list[int] = []
        self._origins: list[int] = []
        self._is_text: list[bool] = []

    def mark_text(self, origin: int) -> None:
        """Note that the template's own text is written next, from `origin` on."""
        self._mark(origin, is_text=True)

    def mark_output(self, origin: int) -> None:
        """Note that the value of the Liquid statement at `origin` is written next."""
        self._mark(origin, is_text=False)

    def origin(self, index: int) -> int:
        """The template's index that the rendering's `index` comes from."""
        at = bisect_right(self._starts, index) - 1
        if at < 0:
            return 0
        inside = index - self._starts[at] if self._is_text[at] else 0
        return self._origins[at] + inside

    def _mark(self, origin: int, *, is_text: bool) -> None:
        self._starts.append(self.tell())
        self._origins.append(origin)
        self._is_text.append(is_text)
