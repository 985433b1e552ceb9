"""Queue message that resumes a review by its ledger entry, for the starter only."""

from __future__ import annotations

import re
from typing import Any

from a2i_core.canonical_json import canonical_json

_FIELD = "humanLoopName"
_NAME = re.compile(r"[a-z0-9-]{1,63}")


def resumption(human_loop_name: str) -> str:
    """The message's body."""
    return canonical_json({_FIELD: human_loop_name})


def resumed_review(payload: Any) -> str | None:
    """The human loop's name; None for a payload that is no such message."""
    if not isinstance(payload, dict) or payload.keys() != {_FIELD}:
        return None
    name = payload[_FIELD]
    return name if isinstance(name, str) and _NAME.fullmatch(name) else None
