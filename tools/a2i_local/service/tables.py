"""Tables in memory, indexed by key and creation time, written through to a store."""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from a2i_core.human_loops.scope import Scope


class Keyed(Protocol):
    """A record with the key that it is stored under."""

    @property
    def key(self) -> str: ...


class Named(Keyed, Protocol):
    """A record with a name that is unique in its scope, and a creation time."""

    @property
    def scope(self) -> Scope: ...
    @property
    def name(self) -> str: ...
    @property
    def created_at(self) -> datetime: ...


Changes = Mapping[tuple[type, str], Keyed | None]
"""By record type and key: the record as it is now, or None for one that is gone."""


class Store(Protocol):
    """Store of records of any dataclass type."""

    def load(self, record_type: type) -> Iterable[Any]:
        """Yield every stored record of a type, in no particular order."""

    def commit(self, changes: Changes) -> None:
        """Store all changes or none; they are on disk when this returns."""

    def close(self) -> None: ...


class MemoryStore:
    """Store without persistence: the state ends with the process."""

    def load(self, record_type: type) -> Iterable[Any]:
        del record_type
        return ()

    def commit(self, changes: Changes) -> None:
        del changes

    def close(self) -> None:
        return


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


K = TypeVar("K", bound=Keyed)
R = TypeVar("R", bound=Named)


class UnitOfWork:
    """Collects what changed until it is committed as one."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._changes: dict[tuple[type, str], Keyed | None] = {}

    def changed(self, record: Keyed) -> None:
        self._changes[type(record), record.key] = record

    def removed(self, record: Keyed) -> None:
        self._changes[type(record), record.key] = None

    def commit(self) -> None:
        """Write every change to the store; after an error the next commit retries them."""
        if self._changes:
            self.store.commit(self._changes)
            self._changes.clear()


class Table(Generic[K]):
    """Records of one type by key."""

    def __init__(self, record_type: type[K], unit: UnitOfWork) -> None:
        self._unit = unit
        self._records: dict[str, K] = {}
        for record in unit.store.load(record_type):
            self._insert(record)

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[K]:
        return iter(self._records.values())

    def __getitem__(self, key: str) -> K:
        """Return a record that another one refers to; KeyError if it is gone."""
        return self._records[key]

    def get(self, key: str) -> K | None:
        return self._records.get(key)

    def put(self, record: K) -> None:
        """Add a record, or note that it changed: to be called after every change of one."""
        self._insert(record)
        self._unit.changed(record)

    def remove(self, record: K) -> None:
        del self._records[record.key]
        self._unit.removed(record)

    def _insert(self, record: K) -> None:
        self._records[record.key] = record


class NamedTable(Table[R]):
    """Resources by name within an account and region, and in the order of their creation."""

    def __init__(self, record_type: type[R], unit: UnitOfWork) -> None:
        self._created: defaultdict[Scope, OrderedIndex] = defaultdict(OrderedIndex)
        super().__init__(record_type, unit)

    def find(self, scope: Scope, name: str) -> R | None:
        return self.get(_key(scope, name))

    def created_in(self, scope: Scope) -> OrderedIndex:
        return self._created[scope]

    def in_scope(self, scope: Scope) -> Iterable[R]:
        """Yield all of one scope, oldest first."""
        return (self._records[_key(scope, name)] for _, name in self._created[scope])

    def remove(self, record: R) -> None:
        super().remove(record)
        self._created[record.scope].discard((record.created_at, record.name))

    def _insert(self, record: R) -> None:
        if record.key not in self._records:
            self._created[record.scope].add((record.created_at, record.name))
        super()._insert(record)


def _key(scope: Scope, name: str) -> str:
    return f"{scope.account}/{scope.region}/{name}"
