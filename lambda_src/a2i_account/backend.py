"""Clients of a stack's human loops, in A2I or in the account, that its functions use.

Environment: A2I_BACKEND (`a2i`, the default, or `account`); for `account` A2I_STACK_ID,
A2I_HUMAN_LOOPS_TABLE, A2I_HUMAN_LOOPS_BUCKET; A2I_DRAINED_BACKENDS, whose loops and flow
definitions are served until they have ended.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Literal, cast

from pydantic import BaseModel, ConfigDict

from a2i_account.drained import FirstThenDrained
from a2i_shared import aws_clients
from a2i_shared.clock import now
from a2i_shared.environment import read_environment

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_sagemaker_a2i_runtime import AugmentedAIRuntimeClient

    from a2i_account.dynamodb_loops import DynamoDbLoops
    from a2i_core.human_loops.runtime_operations import RuntimeOperations

Backend = Literal["a2i", "account"]


class BackendEnvironment(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        alias_generator=lambda field: f"A2I_{field.upper()}",
        populate_by_name=True,
    )

    backend: Backend = "a2i"
    drained_backends: str = ""


class HumanLoopsEnvironment(BaseModel):
    model_config = BackendEnvironment.model_config

    stack_id: str
    human_loops_table: str
    human_loops_bucket: str


@cache
def a2i_runtime() -> AugmentedAIRuntimeClient:
    """Client of the human loops."""
    client: AugmentedAIRuntimeClient = _client(partial(_runtime, single_attempt=False))
    return client


@cache
def a2i_runtime_single_attempt() -> AugmentedAIRuntimeClient:
    """For a caller that repeats by itself, within its remaining time."""
    client: AugmentedAIRuntimeClient = _client(partial(_runtime, single_attempt=True))
    return client


def keeps_review_ids() -> bool:
    """Whether human loops are started with the ids of their reviews."""
    return read_environment(BackendEnvironment).backend == "account"


@cache
def sagemaker() -> SageMakerClient:
    """Client of the flow definitions, those of drained backends too."""
    client: SageMakerClient = _client(sagemaker_of)
    return client


def sagemaker_of(backend: Backend) -> SageMakerClient:
    """Client of one backend's flow definitions."""
    if backend == "a2i":
        return aws_clients.sagemaker()
    from a2i_account.flow_definitions import AccountFlowDefinitions  # noqa: PLC0415  # see there

    store = loops()
    return cast("SageMakerClient", AccountFlowDefinitions(store.definitions, store))


@cache
def loops() -> DynamoDbLoops:
    """The human loops of the account."""
    # Only the account's functions pay for these imports.
    from a2i_account.definitions import Definitions  # noqa: PLC0415
    from a2i_account.dynamodb_loops import DynamoDbLoops  # noqa: PLC0415
    from a2i_account.loop_contents import LoopContents  # noqa: PLC0415
    from a2i_core.human_loops.scope import Scope  # noqa: PLC0415

    environment = read_environment(HumanLoopsEnvironment)
    _, _, _, region, account, _ = environment.stack_id.split(":", 5)
    scope = Scope(account, region)
    dynamodb, table = aws_clients.dynamodb(), environment.human_loops_table
    return DynamoDbLoops(
        dynamodb,
        table,
        scope,
        Definitions(dynamodb, table, scope),
        LoopContents(aws_clients.s3(), environment.human_loops_bucket),
    )


@cache
def operations() -> RuntimeOperations:
    """The runtime API over the human loops of the account."""
    from a2i_core.human_loops.runtime_operations import RuntimeOperations  # noqa: PLC0415

    store = loops()
    return RuntimeOperations(store, store.scope, now=now_in_milliseconds, task_id=_task_id)


def now_in_milliseconds() -> datetime:
    """The moment as a loop keeps it."""
    from a2i_core.human_loops.instants import to_milliseconds  # noqa: PLC0415

    return to_milliseconds(now())


def _task_id(name: str) -> str:
    """A task has its loop's name: that is how the portal finds the loop."""
    return name


def _runtime(backend: Backend, *, single_attempt: bool) -> Any:
    if backend == "a2i":
        if single_attempt:
            return aws_clients.a2i_runtime_single_attempt()
        return aws_clients.a2i_runtime()
    from a2i_account.runtime import AccountRuntime  # noqa: PLC0415

    return AccountRuntime(operations())


def _client(of: Any) -> Any:
    environment = read_environment(BackendEnvironment)
    drained = [name for name in environment.drained_backends.split(",") if name]
    if not drained:
        return of(environment.backend)
    return FirstThenDrained(of(environment.backend), tuple(of(name) for name in drained))
