"""Reads the ledger: one DynamoDB item per review of a deployed stack."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from a2i_core.names import OPEN_REVIEWS_INDEX

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# A task token lets its holder end a Step Functions task: no operator needs to see it.
_HIDDEN = frozenset({"taskTokens", "openFlow"})

Review: TypeAlias = dict[str, Any]
"""One review's item: attribute names as the ledger spells them, plain Python values.

`open` is added: whether the review goes on, or its end has not been told to everyone who waits.
"""


@dataclass(frozen=True)
class Ledger:
    """The ledger of one stack.  Every read that lists goes on to the last page."""

    dynamodb: "DynamoDBClient"
    table: str

    def get(self, human_loop_name: str) -> Review | None:
        """Return the review whose human loop has, or would have, that name."""
        response = self.dynamodb.get_item(
            TableName=self.table, Key=_key(human_loop_name), ConsistentRead=True
        )
        return _review(response["Item"]) if "Item" in response else None

    def open_reviews(self, flow: str | None = None) -> Iterator[Review]:
        """Return the reviews whose end has not been told yet, from the index that holds only those.

        Without `flow` the whole index is read, so that reviews of removed flows show as well.
        """
        if flow is None:
            scan = self.dynamodb.get_paginator("scan")
            return _reviews(scan.paginate(TableName=self.table, IndexName=OPEN_REVIEWS_INDEX))
        query = self.dynamodb.get_paginator("query")
        pages = query.paginate(
            TableName=self.table,
            IndexName=OPEN_REVIEWS_INDEX,
            KeyConditionExpression="openFlow = :flow",
            ExpressionAttributeValues={":flow": {"S": flow}},
        )
        return _reviews(pages)

    def all_reviews(self) -> Iterator[Review]:
        """Return every review in no order.  Reads the whole table: for operators, not for code."""
        scan = self.dynamodb.get_paginator("scan")
        return _reviews(scan.paginate(TableName=self.table))

    def delete(self, human_loop_name: str) -> bool:
        """Forget a review; False when the ledger knew none of that name."""
        response = self.dynamodb.delete_item(
            TableName=self.table, Key=_key(human_loop_name), ReturnValues="ALL_OLD"
        )
        return "Attributes" in response


def _key(human_loop_name: str) -> Any:
    return {"humanLoopName": {"S": human_loop_name}}


def _reviews(pages: Iterable[Mapping[str, Any]]) -> Iterator[Review]:
    for page in pages:
        yield from map(_review, page["Items"])


def _review(item: Mapping[str, Any]) -> Review:
    from boto3.dynamodb.types import TypeDeserializer  # noqa: PLC0415 -- boto3 loads on first use

    deserialize = TypeDeserializer().deserialize
    review = {name: deserialize(value) for name, value in item.items() if name not in _HIDDEN}
    return {**review, "open": "openFlow" in item}
