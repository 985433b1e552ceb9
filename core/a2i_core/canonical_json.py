"""One spelling per JSON value, so that equal values have equal bytes and equal digests."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

MAX_DEPTH = 100
"""Levels of lists and objects in what senders send; pydantic writes 255, Python reads 1000."""
MAX_DIGITS = 100
"""Digits of a number in a row: an integer of more than 308 is no double."""
_LEVELS_AROUND = 10
"""Levels that requests, outputs and results put around what senders and reviewers send."""

_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_NO_BRACKETS = re.compile(r"[^\[\]{}]+")
_LONG_NUMBER = re.compile(rf"\d{{{MAX_DIGITS + 1}}}")


def canonical_json(value: Any) -> str:
    """Spell `value` with sorted keys and no spaces.

    Raises ValueError for what JSON cannot say (NaN, infinity), UTF-8 cannot encode, or Python
    cannot write because it is nested too deeply.
    """
    try:
        text = json.dumps(
            value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        )
    except RecursionError:
        raise ValueError("lists and objects are nested too deeply") from None
    text.encode()
    return text


def parse_json(body: bytes | str) -> Any:
    """Read JSON from outside.

    Raises:
        ValueError: `body` is not JSON in UTF-8, says NaN or Infinity, or exceeds the limits.
    """
    text = body if isinstance(body, str) else body.decode("utf-8-sig")
    check_limits(text, max_depth=MAX_DEPTH + _LEVELS_AROUND)
    return json.loads(text, parse_constant=_refuse_constant)


def check_limits(text: str, *, max_depth: int = MAX_DEPTH) -> None:
    """Hold JSON text to `max_depth` and MAX_DIGITS.

    Raises:
        ValueError: it exceeds one of them.
    """
    bare = _STRING.sub("", text)
    if _LONG_NUMBER.search(bare):
        raise ValueError(f"a number has more than {MAX_DIGITS} digits")
    depth = 0
    for bracket in _NO_BRACKETS.sub("", bare):
        depth += 1 if bracket in "[{" else -1
        if depth > max_depth:
            raise ValueError(f"lists and objects are nested deeper than {max_depth} levels")


def _refuse_constant(name: str) -> None:
    raise ValueError(f"JSON has no {name}")


def digest(value: Any) -> str:
    """SHA-256 over the canonical spelling of `value`, in hex."""
    return sha256_hex(canonical_json(value))


def sha256_hex(text: str) -> str:
    """SHA-256 over the text in UTF-8, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()
