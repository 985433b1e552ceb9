"""Names in the order of their creation, with pages that cost the same however many there are."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from datetime import datetime

Position = tuple[datetime, str]
_AFTER_EVERY_NAME = "\U0010ffff"


class OrderedIndex:
    """A sorted list of (creation time, name).

    New entries nearly always belong at the end, finding one is a binary search, and reading a
    page touches only that page.
    """

    def __init__(self) -> None:
        self._positions: list[Position] = []

    def __len__(self) -> int:
        return len(self._positions)

    def __iter__(self) -> Iterator[Position]:
        return iter(self._positions)

    def add(self, position: Position) -> None:
        insort(self._positions, position)

    def discard(self, position: Position) -> None:
        at = bisect_left(self._positions, position)
        if at < len(self._positions) and self._positions[at] == position:
            del self._positions[at]

    def between(
        self,
        *,
        after: datetime | None = None,
        before: datetime | None = None,
        beyond: Position | None = None,
        descending: bool = False,
    ) -> Iterator[Position]:
        """Yield positions strictly between two times, from beyond a position on, in order."""
        start, end = 0, len(self._positions)
        if after is not None:
            start = bisect_right(self._positions, (after, _AFTER_EVERY_NAME))
        if before is not None:
            end = bisect_left(self._positions, (before, ""))
        if beyond is not None and descending:
            end = min(end, bisect_left(self._positions, beyond))
        elif beyond is not None:
            start = max(start, bisect_right(self._positions, beyond))
        order = range(end - 1, start - 1, -1) if descending else range(start, end)
        return (self._positions[at] for at in order)
