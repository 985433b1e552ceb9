"""Durable store in one SQLite file.

`synchronous=FULL` with a write-ahead log: a commit returns once the log is on disk, so what was
acknowledged survives both `kill -9` and a power cut. The exclusive lock keeps a second process
from writing to the same state.
"""

import sqlite3
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from a2i_local.service.tables import Changes

SCHEMA_VERSION = 2
_FILE_NAME = "a2i.sqlite3"


class StateUnusableError(Exception):
    """The state directory is in use, or was written by another version."""


@cache
def _adapter(record_type: type) -> TypeAdapter[Any]:
    return TypeAdapter(record_type)


class SqliteStore:
    """Records as JSON rows, keyed by type and key."""

    def __init__(self, directory: Path) -> None:
        """Open or make the state in a directory.

        Raises StateUnusableError when another process has it open, or when its format is not
        this version's.
        """
        directory.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(
            directory / _FILE_NAME, isolation_level=None, check_same_thread=False, timeout=0
        )
        try:
            self._prepare(directory)
        except BaseException:
            self._connection.close()
            raise

    def _prepare(self, directory: Path) -> None:
        try:
            self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute(
                "CREATE TABLE IF NOT EXISTS record"
                " (type TEXT, key TEXT, body BLOB, PRIMARY KEY (type, key)) WITHOUT ROWID"
            )
            self._check_version(directory)
        except sqlite3.OperationalError as error:
            raise StateUnusableError(
                f"the state in {directory} cannot be opened ({error}): end the process that uses"
                " it, or choose another directory"
            ) from error

    def _check_version(self, directory: Path) -> None:
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if version not in {0, SCHEMA_VERSION}:
            raise StateUnusableError(
                f"the state in {directory} has format {version}, this version reads format"
                f" {SCHEMA_VERSION}: choose another directory"
            )
        self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def load(self, record_type: type) -> Iterator[Any]:
        adapter = _adapter(record_type)
        rows = self._connection.execute(
            "SELECT body FROM record WHERE type = ?", (record_type.__name__,)
        )
        for (body,) in rows:
            yield adapter.validate_json(body)

    def commit(self, changes: Changes) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            for (record_type, key), record in changes.items():
                self._write(record_type, key, record)
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def _write(self, record_type: type, key: str, record: Any) -> None:
        if record is None:
            self._connection.execute(
                "DELETE FROM record WHERE type = ? AND key = ?", (record_type.__name__, key)
            )
            return
        body = _adapter(record_type).dump_json(record)
        self._connection.execute(
            "INSERT OR REPLACE INTO record VALUES (?, ?, ?)", (record_type.__name__, key, body)
        )

    def close(self) -> None:
        self._connection.close()
