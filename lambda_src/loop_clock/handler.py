"""LoopClock function: each minute, and when an operator removes a worker.

Event: a schedule's, or `{"releaseAllOf": "<sub>"}`, which returns `{"released": <number>}`.

Environment: A2I_STACK_ID, A2I_HUMAN_LOOPS_TABLE, A2I_HUMAN_LOOPS_BUCKET; optional A2I_TRACING;
POWERTOOLS_SERVICE_NAME.
"""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from a2i_account import backend
from a2i_shared import telemetry
from a2i_shared.telemetry import logger
from loop_clock.clock import LoopClock

_SPARED_MILLISECONDS = 10_000

telemetry.trace_aws_calls()


@logger.inject_lambda_context(log_event=False, clear_state=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int] | None:
    clock = LoopClock(backend.loops(), backend.now_in_milliseconds)
    if "releaseAllOf" in event:
        return {"released": clock.release_all(event["releaseAllOf"])}

    def has_time() -> bool:
        return context.get_remaining_time_in_millis() > _SPARED_MILLISECONDS

    seen = clock.tick(has_time)
    if seen:
        logger.info("loops were due", count=seen)
    return None
