"""Starting human loops, so that repeating a start never makes a second loop."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as AwsConnectionError

from a2i_core.names import REVIEW_ID
from a2i_shared.errors import HumanLoopRefusedError, StartDelayedError
from a2i_shared.service_errors import code_of, is_transient

if TYPE_CHECKING:
    from mypy_boto3_sagemaker_a2i_runtime import AugmentedAIRuntimeClient
    from mypy_boto3_sagemaker_a2i_runtime.type_defs import StartHumanLoopRequestTypeDef

    from starter.flows import Flow

_FIRST_WAIT_SECONDS = 0.2
_LONGEST_WAIT_SECONDS = 8.0

Answer = TypeVar("Answer")
Deadline = Callable[[], float]
"""Seconds in which another call can begin."""


@dataclass(frozen=True)
class HumanLoop:
    arn: str
    flow_definition_arn: str


@dataclass(frozen=True)
class HumanLoops:
    """Human loops of the stack's reviews.

    `keeps_review_ids`: whether a loop is given its review's id, which A2I has no place for.
    """

    a2i_runtime: AugmentedAIRuntimeClient
    keeps_review_ids: bool = False
    sleep: Callable[[float], None] = time.sleep

    def find(self, name: str, seconds_left: Deadline) -> HumanLoop | None:
        try:
            loop = self._patiently(
                lambda: self.a2i_runtime.describe_human_loop(HumanLoopName=name), seconds_left
            )
        except ClientError as error:
            if code_of(error) == "ResourceNotFoundException":
                return None
            raise StartDelayedError(
                f"whether human loop {name} exists cannot be found out: {code_of(error)}"
            ) from error
        return HumanLoop(loop["HumanLoopArn"], loop["FlowDefinitionArn"])

    def start(
        self,
        name: str,
        *,
        review_id: str,
        flow: Flow,
        input_content: str,
        seconds_left: Deadline,
    ) -> HumanLoop:
        """Start a loop, or take the one that an earlier attempt with the same input started.

        Raises StartDelayedError when time is over before throttling, a quota or a fault of the
        service is, and where the flow definition takes no loops; HumanLoopRefusedError for what
        waiting does not change.
        """
        request: Any = _request(name, flow, input_content)
        if self.keeps_review_ids:
            request = {**request, REVIEW_ID: review_id}
        try:
            started = self._patiently(
                lambda: self.a2i_runtime.start_human_loop(**request), seconds_left
            )
        except ClientError as error:
            if _is_replaced(flow, error):
                raise StartDelayedError(
                    f"{flow.flow_definition_arn} takes no human loops: {code_of(error)}"
                ) from error
            # An earlier call may have started the loop although its response was lost.
            existing = self.find(name, seconds_left)
            if existing is None:
                raise _refused(name, error) from error
            return existing
        return HumanLoop(started["HumanLoopArn"], flow.flow_definition_arn)

    def _patiently(self, call: Callable[[], Answer], seconds_left: Deadline) -> Answer:
        """Repeat with exponential waits under full jitter while there is time."""
        ceiling = _FIRST_WAIT_SECONDS
        while True:
            if seconds_left() < 0:
                raise StartDelayedError("no time is left to call Amazon A2I")
            try:
                return call()
            except (ClientError, AwsConnectionError, HTTPClientError) as error:
                if isinstance(error, ClientError) and not is_transient(error):
                    raise
                wait = random.uniform(0, ceiling)  # noqa: S311  # spreads load, guards nothing
                if wait >= seconds_left():
                    raise StartDelayedError(f"Amazon A2I is busy: {_reason(error)}") from error
            self.sleep(wait)
            ceiling = min(ceiling * 2, _LONGEST_WAIT_SECONDS)


def _request(name: str, flow: Flow, input_content: str) -> StartHumanLoopRequestTypeDef:
    return {
        "HumanLoopName": name,
        "FlowDefinitionArn": flow.flow_definition_arn,
        "HumanLoopInput": {"InputContent": input_content},
    }


def _is_replaced(flow: Flow, error: ClientError) -> bool:
    """Whether an update has just taken the flow definition, or its task UI, away.

    What runs while a deployment ends knows the former one; the next execution environment reads the
    registry anew. What A2I answers here is not documented, so its words have to tell.
    """
    said = error.response["Error"].get("Message", "")
    names_part = flow.flow_definition_arn in said or ":human-task-ui/" in said
    return names_part and code_of(error) in {"ResourceNotFoundException", "ValidationException"}


def _reason(error: Exception) -> str:
    return code_of(error) if isinstance(error, ClientError) else type(error).__name__


def _refused(name: str, error: ClientError) -> HumanLoopRefusedError:
    """Leave out the service's message, which can quote the input, but for the field it names."""
    field = re.search(r"at '([A-Za-z.]{1,80})'", error.response["Error"].get("Message", ""))
    place = f" at {field[1]}" if field else ""
    return HumanLoopRefusedError(
        f"Amazon A2I refused human loop {name} with {code_of(error)}{place}"
    )
