"""Names from outside, as far as logs, events and errors may show them.

A name that is written like one is shown. Anything else, and anything long, may be content.
"""

from __future__ import annotations

import re

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")
HIDDEN = "(hidden)"


def shown(name: str | None) -> str:
    """Return `name`, or HIDDEN for what is not written like a name of at most 64 characters."""
    return name if name is not None and _NAME.fullmatch(name) else HIDDEN
