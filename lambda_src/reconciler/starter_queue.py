"""The starter's queue: a review that is stuck before its human loop goes through it once more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from a2i_core.canonical_json import canonical_json
from a2i_shared.ledger import LedgerEntry

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
        """The kept request again: the starter finds its entry and goes on from there."""
        request = {
            "reviewId": entry.review_id,
            "flow": entry.flow,
            "requestUri": entry.request_uri,
        }
        self.sqs.send_message(QueueUrl=self.queue_url, MessageBody=canonical_json(request))
