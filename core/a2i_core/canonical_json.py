"""One spelling per JSON value, so that equal values have equal bytes and equal digests."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def canonical_json(value: Any) -> str:
    """Spell `value` with sorted keys and no spaces.

    Raises ValueError for what JSON cannot say (NaN, infinity) or UTF-8 cannot encode.
    """
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    text.encode()
    return text


def digest(value: Any) -> str:
    """SHA-256 over the canonical spelling of `value`, in hex."""
    return sha256_hex(canonical_json(value))


def sha256_hex(text: str) -> str:
    """SHA-256 over the text in UTF-8, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()
