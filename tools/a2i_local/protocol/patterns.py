r"""The models' regular expressions, read as Java reads them: the service is written in it.

In Java `\d` and `\w` mean ASCII, `\p{L}` means letters of all scripts, and `.` stops at every
line separator. Python's flags change the first two together, so the first is spelled out.
"""

import re
from functools import cache

import regex

_TOKEN = re.compile(r"\\.|\[|\]", re.DOTALL)
_ASCII_CLASSES = {r"\d": "0-9", r"\w": "a-zA-Z0-9_"}


@cache
def matcher(pattern: str) -> "regex.Pattern[str]":
    """Return the compiled pattern; the service matches whole values."""
    return regex.compile(_with_ascii_classes(pattern), regex.WORD)


def _with_ascii_classes(pattern: str) -> str:
    inside_brackets = False

    def spelled_out(token: re.Match[str]) -> str:
        nonlocal inside_brackets
        text = token.group()
        if text in "[]":
            inside_brackets = text == "["
        members = _ASCII_CLASSES.get(text)
        if members is None:
            return text
        return members if inside_brackets else f"[{members}]"

    return _TOKEN.sub(spelled_out, pattern)
