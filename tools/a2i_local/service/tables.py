"""Records in memory: looked up by key, listed by creation, written through to the store."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from a2i_local.service.ordered_index import OrderedIndex
from a2i_local.service.records import Record
from a2i_local.service.scope import Scope
from a2i_local.service.store import Keyed, Store

K = TypeVar("K", bound=Keyed)
R = TypeVar("R", bound=Record)


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
        """Hand every change to the store; on an error they stay for the next commit."""
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
