"""Where records go to outlive the process."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol


class Keyed(Protocol):
    """A record with the key that it is stored under."""

    @property
    def key(self) -> str: ...


Changes = Mapping[tuple[type, str], Keyed | None]
"""By record type and key: the record as it is now, or None for one that is gone."""


class Store(Protocol):
    """Keeps records of any dataclass type."""

    def load(self, record_type: type) -> Iterable[Any]:
        """Yield every stored record of a type, in no particular order."""

    def commit(self, changes: Changes) -> None:
        """Keep all changes or none; they are on disk when this returns."""

    def close(self) -> None: ...


class MemoryStore:
    """Keeps nothing: the state ends with the process."""

    def load(self, record_type: type) -> Iterable[Any]:
        del record_type
        return ()

    def commit(self, changes: Changes) -> None:
        del changes

    def close(self) -> None:
        return
