"""Fails tasks that wait for a token when their function fails, as Step Functions does.

MiniStack drops the function's error, and such a task waits until its timeout.
"""

import contextvars
from typing import Any

from ministack.services import stepfunctions

_waiting: contextvars.ContextVar[str | None] = contextvars.ContextVar("waiting", default=None)


def fail_with_the_function() -> None:
    """Make a failed function fail the task that waits for its token."""
    wait, call = stepfunctions._invoke_with_callback, stepfunctions._call_lambda

    def wait_for_token(resource: str, task_input: Any, token: str, state: dict[str, Any]) -> Any:
        reset = _waiting.set(token)
        try:
            return wait(resource, task_input, token, state)
        finally:
            _waiting.reset(reset)

    def call_function(function: str, event: Any) -> Any:
        try:
            return call(function, event)
        except stepfunctions._ExecutionError as error:
            _fail_waiting_task(error)
            raise

    stepfunctions._invoke_with_callback = wait_for_token
    stepfunctions._call_lambda = call_function


def _fail_waiting_task(error: Any) -> None:
    """Answer as SendTaskFailure would, unless the function did so before it failed."""
    task = stepfunctions._task_tokens.get(_waiting.get())
    if task is None or task["event"].is_set():
        return
    task["error"] = {"Error": error.error, "Cause": error.cause}
    task["event"].set()
