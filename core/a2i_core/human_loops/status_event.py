"""Status change event of a human loop."""

from typing import Any

from a2i_core.human_loops.human_loop import HumanLoop
from a2i_core.human_loops.instants import iso_milliseconds

DETAIL_TYPE = "SageMaker A2I HumanLoop Status Change"
A2I_SOURCE = "aws.sagemaker"
ACCOUNT_SOURCE = "a2i.human-loops"
"""Source in the account backend: only AWS itself may put events whose source begins with `aws.`."""


def status_detail(loop: HumanLoop) -> dict[str, Any]:
    """Return the event's detail about a loop that has ended, as A2I writes it."""
    return {
        "creationTime": iso_milliseconds(loop.created_at),
        "failureCode": loop.failure_code,
        "failureReason": loop.failure_reason,
        "flowDefinitionArn": loop.flow_definition_arn,
        "humanLoopArn": loop.arn,
        "humanLoopName": loop.name,
        "humanLoopOutput": {"outputS3Uri": loop.output_uri} if loop.output_written else None,
        "humanLoopStatus": loop.status,
    }
