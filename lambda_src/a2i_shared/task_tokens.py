"""Answers to Step Functions tasks that wait for a review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from a2i_core.canonical_json import canonical_json
from a2i_shared.events import HumanReviewFinished
from a2i_shared.service_errors import code_of, is_transient
from a2i_shared.telemetry import logger

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

_NOBODY_WAITS = {"TaskTimedOut", "TaskDoesNotExist"}
"""The task was answered before, gave up waiting, or its execution is gone."""
_CAUSE_LIMIT = 32_768


@dataclass(frozen=True)
class TaskTokens:
    """Step Functions takes the first answer to a task and drops the others.

    An answer that can never be taken is logged and given up, so that it does not keep a review
    open; only transient errors are raised.
    """

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
            _raise_if_transient(error)

    def fail(self, task_token: str, *, error: str, cause: str) -> None:
        try:
            self.stepfunctions.send_task_failure(
                taskToken=task_token, error=error, cause=cause[:_CAUSE_LIMIT]
            )
        except ClientError as refused:
            _raise_if_transient(refused)


def _raise_if_transient(error: ClientError) -> None:
    if is_transient(error):
        raise error
    if code_of(error) not in _NOBODY_WAITS:
        logger.error("task cannot be answered", error=code_of(error))
