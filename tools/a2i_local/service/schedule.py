"""What is due when: a heap, so that the next deadline costs nothing to find."""

import heapq
import itertools
import threading
from collections.abc import Callable
from datetime import datetime

Action = Callable[[datetime], None]


class Schedule:
    """Actions to run at a time; none is ever removed.

    An action looks at the state when it runs, and does nothing if its reason is gone.
    """

    def __init__(self) -> None:
        self._entries: list[tuple[datetime, int, Action]] = []
        self._sequence = itertools.count()
        self.earlier = threading.Event()
        """Set when something became due sooner than anything before it."""

    def __len__(self) -> int:
        return len(self._entries)

    def at(self, due: datetime, action: Action) -> None:
        entry = (due, next(self._sequence), action)
        heapq.heappush(self._entries, entry)
        if self._entries[0] is entry:
            self.earlier.set()

    def next_due(self) -> datetime | None:
        return self._entries[0][0] if self._entries else None

    def run_due(self, now: datetime) -> None:
        """Run everything due, in order of time; what they schedule for now runs as well."""
        while self._entries and self._entries[0][0] <= now:
            _, _, action = heapq.heappop(self._entries)
            action(now)
