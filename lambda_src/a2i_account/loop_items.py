"""Human loops as items of the table, and the keys that lead to them.

An item is the truth about its loop; the indexes are hints, which may lag or be stale. A busy key of
an index is spread over SHARDS values, since DynamoDB takes 1,000 writes per second for each.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zlib import crc32

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from pydantic import TypeAdapter

from a2i_core.human_loops.human_loop import HumanLoop, Owed
from a2i_core.human_loops.instants import iso_milliseconds

SHARDS = 8
OPEN_SHARDS = 20
"""Of the index `open`, to which a review writes eight times: start, offer, accept, answer, end."""
OFFERS_INDEX = "offers"
BY_FLOW_INDEX = "byFlow"
OPEN_INDEX = "open"
_OVERDUE_AFTER = timedelta(minutes=5)
"""Time that the stream has to do what a loop owes, before the clock shows it the loop again."""

_IN_KEY = {"name", "task_id"}
"""A task has its loop's name. Each kilobyte of an item is a unit to pay for, at every write."""
_LOOP = TypeAdapter(HumanLoop)
_SERIALIZER = TypeSerializer()
_DESERIALIZER = TypeDeserializer()

Item = dict[str, Any]
"""Attributes in DynamoDB's own notation."""


def loop_key(name: str) -> Item:
    """Primary key of a loop's item."""
    return to_item({"pk": f"LOOP#{name}", "sk": "LOOP"})


def hold_key(sub: str, name: str) -> Item:
    """Primary key of the hint that a worker holds a loop's task."""
    return to_item({"pk": f"WORKER#{sub}", "sk": f"HOLD#{name}"})


def profile_key(sub: str) -> Item:
    """Primary key of what is known of a worker."""
    return to_item({"pk": f"WORKER#{sub}", "sk": "PROFILE"})


def shard_of(name: str, shards: int = SHARDS) -> int:
    return crc32(name.encode()) % shards


def offers_keys(workteam_arn: str) -> list[str]:
    """Index keys of all tasks that a team could accept."""
    return [f"{workteam_arn}#{shard}" for shard in range(SHARDS)]


def flow_keys(definition_id: str) -> list[str]:
    """Index keys of all loops of a flow definition."""
    return [f"{definition_id}#{shard}" for shard in range(SHARDS)]


def open_keys(definition_id: str) -> list[str]:
    """Index keys of the loops of a flow definition that have not been told to their end."""
    return [f"{definition_id}#{shard}" for shard in range(OPEN_SHARDS)]


def position(created_at: datetime, name: str) -> str:
    """Sort key by creation: ISO times of one length sort as text."""
    return f"{iso_milliseconds(created_at)}#{name}"


def loop_item(loop: HumanLoop, version: int) -> Item:
    """Return the loop's item; index attributes are absent where the index does not list it."""
    shard = shard_of(loop.name)
    order = position(loop.created_at, loop.name)
    attributes: dict[str, Any] = {
        "pk": f"LOOP#{loop.name}",
        "sk": "LOOP",
        "v": version,
        "flowKey": f"{loop.flow.definition_id}#{shard}",
        "flowOrder": order,
        "loop": _LOOP.dump_python(loop, mode="json", exclude_defaults=True, exclude=_IN_KEY),
    }
    if loop.free_slots > 0:
        attributes |= {"offersKey": f"{loop.flow.workteam_arn}#{shard}", "offersOrder": order}
    if loop.owes is not None:
        attributes["owes"] = loop.owes.value
    due = due_at(loop)
    if due is not None:
        attributes |= {
            "openKey": f"{loop.flow.definition_id}#{shard_of(loop.name, OPEN_SHARDS)}",
            "dueAt": iso_milliseconds(due),
        }
    return to_item(attributes)


def loop_of(item: Item) -> tuple[HumanLoop, int]:
    """Return an item's loop and version."""
    attributes = from_item(item)
    name = attributes["pk"].removeprefix("LOOP#")
    loop = {**attributes["loop"], "name": name, "task_id": name}
    return _LOOP.validate_python(loop), int(attributes["v"])


def due_at(loop: HumanLoop) -> datetime | None:
    """Return when the clock has to look at the loop; None once its end has been told.

    What is owed is due some minutes after it began to be owed. Where output and event follow each
    other the moment stays, which spares writes to the index.
    """
    if loop.owes is Owed.RENDER:
        return min(loop.render_at + _OVERDUE_AFTER, loop.expires_at)
    if loop.owes is None:
        return loop.next_due
    if loop.final_at is not None:
        return loop.final_at + _OVERDUE_AFTER
    return (loop.withdrawn_at or loop.created_at) + _OVERDUE_AFTER


def to_item(attributes: dict[str, Any]) -> Item:
    return {name: _SERIALIZER.serialize(value) for name, value in attributes.items()}


def from_item(item: Item) -> dict[str, Any]:
    return {name: _plain(_DESERIALIZER.deserialize(value)) for name, value in item.items()}


def _plain(value: Any) -> Any:
    """Return whole numbers, the only ones in the table, as what they were before DynamoDB."""
    if isinstance(value, Decimal):
        return int(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
