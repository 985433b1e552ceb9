"""Answers that workers gave, as items of the table: for their numbers and for reading them again.

One item for each answer, with its moment in the key: to write it twice is to write it once. It
holds no content, and goes after a month.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from a2i_account.loop_items import Item, from_item, to_item
from a2i_core.human_loops.human_loop import Answer, HumanLoop
from a2i_core.human_loops.instants import iso_milliseconds
from a2i_core.human_loops.worker_numbers import GivenAnswer

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_KEPT = timedelta(days=31)
_PREFIX = "ANSWER#"


@dataclass(frozen=True)
class GivenAnswers:
    """Writes and reads them.

    The portal writes an answer that others, or its grace period, may follow; the stream writes all
    answers of a loop with its output file, so that none is missed and their agreement is known.
    """

    dynamodb: DynamoDBClient
    table: str

    def put(self, loop: HumanLoop, answer: Answer, agreement: int | None = None) -> None:
        """Write an answer. agreement: 0 to 100, once all answers of the loop are known."""
        spent = answer.submitted_at - answer.accepted_at
        attributes = {
            "seconds": round(spent.total_seconds()),
            "collectAt": int((answer.submitted_at + _KEPT).timestamp()),
        }
        if agreement is not None:
            attributes["agreement"] = agreement
        item = {**_key(loop, answer), **to_item(attributes)}
        self.dynamodb.put_item(TableName=self.table, Item=item)

    def remove(self, loop: HumanLoop, answer: Answer) -> None:
        """Delete an answer that is taken back."""
        self.dynamodb.delete_item(TableName=self.table, Key=_key(loop, answer))

    def since(self, sub: str, moment: datetime) -> Iterator[GivenAnswer]:
        """Yield what a worker answered from a moment on, the latest first."""
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.table,
            ConsistentRead=True,
            KeyConditionExpression="pk = :worker AND sk BETWEEN :since AND :end",
            ExpressionAttributeValues=to_item(
                {
                    ":worker": f"WORKER#{sub}",
                    ":since": f"{_PREFIX}{iso_milliseconds(moment)}",
                    ":end": f"{_PREFIX}A",  # times begin with a digit
                }
            ),
            ScanIndexForward=False,
        )
        return (_given(item) for page in pages for item in page["Items"])

    def latest(self, sub: str, since: datetime, limit: int) -> list[GivenAnswer]:
        """Return the latest answers of a worker, `limit` at most."""
        return list(islice(self.since(sub, since), limit))


def _key(loop: HumanLoop, answer: Answer) -> Item:
    order = f"{_PREFIX}{iso_milliseconds(answer.submitted_at)}#{loop.name}"
    return to_item({"pk": f"WORKER#{answer.worker.sub}", "sk": order})


def _given(item: Item) -> GivenAnswer:
    attributes = from_item(item)
    moment, _, name = attributes["sk"].removeprefix(_PREFIX).partition("#")
    agreement = attributes.get("agreement")
    return GivenAnswer(datetime.fromisoformat(moment), name, attributes["seconds"], agreement)
