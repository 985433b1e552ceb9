"""Clock of the service: UTC, cut to milliseconds, the finest the API's formats show."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Clock that can be moved forward, so that tests need not wait for deadlines."""

    def now(self) -> datetime: ...

    def advance(self, delta: timedelta) -> None:
        """Move forward; ValueError for a negative delta."""


def _to_milliseconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _check_forward(delta: timedelta) -> None:
    if delta < timedelta(0):
        raise ValueError(f"a clock only moves forward, got {delta.total_seconds()} seconds")


class SystemClock:
    """System time plus the advances so far, which end with the process."""

    def __init__(self) -> None:
        self._offset = timedelta(0)
        self._lock = threading.Lock()

    def now(self) -> datetime:
        return _to_milliseconds(datetime.now(UTC) + self._offset)

    def advance(self, delta: timedelta) -> None:
        _check_forward(delta)
        with self._lock:
            self._offset += delta


class ManualClock:
    """Clock that moves only when it is advanced, for exact tests of deadlines."""

    def __init__(self, start: datetime | None = None) -> None:
        self._now = _to_milliseconds(start or datetime(2030, 1, 1, tzinfo=UTC))
        self._lock = threading.Lock()

    def now(self) -> datetime:
        return self._now

    def advance(self, delta: timedelta) -> None:
        _check_forward(delta)
        with self._lock:
            self._now = _to_milliseconds(self._now + delta)


def iso_milliseconds(moment: datetime) -> str:
    """Return `2019-11-14T17:37:36.740Z`."""
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"
