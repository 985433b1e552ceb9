"""JavaScript literals, as crowd elements take them in `labels`, `categories` and the like.

Wider than JSON: `['a', 'b',]` and `{ text: 'None' }` are fine.
"""

import re

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<punctuation>[\[\]{},:])
      | '(?P<single>(?:[^'\\\n]|\\.)*)'
      | "(?P<double>(?:[^"\\\n]|\\.)*)"
      | (?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
      | (?P<word>[A-Za-z_$][\w$]*)
    )""",
    re.VERBOSE,
)
_WORDS = {"true": True, "false": False, "null": None}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)")


def parse_js_literal(text: str) -> object:
    """Return the value that `text` spells; raise `ValueError` where it is no literal."""
    reader = _Reader(text)
    value = reader.value()
    reader.end()
    return value


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text.rstrip()
        self._at = 0

    def value(self) -> object:
        kind, word = self._next()
        if word == "[" and kind == "punctuation":
            return self._array()
        if word == "{" and kind == "punctuation":
            return self._object()
        if kind in ("single", "double"):
            return _unescaped(word)
        if kind == "number":
            return float(word) if re.search(r"[.eE]", word) else int(word)
        if kind == "word" and word in _WORDS:
            return _WORDS[word]
        raise self._error(word)

    def end(self) -> None:
        if self._at != len(self._text):
            raise self._error(self._text[self._at :])

    def _array(self) -> list[object]:
        items: list[object] = []
        while not self._skip("]"):
            items.append(self.value())
            if not self._skip(","):
                self._expect("]")
                break
        return items

    def _object(self) -> dict[str, object]:
        members: dict[str, object] = {}
        while not self._skip("}"):
            kind, key = self._next()
            if kind == "punctuation":
                raise self._error(key)
            self._expect(":")
            members[_unescaped(key)] = self.value()
            if not self._skip(","):
                self._expect("}")
                break
        return members

    def _next(self) -> tuple[str, str]:
        match = _TOKEN.match(self._text, self._at)
        if match is None or match.lastgroup is None:
            raise self._error(self._text[self._at :])
        self._at = match.end()
        return match.lastgroup, match[match.lastgroup]

    def _skip(self, punctuation: str) -> bool:
        match = _TOKEN.match(self._text, self._at)
        if match is None or match["punctuation"] != punctuation:
            return False
        self._at = match.end()
        return True

    def _expect(self, punctuation: str) -> None:
        if not self._skip(punctuation):
            raise self._error(self._text[self._at :])

    def _error(self, near: str) -> ValueError:
        return ValueError(f"not a JavaScript literal near {near[:20]!r}")


def _unescaped(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        code = match[1]
        return chr(int(code[1:], 16)) if len(code) > 1 else _ESCAPES.get(code, code)

    # Two \u escapes can spell one character, as JavaScript counts in UTF-16.
    utf_16 = _ESCAPE.sub(character, text).encode("utf-16-le", "surrogatepass")
    return utf_16.decode("utf-16-le", "surrogatepass")
