"""LoopStream function: DynamoDB stream records of loops that owe something, batch by batch.

A record only says which loop to look at: the item decides, so that repeated, late and reordered
records do no harm. What fails comes again with its shard's records after it, at last goes to the
dead-letter queue, and is shown to the stream again by the clock.

Environment: A2I_STACK_ID, A2I_HUMAN_LOOPS_TABLE, A2I_HUMAN_LOOPS_BUCKET; optional A2I_TRACING;
POWERTOOLS_SERVICE_NAME.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from a2i_account import backend
from a2i_account.flow_credentials import FlowCredentials
from a2i_shared import aws_clients, telemetry
from a2i_shared.telemetry import logger
from loop_stream.debts import Debts


@logger.inject_lambda_context(log_event=False, clear_state=True)
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Answer with the first record that has to come again: the stream goes back to it."""
    done: set[str] = set()
    failed: list[str] = []
    for record in event["Records"]:
        name = record["dynamodb"]["Keys"]["pk"]["S"].removeprefix("LOOP#")
        if name in done:
            continue
        done.add(name)
        try:
            debts().pay(name)
        except Exception:  # noqa: BLE001  # one loop's failure keeps no other one waiting
            logger.exception("loop still owes", human_loop_name=name)
            failed.append(record["dynamodb"]["SequenceNumber"])
    return {"batchItemFailures": [{"itemIdentifier": number} for number in failed[:1]]}


@cache
def debts() -> Debts:
    telemetry.trace_aws_calls()
    return Debts(
        backend.loops(),
        FlowCredentials(aws_clients.sts()),
        aws_clients.eventbridge(),
        backend.now_in_milliseconds,
    )
