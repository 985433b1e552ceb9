"""LoopClock function: each minute, and when an operator removes a worker.

Event: a schedule's, or `{"releaseAllOf": "<sub>"}`, which returns `{"released": <number>}`.

Environment: A2I_STACK_ID, A2I_HUMAN_LOOPS_TABLE, A2I_HUMAN_LOOPS_BUCKET; optional A2I_TRACING;
POWERTOOLS_SERVICE_NAME. Where a digest of waiting reviews is sent: A2I_DIGEST_TOPIC_ARN,
A2I_DIGEST_INTERVAL_SECONDS, A2I_DIGEST_STACK_NAME, A2I_DIGEST_PORTAL_URL.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel

from a2i_account import backend
from a2i_shared import aws_clients, telemetry
from a2i_shared.environment import read_environment
from a2i_shared.telemetry import logger
from loop_clock.clock import LoopClock
from loop_clock.digest import WaitingDigest

_SPARED_MILLISECONDS = 10_000

telemetry.trace_aws_calls()


class DigestEnvironment(BaseModel):
    model_config = backend.BackendEnvironment.model_config

    digest_topic_arn: str = ""
    digest_interval_seconds: int = 3600
    digest_stack_name: str = ""
    digest_portal_url: str = ""


@logger.inject_lambda_context(log_event=False, clear_state=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int] | None:
    loops = backend.loops()
    clock = LoopClock(loops, backend.now_in_milliseconds)
    if "releaseAllOf" in event:
        return {"released": clock.release_all(event["releaseAllOf"])}
    if not loops.has_open():  # at rest the minute costs this one read
        return None

    def has_time() -> bool:
        return context.get_remaining_time_in_millis() > _SPARED_MILLISECONDS

    seen = clock.tick(has_time)
    if seen:
        logger.info("loops were due", count=seen)
    _send_digest()
    return None


def _send_digest() -> None:
    """What fails is logged alone: a retry of this minute must not look at all loops again."""
    sender = digest()
    if sender is None:
        return
    try:
        if sender.send_if_due():
            logger.info("digest of waiting reviews sent")
    except Exception:  # noqa: BLE001  # AWS's or our own: the next minute or interval tries again
        logger.exception("digest of waiting reviews not sent")


@cache
def digest() -> WaitingDigest | None:
    environment = read_environment(DigestEnvironment)
    if not environment.digest_topic_arn:
        return None
    return WaitingDigest(
        backend.loops(),
        aws_clients.sns(),
        environment.digest_topic_arn,
        timedelta(seconds=environment.digest_interval_seconds),
        environment.digest_stack_name,
        environment.digest_portal_url,
        backend.now_in_milliseconds,
    )
