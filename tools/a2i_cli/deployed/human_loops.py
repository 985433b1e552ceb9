"""Human loops of flow definitions: listing, describing, waiting."""

import heapq
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from a2i_cli.deployed.deployment import Deployment
from a2i_cli.deployed.flow_definitions import FlowDefinition, oldest_possible_pending
from a2i_cli.failures import CommandError
from a2i_core.names import flow_of_definition
from a2i_core.statuses import OPEN_LOOP_STATUSES

if TYPE_CHECKING:
    from mypy_boto3_sagemaker_a2i_runtime import AugmentedAIRuntimeClient
    from mypy_boto3_sagemaker_a2i_runtime.type_defs import DescribeHumanLoopResponseTypeDef


_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 15.0


@dataclass(frozen=True)
class HumanLoop:
    """One human loop of a list."""

    name: str
    status: str
    created_at: datetime
    flow_definition_arn: str
    failure_reason: str | None

    def as_json(self) -> dict[str, Any]:
        """Return the fields under the names of A2I's events."""
        return {
            "humanLoopName": self.name,
            "humanLoopStatus": self.status,
            "creationTime": self.created_at,
            "flowDefinitionArn": self.flow_definition_arn,
            "failureReason": self.failure_reason,
        }


def list_loops(
    a2i: "AugmentedAIRuntimeClient",
    flow_definition_arn: str,
    *,
    created_after: datetime | None = None,
) -> Iterator[HumanLoop]:
    """Yield the human loops of one flow definition, newest first, page after page."""
    since = {} if created_after is None else {"CreationTimeAfter": created_after}
    pages = a2i.get_paginator("list_human_loops").paginate(
        FlowDefinitionArn=flow_definition_arn,
        SortOrder="Descending",
        PaginationConfig={"PageSize": 100},
        **since,
    )
    for page in pages:
        for summary in page["HumanLoopSummaries"]:
            yield HumanLoop(
                name=summary["HumanLoopName"],
                status=summary["HumanLoopStatus"],
                created_at=summary["CreationTime"],
                flow_definition_arn=summary["FlowDefinitionArn"],
                failure_reason=summary.get("FailureReason"),
            )


def list_loops_of_all(
    a2i: "AugmentedAIRuntimeClient", definitions: Iterable[FlowDefinition]
) -> Iterator[HumanLoop]:
    """Yield the human loops of several flow definitions, newest first over all of them."""
    lists = [list_loops(a2i, definition.arn) for definition in definitions]
    return heapq.merge(*lists, key=lambda loop: loop.created_at, reverse=True)


def pending_loops(deployment: Deployment, definition: FlowDefinition) -> Iterator[HumanLoop]:
    """Yield the human loops that a flow definition still has in progress or stopping.

    A2I cannot filter by status; loops too old to be pending are not asked for.
    """
    since = oldest_possible_pending(deployment.clients.sagemaker, definition.name)
    for loop in list_loops(deployment.clients.a2i, definition.arn, created_after=since):
        if loop.status in OPEN_LOOP_STATUSES:
            yield loop


def describe_loop_of_stack(deployment: Deployment, name: str) -> "DescribeHumanLoopResponseTypeDef":
    """Describe a human loop of this stack, so that no command changes one of another stack.

    Raises:
        CommandError: the loop belongs to a flow definition that the stack did not make.
    """
    loop = deployment.clients.a2i.describe_human_loop(HumanLoopName=name)
    definition = loop["FlowDefinitionArn"].rpartition("/")[2]
    if flow_of_definition(definition, deployment.stack_hash) is None:
        raise CommandError(
            f"human loop {name!r} belongs to flow definition {definition!r}, which stack"
            f" {deployment.stack_name} did not make: choose its stack with --stack"
        )
    return loop


def wait_until_final(
    a2i: "AugmentedAIRuntimeClient",
    names: Sequence[str],
    *,
    timeout_seconds: float | None,
    on_progress: Callable[[str], None],
    pause: Callable[[float], None] = time.sleep,
) -> dict[str, "DescribeHumanLoopResponseTypeDef"]:
    """Wait until each human loop completed, failed or stopped; return their descriptions.

    No timeout means as long as it takes.

    Raises:
        CommandError: the time was over first; the message names what was still open.
    """
    deadline = None if timeout_seconds is None else time.monotonic() + timeout_seconds
    final: dict[str, DescribeHumanLoopResponseTypeDef] = {}
    interval = _FIRST_PAUSE_SECONDS
    while True:
        for name in names:
            if name not in final:
                loop = a2i.describe_human_loop(HumanLoopName=name)
                if loop["HumanLoopStatus"] not in OPEN_LOOP_STATUSES:
                    final[name] = loop
        waiting = [name for name in names if name not in final]
        if not waiting:
            return final
        on_progress(f"{len(final)} of {len(names)} human loops are final")
        if deadline is not None and time.monotonic() + interval > deadline:
            raise CommandError(
                f"{len(waiting)} of {len(names)} human loops are not final after"
                f" {timeout_seconds:.0f} s: {', '.join(waiting)}: give more time with --timeout"
            )
        pause(interval)
        interval = min(interval * 1.5, _LONGEST_PAUSE_SECONDS)
