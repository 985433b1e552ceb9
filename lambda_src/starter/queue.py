"""The request queue and its dead-letter queue: nothing that was accepted is ever dropped."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from a2i_shared.resumption import resumption

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageAttributeValueTypeDef

_FIRST_DELAY_SECONDS = 5
_LONGEST_DELAY_SECONDS = 900
_REASON_CHARACTERS = 1024
_ATTRIBUTE_BYTES = 4 * _REASON_CHARACTERS + 100
_MESSAGE_BYTES = 1024 * 1024
"""SQS's limit, attributes included."""


@dataclass(frozen=True)
class QueuedMessage:
    body: str
    receipt_handle: str
    receive_count: int
    sent_at: datetime


@dataclass(frozen=True)
class RequestQueue:
    sqs: SQSClient
    queue_url: str
    dead_letter_queue_url: str

    def send_resumption(self, human_loop_name: str) -> None:
        """Queue a review by its ledger entry, whatever the size of its content."""
        self.sqs.send_message(
            QueueUrl=self.queue_url,
            MessageBody=resumption(human_loop_name),
            DelaySeconds=random.randint(1, _FIRST_DELAY_SECONDS),  # noqa: S311  # spreads load
        )

    def send_dead_letter(self, body: str, reason: str) -> None:
        """Keep what cannot start, with the reason in the attribute `error`.

        A body that leaves no room for the attribute goes without: the log has the error's name.
        """
        attribute: MessageAttributeValueTypeDef = {
            "DataType": "String",
            "StringValue": reason[:_REASON_CHARACTERS],
        }
        has_room = len(body.encode()) + _ATTRIBUTE_BYTES <= _MESSAGE_BYTES
        self.sqs.send_message(
            QueueUrl=self.dead_letter_queue_url,
            MessageBody=body,
            MessageAttributes={"error": attribute} if has_room else {},
        )

    def delay(self, message: QueuedMessage) -> None:
        """Hide a message for longer with each time that it was received, under full jitter."""
        ceiling = min(_FIRST_DELAY_SECONDS * 2**message.receive_count, _LONGEST_DELAY_SECONDS)
        self.sqs.change_message_visibility(
            QueueUrl=self.queue_url,
            ReceiptHandle=message.receipt_handle,
            VisibilityTimeout=random.randint(_FIRST_DELAY_SECONDS, ceiling),  # noqa: S311  # spreads load
        )
