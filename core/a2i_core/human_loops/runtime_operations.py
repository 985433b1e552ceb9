"""The runtime API: start, describe, list, stop and delete human loops.

Parameters have the shape of the API's own; a member that is None is left out of the response.
"""

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from a2i_core.human_loops import transitions
from a2i_core.human_loops.errors import ConflictException, ResourceNotFoundException
from a2i_core.human_loops.human_loop import HumanLoop
from a2i_core.human_loops.input_content import json_object
from a2i_core.human_loops.loop_store import LoopStore
from a2i_core.human_loops.scope import Scope
from a2i_core.names import REVIEW_ID

Parameters = Mapping[str, Any]
Result = dict[str, Any]


def _random_id(_name: str) -> str:
    return uuid.uuid4().hex


@dataclass(frozen=True, slots=True)
class RuntimeOperations:
    """The five operations over the loops of one account and region."""

    store: LoopStore
    scope: Scope
    now: Callable[[], datetime]
    rendering: timedelta = timedelta(0)
    """From StartHumanLoop to the task in the portal."""
    stopping: timedelta = timedelta(0)
    """How long at least a stopped loop is in Stopping."""
    task_id: Callable[[str], str] = _random_id
    """Makes the id of a loop's task from the loop's name."""

    def by_name(self) -> dict[str, Callable[[Parameters], Result]]:
        """Return the operations by the names that the API gives them."""
        return {
            "StartHumanLoop": self.start,
            "DescribeHumanLoop": self.describe,
            "ListHumanLoops": self.list_human_loops,
            "StopHumanLoop": self.stop,
            "DeleteHumanLoop": self.delete,
        }

    def start(self, parameters: Parameters) -> Result:
        """StartHumanLoop; the same request again is answered with the loop that there is.

        `ReviewId`, which the API does not have, names the loop's review to workers.
        """
        input_content = parameters["HumanLoopInput"]["InputContent"]
        json_object(input_content, "InputContent")
        loop = transitions.start(
            self.store.flow(parameters["FlowDefinitionArn"]),
            scope=self.scope,
            name=parameters["HumanLoopName"],
            task_id=self.task_id(parameters["HumanLoopName"]),
            request_digest=_digest(parameters),
            now=self.now(),
            rendering=self.rendering,
            review_id=parameters.get(REVIEW_ID),
        )
        existing = self.store.add(loop, input_content)
        if existing is not None and existing.request_digest != loop.request_digest:
            raise ConflictException(
                f"A human loop named {existing.name} exists with other input: two human loops"
                " cannot have the same name and different input"
            )
        return {"HumanLoopArn": loop.arn}

    def describe(self, parameters: Parameters) -> Result:
        """DescribeHumanLoop; the place of output.json is told before anything is there."""
        loop = self._existing(parameters["HumanLoopName"])
        return {
            "CreationTime": loop.created_at,
            "FailureReason": loop.failure_reason,
            "FailureCode": loop.failure_code and loop.failure_code.value,
            "HumanLoopStatus": loop.status.value,
            "HumanLoopName": loop.name,
            "HumanLoopArn": loop.arn,
            "FlowDefinitionArn": loop.flow_definition_arn,
            "HumanLoopOutput": {"OutputS3Uri": loop.output_uri},
        }

    def list_human_loops(self, parameters: Parameters) -> Result:
        """ListHumanLoops."""
        page = self.store.page(parameters["FlowDefinitionArn"], parameters)
        return {
            "HumanLoopSummaries": [_summary(loop) for loop in page.loops],
            "NextToken": page.next_token,
        }

    def stop(self, parameters: Parameters) -> Result:
        """StopHumanLoop; who holds the task may still answer it."""
        stopping = partial(transitions.stop, now=self.now(), stopping=self.stopping)
        self.store.change(parameters["HumanLoopName"], stopping)
        return {}

    def delete(self, parameters: Parameters) -> Result:
        """DeleteHumanLoop."""
        loop = self._existing(parameters["HumanLoopName"])
        transitions.require_deletable(loop)
        self.store.remove(loop)
        return {}

    def _existing(self, name: str) -> HumanLoop:
        loop = self.store.find(name)
        if loop is None:
            raise no_such_loop(self.scope, name)
        return loop


def no_such_loop(scope: Scope, name: str) -> ResourceNotFoundException:
    """Return the error about a name that no loop has."""
    return ResourceNotFoundException(
        f"The human loop {scope.arn('human-loop', name)} does not exist"
    )


def _digest(parameters: Parameters) -> str:
    """Return what makes two requests of one name the same request."""
    names = {"HumanLoopName", REVIEW_ID}
    request = {key: value for key, value in parameters.items() if key not in names}
    return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()


def _summary(loop: HumanLoop) -> Result:
    return {
        "HumanLoopName": loop.name,
        "HumanLoopStatus": loop.status.value,
        "CreationTime": loop.created_at,
        "FailureReason": loop.failure_reason,
        "FlowDefinitionArn": loop.flow_definition_arn,
    }
