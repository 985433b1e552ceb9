"""Liquid keywords as property names: `task.input.field.required`.

The engine reads a keyword after a dot as a keyword and gives up, A2I does not. So `.required`
becomes `['required']` before parsing. The text grows by that, and `SourceMap` leads back from a
place in the rewritten text to the place in the author's file.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

# fmt: off
_KEYWORDS = frozenset({
    "and", "as", "blank", "cols", "contains", "continue", "else", "empty", "false", "for", "if",
    "in", "limit", "nil", "not", "null", "offset", "or", "required", "reversed", "true", "with",
})
# fmt: on
_LIQUID = re.compile(
    r"\{%-?\s*raw\s*-?%\}.*?\{%-?\s*endraw\s*-?%\}"
    r"|\{%-?\s*comment\s*-?%\}.*?\{%-?\s*endcomment\s*-?%\}"
    r"|(?P<code>\{\{.*?\}\}|\{%.*?%\})",
    re.DOTALL,
)
# A string is matched first, so that a dot inside it is never taken for a property.
_PROPERTY = re.compile(r"\"[^\"]*\"|'[^']*'|(?<!\.)\.(?P<name>\w[\w-]*\??)")
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
    for code in _LIQUID.finditer(source):
        if code["code"] is None:
            continue
        for match in _PROPERTY.finditer(source, *code.span()):
            if match["name"] in _KEYWORDS:
                yield (*match.span(), match["name"])
