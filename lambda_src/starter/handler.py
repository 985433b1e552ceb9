"""StartHumanLoop function: direct invocation, Step Functions task, SQS batch.

Environment: A2I_STACK_ID, A2I_FLOWS_PATH, A2I_FLOWS_REVISION (not read; a new value brings fresh
execution environments), A2I_LEDGER_TABLE, A2I_INPUT_BUCKET, A2I_OUTPUT_BUCKET, A2I_QUEUE_URL,
A2I_DEAD_LETTER_QUEUE_URL, A2I_EVENT_BUS_NAME; optional A2I_LEDGER_RETENTION_DAYS,
A2I_QUEUE_MAX_AGE_SECONDS (default 86400), A2I_TRACING; POWERTOOLS_SERVICE_NAME,
POWERTOOLS_METRICS_NAMESPACE.

Permissions: docs/security.md.

The queue's event source reports partial batch failures. Its redrive policy must allow more receives
than happen within A2I_QUEUE_MAX_AGE_SECONDS: moving old requests is this function's work.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from a2i_account import backend
from a2i_shared import aws_clients, telemetry
from a2i_shared.documents import Documents
from a2i_shared.environment import StarterEnvironment, read_environment
from a2i_shared.events import Events
from a2i_shared.ledger import Ledger
from a2i_shared.task_tokens import TaskTokens
from a2i_shared.telemetry import logger
from starter.flows import Flows
from starter.human_loops import HumanLoops
from starter.intake import Intake
from starter.queue import RequestQueue
from starter.start_review import ReviewStarter

_SECONDS_TO_FINISH = 5.0
"""Kept back for what follows a start or a delay."""


@logger.inject_lambda_context(log_event=False, clear_state=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    def seconds_left() -> float:
        """Seconds in which one more call to Amazon A2I can begin."""
        reserved = aws_clients.LONGEST_ATTEMPT_SECONDS + _SECONDS_TO_FINISH
        return context.get_remaining_time_in_millis() / 1000 - reserved

    if _is_batch(event):
        from starter.batch import take_batch  # noqa: PLC0415  # see there

        return take_batch(intake(), event, context, seconds_left)
    return intake().take_direct(event, seconds_left).to_json()


@cache
def intake() -> Intake:
    telemetry.trace_aws_calls()
    environment = read_environment(StarterEnvironment)
    starter = ReviewStarter(
        stack_id=environment.stack_id,
        input_bucket=environment.input_bucket,
        former_buckets=tuple(filter(None, environment.former_buckets.split(","))),
        flows=Flows.read(aws_clients.ssm(), environment.flows_path),
        documents=Documents(aws_clients.s3()),
        ledger=Ledger(
            aws_clients.dynamodb(), environment.ledger_table, environment.ledger_retention_days
        ),
        human_loops=HumanLoops(
            backend.a2i_runtime_single_attempt(), keeps_review_ids=backend.keeps_review_ids()
        ),
        events=Events(
            aws_clients.eventbridge(), environment.event_bus_name, (environment.stack_id,)
        ),
        task_tokens=TaskTokens(aws_clients.stepfunctions()),
    )
    queue = RequestQueue(
        aws_clients.sqs(), environment.queue_url, environment.dead_letter_queue_url
    )
    return Intake(starter, queue, timedelta(seconds=environment.queue_max_age_seconds))


def _is_batch(event: Any) -> bool:
    records = event.get("Records") if isinstance(event, dict) else None
    return (
        isinstance(records, list)
        and bool(records)
        and all(
            isinstance(record, dict) and record.get("eventSource") == "aws:sqs"
            for record in records
        )
    )
