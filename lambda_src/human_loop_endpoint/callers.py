"""Callers that may use some flows only: IAM sees a call's path, and not the flow in its body."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Json

from a2i_core.human_loops.errors import AccessDeniedException
from a2i_core.human_loops.runtime_operations import RuntimeOperations

Operation = Callable[[Mapping[str, Any]], Mapping[str, Any]]


class Caller(BaseModel):
    """An IAM role, by its name, and the names of the flow definitions that it may use."""

    model_config = ConfigDict(frozen=True)

    role: str
    flows: frozenset[str]


class EndpointEnvironment(BaseModel):
    """Environment of the endpoint: roles that are limited. Default: none is."""

    model_config = ConfigDict(
        frozen=True,
        alias_generator=lambda field: f"A2I_{field.upper()}",
        populate_by_name=True,
    )

    callers: Json[tuple[Caller, ...]] = ()


def operations_for(
    user_arn: str | None, callers: tuple[Caller, ...], operations: RuntimeOperations
) -> dict[str, Operation]:
    """Return the operations by name, as the caller may use them.

    Each of them raises AccessDeniedException for a human loop or a flow definition that the
    caller's list lacks. A caller without a list may do what IAM allows.

    Args:
        user_arn: The caller, as IAM's authorizer names it; None where it does not.
        callers: Roles with a list.
        operations: What a caller without a list may use.
    """
    by_name: dict[str, Operation] = dict(operations.by_name())
    role = _role_of(user_arn or "")
    lists = [caller.flows for caller in callers if caller.role == role]
    if not lists:
        return by_name
    flows = frozenset().union(*lists)

    def limited(name: str) -> Operation:
        def run(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
            _require(flows, name, parameters, operations, user_arn)
            return by_name[name](parameters)

        return run

    return {name: limited(name) for name in by_name}


def _role_of(user_arn: str) -> str | None:
    """Return the name of the role of arn:aws:sts::<account>:assumed-role/<name>/<session>."""
    kind, _, rest = user_arn.rpartition(":")[2].partition("/")
    return rest.partition("/")[0] if kind == "assumed-role" else None


def _require(
    flows: frozenset[str],
    operation: str,
    parameters: Mapping[str, Any],
    operations: RuntimeOperations,
    user_arn: str | None,
) -> None:
    flow: str | None = parameters.get("FlowDefinitionArn")
    resource = flow
    if flow is None:
        loop = operations.describe(parameters)
        flow, resource = loop["FlowDefinitionArn"], loop["HumanLoopArn"]
    if str(flow).rpartition("/")[2] not in flows:
        raise AccessDeniedException(
            f"User: {user_arn} is not authorized to perform: sagemaker:{operation} on resource:"
            f" {resource} because no grant of the stack to this role names its flow"
        )
