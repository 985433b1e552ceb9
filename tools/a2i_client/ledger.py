"""Reader of a stack's ledger, one DynamoDB item per review."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# A task token lets its holder end a Step Functions task: no reader needs to see it.
_HIDDEN = frozenset({"taskTokens", "openFlow"})

Entry: TypeAlias = dict[str, Any]
"""One review's item: attribute names as the ledger spells them, plain Python values.

`open` is added: whether the review goes on, or its end has not been told to everyone who waits.
"""


@dataclass(frozen=True)
class LedgerReader:
    """Ledger of one stack."""

    dynamodb: "DynamoDBClient"
    table: str

    def get(self, human_loop_name: str) -> Entry | None:
        """Return the review whose human loop has, or would have, that name."""
        response = self.dynamodb.get_item(
            TableName=self.table, Key=key_of(human_loop_name), ConsistentRead=True
        )
        return entry_of(response["Item"]) if "Item" in response else None


def key_of(human_loop_name: str) -> Any:
    """Return the key of a review's item."""
    return {"humanLoopName": {"S": human_loop_name}}


def entry_of(item: Mapping[str, Any]) -> Entry:
    """Return an item as plain values."""
    from boto3.dynamodb.types import TypeDeserializer  # noqa: PLC0415 -- boto3 loads on first use

    deserialize = TypeDeserializer().deserialize
    entry = {name: deserialize(value) for name, value in item.items() if name not in _HIDDEN}
    return {**entry, "open": "openFlow" in item}
