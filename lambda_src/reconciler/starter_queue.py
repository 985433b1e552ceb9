"""The starter's queue: a review that is stuck before its human loop goes through it once more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from a2i_shared.ledger import LedgerEntry
from a2i_shared.resumption import resumption

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType

_COUNTS: list[QueueAttributeNameType] = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
]


@dataclass(frozen=True)
class StarterQueue:
    sqs: SQSClient
    queue_url: str

    def is_empty(self) -> bool:
        attributes = self.sqs.get_queue_attributes(QueueUrl=self.queue_url, AttributeNames=_COUNTS)[
            "Attributes"
        ]
        return all(int(attributes[name]) == 0 for name in _COUNTS)

    def give_back(self, entry: LedgerEntry) -> None:
        """Have the starter go on from the entry."""
        body = resumption(entry.human_loop_name)
        self.sqs.send_message(QueueUrl=self.queue_url, MessageBody=body)
