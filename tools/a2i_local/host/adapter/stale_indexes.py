"""Indexes of DynamoDB that show what their table held some seconds ago, as AWS's may."""

import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from ministack.services import dynamodb

_LATE = "a2i-local.late-index"
"""Name of the copy while it is read; nobody else runs meanwhile."""

Read = Callable[[dict[str, Any]], Any]


def let_indexes_lag(seconds: Callable[[], float]) -> None:
    """Answer reads of an index from a copy of its table that is at most `seconds` old.

    A copy serves as long as that, and is then made anew. With 0 seconds none is made.
    """
    copies: dict[str, tuple[float, dict[str, Any]]] = {}

    def late(read: Read) -> Read:
        def read_late(request: dict[str, Any]) -> Any:
            lag = seconds()
            if not lag:
                copies.clear()
            name = dynamodb._normalize_table_name(request.get("TableName"))
            table = dynamodb._tables.get(name) if lag and "IndexName" in request else None
            if table is None:
                return read(request)
            arn, now = table["TableArn"], time.monotonic()
            if arn not in copies or now - copies[arn][0] >= lag:
                copies[arn] = (now, _copy(table))
            dynamodb._tables[_LATE] = copies[arn][1]
            try:
                return read({**request, "TableName": _LATE})
            finally:
                dynamodb._tables.pop(_LATE)

        return read_late

    dynamodb._query, dynamodb._scan = late(dynamodb._query), late(dynamodb._scan)


def _copy(table: dict[str, Any]) -> dict[str, Any]:
    """Copy a table with its items, which a write replaces and does not change."""
    items = {partition: dict(sorted_) for partition, sorted_ in table["items"].items()}
    rest = {name: each for name, each in table.items() if name != dynamodb._INDEX_MEMBERS}
    return {**rest, "items": defaultdict(dict, items)}
