"""Limit of the bytes of requests that are worked on at the same time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition


@dataclass
class ByteBudget:
    """Threads wait until their request fits; one that is larger than the limit goes alone.

    Holding twice at the same time can wait for ever.
    """

    limit: int
    _held: int = 0
    _changed: Condition = field(default_factory=Condition)

    @contextmanager
    def hold(self, size: int) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: not self._held or self._held + size <= self.limit)
            self._held += size
        try:
            yield
        finally:
            with self._changed:
                self._held -= size
                self._changed.notify_all()
