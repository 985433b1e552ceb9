"""Batches of queue messages: all are started at the same time, those that must come again are told.

Imported with the first batch only: the batch utility takes longer to import than all else here,
and direct callers wait for the function's first answer while the queue does not.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.batch import (
    AsyncBatchProcessor,
    EventType,
    async_process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from starter.human_loops import Deadline
from starter.intake import Intake
from starter.queue import QueuedMessage

_CONCURRENT_STARTS = 10


def take_batch(
    intake: Intake, event: dict[str, Any], context: LambdaContext, seconds_left: Deadline
) -> dict[str, Any]:
    """Answer with the partial batch response that the event source understands."""

    async def take(record: SQSRecord) -> None:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(_threads(), intake.take_message, _message(record), seconds_left)

    response = async_process_partial_response(
        event=event,
        record_handler=take,
        processor=AsyncBatchProcessor(
            event_type=EventType.SQS, raise_on_entire_batch_failure=False
        ),
        context=context,
    )
    return dict(response)


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_CONCURRENT_STARTS, thread_name_prefix="start")


def _message(record: SQSRecord) -> QueuedMessage:
    return QueuedMessage(
        body=record.body,
        receipt_handle=record.receipt_handle,
        receive_count=int(record.attributes.approximate_receive_count),
        sent_at=datetime.fromtimestamp(int(record.attributes.sent_timestamp) / 1000, UTC),
    )
