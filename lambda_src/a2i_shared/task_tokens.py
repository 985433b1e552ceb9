"""Answers to Step Functions tasks that wait for a review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from a2i_core.canonical_json import canonical_json
from a2i_shared.events import HumanReviewFinished

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

# The task was answered before, gave up waiting, or its execution is gone: nobody waits any more.
_NOBODY_WAITS = {"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"}
_CAUSE_LIMIT = 32_768


@dataclass(frozen=True)
class TaskTokens:
    """Repeating an answer does no harm: Step Functions takes the first and the rest are dropped."""

    stepfunctions: SFNClient

    def answer_finished(self, task_token: str, finished: HumanReviewFinished) -> None:
        """Succeed for a completed review; else fail with `HumanReview<Status>` to catch on."""
        if finished.status == "Completed":
            output = {"decision": "ReviewFinished", **finished.model_dump(by_alias=True)}
            self.succeed(task_token, output)
        else:
            cause = canonical_json(finished.model_dump(by_alias=True))
            self.fail(task_token, error=f"HumanReview{finished.status}", cause=cause)

    def succeed(self, task_token: str, output: Mapping[str, Any]) -> None:
        try:
            self.stepfunctions.send_task_success(
                taskToken=task_token, output=canonical_json(output)
            )
        except ClientError as error:
            _raise_unless_nobody_waits(error)

    def fail(self, task_token: str, *, error: str, cause: str) -> None:
        try:
            self.stepfunctions.send_task_failure(
                taskToken=task_token, error=error, cause=cause[:_CAUSE_LIMIT]
            )
        except ClientError as refused:
            _raise_unless_nobody_waits(refused)


def _raise_unless_nobody_waits(error: ClientError) -> None:
    if error.response["Error"]["Code"] not in _NOBODY_WAITS:
        raise error
