"""Flow definitions of a stack, current and retired."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from a2i_cli.deployed.deployment import Deployment
from a2i_cli.failures import CommandError
from a2i_core.names import flow_of_definition

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

_CLOCK_MARGIN = timedelta(hours=1)


@dataclass(frozen=True)
class FlowDefinition:
    """One flow definition in A2I; `current` if new reviews of its flow start on it."""

    flow: str
    name: str
    arn: str
    status: str
    current: bool
    created_at: datetime


def flow_definitions(deployment: Deployment, flow: str | None = None) -> list[FlowDefinition]:
    """Return the flow definitions of the stack, or of one of its flows, newest first.

    A flow that was removed from the stack counts as long as a retired definition of it exists.

    Raises:
        CommandError: there is none of that flow.
    """
    every = list(_of_stack(deployment))
    chosen = [definition for definition in every if flow in (None, definition.flow)]
    if flow is not None and not chosen:
        known = ", ".join(sorted({definition.flow for definition in every})) or "none"
        raise CommandError(
            f"stack {deployment.stack_name} has no flow definition of flow {flow!r}; it has those"
            f" of: {known}"
        )
    return chosen


def oldest_possible_pending(sagemaker: "SageMakerClient", definition_name: str) -> datetime | None:
    """Return the time before which no human loop of the definition can still be pending.

    A task ends when its availability and the time limit of a worker who holds it are over.  None
    where the definition does not state its availability.
    """
    definition = sagemaker.describe_flow_definition(FlowDefinitionName=definition_name)
    config = definition.get("HumanLoopConfig")
    if not config or "TaskAvailabilityLifetimeInSeconds" not in config:
        return None
    lifetime = timedelta(seconds=config["TaskAvailabilityLifetimeInSeconds"])
    time_limit = timedelta(seconds=config.get("TaskTimeLimitInSeconds", 3600))
    return datetime.now(UTC) - lifetime - time_limit - _CLOCK_MARGIN


def _of_stack(deployment: Deployment) -> Iterator[FlowDefinition]:
    """Pick the stack's by their names: A2I lists every flow definition of the account."""
    sagemaker = deployment.clients.sagemaker
    stack = deployment.stack_hash
    current = {known.flow_definition_arn for known in deployment.flows.values()}
    pages = sagemaker.get_paginator("list_flow_definitions").paginate(SortOrder="Descending")
    for page in pages:
        for summary in page["FlowDefinitionSummaries"]:
            made_for = flow_of_definition(summary["FlowDefinitionName"], stack)
            if made_for is not None:
                yield FlowDefinition(
                    flow=made_for,
                    name=summary["FlowDefinitionName"],
                    arn=summary["FlowDefinitionArn"],
                    status=summary["FlowDefinitionStatus"],
                    current=summary["FlowDefinitionArn"] in current,
                    created_at=summary["CreationTime"],
                )
