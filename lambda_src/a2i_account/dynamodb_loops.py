"""LoopStore on DynamoDB: one item per loop, changed only by conditional writes."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import merge
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from a2i_account import loop_items
from a2i_account.definitions import Definitions
from a2i_account.loop_contents import LoopContents
from a2i_account.loop_items import to_item
from a2i_core.human_loops.errors import (
    ResourceNotFoundException,
    ThrottlingException,
    ValidationException,
)
from a2i_core.human_loops.human_loop import FlowSnapshot, HumanLoop
from a2i_core.human_loops.instants import iso_milliseconds
from a2i_core.human_loops.loop_store import LoopPage, Transition
from a2i_core.human_loops.page_tokens import DEFAULT_PAGE, pack, unpack
from a2i_core.human_loops.runtime_operations import no_such_loop
from a2i_core.human_loops.scope import Scope
from a2i_shared.service_errors import code_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_ATTEMPTS = 8
_FIRST_WAIT_SECONDS = 0.02
_HINTS_KEPT = timedelta(days=1)
_BATCH = 100
"""Items that one BatchGetItem may ask for."""
_PAGE = 50
"""Items of an index that are read at once."""
_QUERIES_AT_A_TIME = 8
_FIRST, _LAST = "0", "A"  # sort keys are times, which begin with a digit


class Listed(NamedTuple):
    """What an index says of a loop."""

    order: str
    name: str


@dataclass(frozen=True)
class DynamoDbLoops:
    """The human loops of one table."""

    dynamodb: DynamoDBClient
    table: str
    scope: Scope
    definitions: Definitions
    contents: LoopContents
    sleep: Callable[[float], None] = time.sleep

    def flow(self, flow_definition_arn: str) -> FlowSnapshot:
        name = self.scope.name_in(flow_definition_arn, "flow-definition")
        definition = self.definitions.recall(name) if name else None
        if definition is None:
            raise ValidationException(
                f"The specified FlowDefinition '{flow_definition_arn}' does not exist or you do"
                " not have access to it."
            )
        return definition.snapshot()

    def find(self, name: str) -> HumanLoop | None:
        found = self._find(name)
        return None if found is None else found[0]

    def add(self, loop: HumanLoop, input_content: str) -> HumanLoop | None:
        self.contents.write_input(loop, input_content)
        existing = self._put_new(loop)
        if existing is not None and existing.request_digest != loop.request_digest:
            self.contents.delete(loop)
        return existing

    def change(self, name: str, transition: Transition) -> HumanLoop:
        """As the port says; ThrottlingException where others were faster eight times."""
        for attempt in range(_ATTEMPTS):
            found = self._find(name)
            if found is None:
                raise no_such_loop(self.scope, name)
            loop, version = found
            changed = transition(loop)
            if changed is loop or self._replace(loop, changed, version):
                return changed
            self.sleep(random.uniform(0, _FIRST_WAIT_SECONDS * 2**attempt))  # noqa: S311  # jitter
        raise ThrottlingException(f"The human loop {name} changes too often: try again")

    def show_again(self, name: str) -> None:
        """Write an item anew where its loop owes something, so that the stream brings it again."""
        found = self._find(name)
        if found is not None and found[0].owes is not None:
            self._write(found[0], found[1])

    def remove(self, loop: HumanLoop) -> None:
        """As the port says; ThrottlingException while the loop's end is not told."""
        if loop.owes is not None:
            raise ThrottlingException(
                f"The end of the human loop {loop.name} is still being told: try again"
            )
        self.contents.delete_all(loop.name)
        self.dynamodb.delete_item(TableName=self.table, Key=loop_items.loop_key(loop.name))

    def page(self, flow_definition_arn: str, parameters: Mapping[str, Any]) -> LoopPage:
        name = self.scope.name_in(flow_definition_arn, "flow-definition")
        definition = self.definitions.find(name) if name else None
        if definition is None:
            raise ResourceNotFoundException(
                f"The flow definition {flow_definition_arn} does not exist"
            )
        limit = int(parameters.get("MaxResults") or DEFAULT_PAGE)
        found = list(islice(self._listed(definition.id, parameters), limit + 1))
        more = len(found) > limit
        token = pack(found[limit - 1].order, parameters) if more else None
        return LoopPage(self._load([each.name for each in found[:limit]]), token)

    def offered_to(
        self, workteam_arns: Sequence[str], *, after: str | None = None, newest: bool = False
    ) -> Iterator[HumanLoop]:
        """Yield loops with a free slot for one of the teams, as the caller goes on.

        The oldest come first, or the newest. `after`: position of the loop after which to begin.
        It begins with eight queries for each team, at most eight at the same time, whatever waits.
        """
        offered = self._merged(
            loop_items.OFFERS_INDEX,
            "offersKey",
            "offersOrder",
            [key for arn in workteam_arns for key in loop_items.offers_keys(arn)],
            since=after if after and not newest else _FIRST,
            until=after if after and newest else _LAST,
            descending=newest,
        )
        offered = (each for each in offered if each.order != after)
        while names := [each.name for each in islice(offered, _BATCH)]:
            yield from (loop for loop in self._load(names) if loop.free_slots > 0)

    def offered_count(self, workteam_arns: Sequence[str]) -> int:
        """Return how many loops have a free slot for one of the teams, as the index says."""
        keys = [key for arn in workteam_arns for key in loop_items.offers_keys(arn)]
        return self._count(loop_items.OFFERS_INDEX, "offersKey", keys)

    def oldest_offer(self, workteam_arn: str) -> datetime | None:
        """Return when the oldest loop with a free slot for a team began, as the index says."""
        offered = self._merged(
            loop_items.OFFERS_INDEX,
            "offersKey",
            "offersOrder",
            loop_items.offers_keys(workteam_arn),
        )
        first = next(offered, None)
        return first and datetime.fromisoformat(first.order.partition("#")[0])

    def held_by(self, sub: str) -> list[HumanLoop]:
        """Return the loops whose task a worker has accepted."""
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.table,
            ConsistentRead=True,
            KeyConditionExpression="pk = :worker AND begins_with(sk, :hold)",
            ExpressionAttributeValues=to_item({":worker": f"WORKER#{sub}", ":hold": "HOLD#"}),
        )
        names = [item["sk"]["S"].removeprefix("HOLD#") for page in pages for item in page["Items"]]
        return [loop for loop in self._load(names) if loop.assignment_of(sub) is not None]

    def named(self, names: Sequence[str]) -> list[HumanLoop]:
        """Return the loops of these names, in their order; those that are gone are left out."""
        return self._load(names)

    def is_blocked(self, sub: str) -> bool:
        """Return whether a worker has been removed, whatever their token still says."""
        found = self._read([loop_items.profile_key(sub)])
        return any(map(_blocks, found))

    def find_for(self, sub: str, name: str) -> tuple[HumanLoop | None, bool]:
        """Return a loop, and whether the worker has been removed: one call."""
        found = self._read([loop_items.loop_key(name), loop_items.profile_key(sub)])
        loops = [loop_items.loop_of(item)[0] for item in found if "loop" in item]
        return (loops[0] if loops else None), any(map(_blocks, found))

    def due(self, definition_id: str, now: datetime) -> Iterator[str]:
        """Yield names of loops that the clock has to look at, those that are due first."""
        due = self._merged(
            loop_items.OPEN_INDEX,
            "openKey",
            "dueAt",
            loop_items.open_keys(definition_id),
            until=iso_milliseconds(now),
        )
        return (each.name for each in due)

    def has_open(self) -> bool:
        """Return whether any loop may be open, as the index says: the smallest read there is."""
        found = self.dynamodb.scan(
            TableName=self.table, IndexName=loop_items.OPEN_INDEX, Select="COUNT", Limit=1
        )
        return found["Count"] > 0 or "LastEvaluatedKey" in found

    def open_count(self, definition_id: str) -> int:
        """Return how many loops of a flow definition have not been told to their end."""
        keys = loop_items.open_keys(definition_id)
        return self._count(loop_items.OPEN_INDEX, "openKey", keys)

    def _find(self, name: str) -> tuple[HumanLoop, int] | None:
        found = self.dynamodb.get_item(
            TableName=self.table, Key=loop_items.loop_key(name), ConsistentRead=True
        )
        return loop_items.loop_of(found["Item"]) if "Item" in found else None

    def _put_new(self, loop: HumanLoop) -> HumanLoop | None:
        """Write a new item; or return the loop that has the name."""
        try:
            self.dynamodb.put_item(
                TableName=self.table,
                Item=loop_items.loop_item(loop, _first_version(loop)),
                ConditionExpression="attribute_not_exists(pk)",
            )
        except ClientError as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise
            existing = self.find(loop.name)
            return existing if existing is not None else self._put_new(loop)
        return None

    def _replace(self, loop: HumanLoop, changed: HumanLoop, version: int) -> bool:
        """Write what a loop has become, with the hints about who holds it.

        A hint is written before the item and removed after it, so that a crash leaves one too many
        and never one too few.
        """
        before = {each.worker.sub: each.until for each in loop.assignments}
        after = {each.worker.sub: each.until for each in changed.assignments}
        for sub, until in sorted(after.items() - before.items()):
            self._hint(sub, changed.name, until)
        if not self._write(changed, version):
            return False
        for sub in before.keys() - after.keys():
            self.dynamodb.delete_item(
                TableName=self.table, Key=loop_items.hold_key(sub, changed.name)
            )
        return True

    def _write(self, loop: HumanLoop, version: int) -> bool:
        try:
            self.dynamodb.put_item(
                TableName=self.table,
                Item=loop_items.loop_item(loop, version + 1),
                ConditionExpression="v = :version",
                ExpressionAttributeValues=to_item({":version": version}),
            )
        except ClientError as error:
            if code_of(error) == "ConditionalCheckFailedException":
                return False
            raise
        return True

    def _hint(self, sub: str, name: str, until: datetime) -> None:
        collected = int((until + _HINTS_KEPT).timestamp())
        item = {**loop_items.hold_key(sub, name), **to_item({"collectAt": collected})}
        self.dynamodb.put_item(TableName=self.table, Item=item)

    def _listed(self, definition_id: str, parameters: Mapping[str, Any]) -> Iterator[Listed]:
        """Yield what the index has of a flow definition, from where the page begins."""
        descending = parameters.get("SortOrder") == "Descending"
        token = parameters.get("NextToken")
        beyond = unpack(token, parameters) if token else None
        after, before = parameters.get("CreationTimeAfter"), parameters.get("CreationTimeBefore")
        since = f"{iso_milliseconds(after)}$" if after else _FIRST  # `$` follows `#`
        until = iso_milliseconds(before) if before else _LAST
        if beyond is not None and descending:
            until = min(until, beyond)
        elif beyond is not None:
            since = max(since, beyond)
        listed = self._merged(
            loop_items.BY_FLOW_INDEX,
            "flowKey",
            "flowOrder",
            loop_items.flow_keys(definition_id),
            since=since,
            until=until,
            descending=descending,
        )
        return (each for each in listed if each.order != beyond)

    def _merged(
        self,
        index: str,
        key: str,
        order: str,
        keys: Sequence[str],
        *,
        since: str = _FIRST,
        until: str = _LAST,
        descending: bool = False,
    ) -> Iterator[Listed]:
        """Merge the shards of an index into one order.

        The first page of each is read at the same time, further ones as the caller goes on.
        """
        if since > until:
            return iter(())

        def read(shard: str) -> Iterator[Listed]:
            pages = iter(
                self.dynamodb.get_paginator("query").paginate(
                    TableName=self.table,
                    IndexName=index,
                    KeyConditionExpression=f"{key} = :key AND {order} BETWEEN :since AND :until",
                    ExpressionAttributeValues=to_item(
                        {":key": shard, ":since": since, ":until": until}
                    ),
                    ScanIndexForward=not descending,
                    PaginationConfig={"PageSize": _PAGE},
                )
            )
            first = next(pages, None)
            return (
                Listed(item[order]["S"], item["pk"]["S"].removeprefix("LOOP#"))
                for page in chain([] if first is None else [first], pages)
                for item in page["Items"]
            )

        with ThreadPoolExecutor(_QUERIES_AT_A_TIME) as threads:
            shards = list(threads.map(read, keys))
        return merge(*shards, reverse=descending)

    def _count(self, index: str, key: str, keys: Sequence[str]) -> int:
        """Count the items below some keys of an index; eight are read at the same time."""

        def count(shard: str) -> int:
            pages = self.dynamodb.get_paginator("query").paginate(
                TableName=self.table,
                IndexName=index,
                Select="COUNT",
                KeyConditionExpression=f"{key} = :key",
                ExpressionAttributeValues=to_item({":key": shard}),
            )
            return sum(page["Count"] for page in pages)

        with ThreadPoolExecutor(_QUERIES_AT_A_TIME) as threads:
            return sum(threads.map(count, keys))

    def _load(self, names: Sequence[str]) -> list[HumanLoop]:
        """Read loops as they are, in the order of their names; those that are gone are left out."""
        found: dict[str, HumanLoop] = {}
        for start in range(0, len(names), _BATCH):
            keys = [loop_items.loop_key(name) for name in names[start : start + _BATCH]]
            for item in self._read(keys):
                loop, _ = loop_items.loop_of(item)
                found[loop.name] = loop
        return [found[name] for name in names if name in found]

    def _read(self, keys: list[loop_items.Item]) -> list[loop_items.Item]:
        """Read up to 100 items as they are, in any order; what is not there is left out."""
        items: list[loop_items.Item] = []
        asked: Any = {self.table: {"Keys": keys, "ConsistentRead": True}}
        while asked:
            answer: Any = self.dynamodb.batch_get_item(RequestItems=asked)
            items += answer["Responses"].get(self.table, ())
            asked = answer.get("UnprocessedKeys")
        return items


def _blocks(item: loop_items.Item) -> bool:
    return bool(item.get("blocked", {}).get("BOOL", False))


def _first_version(loop: HumanLoop) -> int:
    """Return one that no earlier loop of the name has had: a late write must not meet this one."""
    return int(loop.created_at.timestamp() * 1000)
