"""Clock of the service: UTC, cut to milliseconds, the finest the API's formats show."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Protocol

from a2i_core.human_loops.instants import to_milliseconds


class Clock(Protocol):
    """Clock that can be moved forward, so that tests need not wait for deadlines."""

    def now(self) -> datetime: ...

    def advance(self, delta: timedelta) -> None:
        """Move forward; ValueError for a negative delta."""


def _check_forward(delta: timedelta) -> None:
    if delta < timedelta(0):
        raise ValueError(f"a clock only moves forward, got {delta.total_seconds()} seconds")


class SystemClock:
    """System time plus the advances so far, which end with the process."""

    def __init__(self) -> None:
        self._offset = timedelta(0)
        self._lock = threading.Lock()

    def now(self) -> datetime:
        return to_milliseconds(datetime.now(UTC) + self._offset)

    def advance(self, delta: timedelta) -> None:
        _check_forward(delta)
        with self._lock:
            self._offset += delta


class ManualClock:
    """Clock that moves only when it is advanced, for exact tests of deadlines."""

    def __init__(self, start: datetime | None = None) -> None:
        self._now = to_milliseconds(start or datetime(2030, 1, 1, tzinfo=UTC))
        self._lock = threading.Lock()

    def now(self) -> datetime:
        return self._now

    def advance(self, delta: timedelta) -> None:
        _check_forward(delta)
        with self._lock:
            self._now = to_milliseconds(self._now + delta)
