"""The end of a loop in the account, which its event only announces.

Anybody in the account who may put events can put one with the backend's source; that of A2I's is
AWS's alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from a2i_core.human_loops.status_event import ACCOUNT_SOURCE
from a2i_core.statuses import OPEN_LOOP_STATUSES
from a2i_shared.service_errors import code_of
from results.status_change import StatusChange

if TYPE_CHECKING:
    from mypy_boto3_sagemaker_a2i_runtime import AugmentedAIRuntimeClient


def told_end(
    event: dict[str, Any], a2i_runtime: Callable[[], AugmentedAIRuntimeClient]
) -> StatusChange | None:
    """Return the end that an event tells; None where the loop has not ended, or is gone."""
    change = StatusChange.model_validate(event["detail"])
    if event.get("source") != ACCOUNT_SOURCE:
        return change
    try:
        found = a2i_runtime().describe_human_loop(HumanLoopName=change.human_loop_name)
    except ClientError as error:
        if code_of(error) == "ResourceNotFoundException":
            return None
        raise
    if found["HumanLoopStatus"] in OPEN_LOOP_STATUSES:
        return None
    return StatusChange.model_validate(
        {
            "humanLoopName": found["HumanLoopName"],
            "humanLoopArn": found["HumanLoopArn"],
            "humanLoopStatus": found["HumanLoopStatus"],
            "humanLoopOutput": {"outputS3Uri": found["HumanLoopOutput"]["OutputS3Uri"]},
            "failureCode": found.get("FailureCode"),
            "failureReason": found.get("FailureReason"),
        }
    )
