"""The portal's JSON API: translates between events of an HTTP API and a reviewer's tasks.

Errors are `{"error": {"code", "message"}}`, with the class's name as the code.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from a2i_core.human_loops.errors import ThrottlingException, WorkerTaskError
from a2i_core.human_loops.task_list import TaskQuery
from a2i_core.human_loops.view_keys import new_view_key
from a2i_shared.service_errors import is_throttling
from a2i_shared.telemetry import logger
from portal.own_answers import OwnAnswers
from portal.responses import Response, as_json, code_of
from portal.reviewer import Reviewer
from portal.task_views import document_path
from portal.worker_tasks import WorkerTasks

_TASK = re.compile(r"/api/tasks/(?P<task>[A-Za-z0-9-]{1,63})(?:/(?P<action>[a-z]+))?")
_ANSWERS = re.compile(r"/api/answers(?:/[A-Za-z0-9-]{1,63})?")
_REASON = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
MAX_COMMENT = 2_000
"""Characters of what a reviewer writes about a task."""


class InvalidRequestError(WorkerTaskError):
    """The request itself is wrong, whatever the task's state."""

    http_status: ClassVar[int] = HTTPStatus.BAD_REQUEST


class NotFoundError(WorkerTaskError):
    """The API has no such path, or not with this method."""

    http_status: ClassVar[int] = HTTPStatus.NOT_FOUND


class BusyError(WorkerTaskError):
    """Many reviewers are at the task, or in the portal: the same request can succeed at once."""

    http_status: ClassVar[int] = HTTPStatus.SERVICE_UNAVAILABLE


@dataclass(frozen=True)
class PortalApi:
    """The routes below /api."""

    tasks: WorkerTasks
    reviewer_of: Callable[[Mapping[str, Any]], Reviewer]

    def answer(self, event: Mapping[str, Any]) -> Response:
        """Answer one request."""
        try:
            return as_json(HTTPStatus.OK, self._result(event))
        except WorkerTaskError as error:
            return refused(error)
        except ThrottlingException:
            return refused(BusyError("others are at this task just now: try again"))
        except ClientError as error:
            if not is_throttling(error):
                raise
            return refused(BusyError("too much is asked of the portal just now: try again"))

    def _result(self, event: Mapping[str, Any]) -> dict[str, Any]:
        reviewer = self.reviewer_of(event)
        method, path = event["requestContext"]["http"]["method"], event["rawPath"]
        if (method, path) == ("GET", "/api/tasks"):
            query = TaskQuery.of(event.get("queryStringParameters") or {})
            page, waiting = self.tasks.page(reviewer, query)
            return page.to_json(waiting)
        if method == "GET" and (path == "/api/me" or _ANSWERS.fullmatch(path)):
            return self._own(path, reviewer)
        found = _TASK.fullmatch(path)
        action = found and _ACTIONS.get((method, found["action"]))
        if not found or not action:
            raise NotFoundError(f"the API has no {method} {path}")
        name, word = found["task"], f"{method} {found['action'] or 'task'}"
        try:
            result = action(self.tasks, name, reviewer, event)
        except WorkerTaskError as error:
            _note(name, reviewer, word, code_of(error))
            raise
        _note(name, reviewer, word, "done")
        return result

    def _own(self, path: str, reviewer: Reviewer) -> dict[str, Any]:
        answers = OwnAnswers(self.tasks.loops, self.tasks.clock)
        if path == "/api/me":
            return answers.me(reviewer)
        name = path.removeprefix("/api/answers").removeprefix("/")
        if not name:
            return {"answers": answers.list(reviewer)}
        shown = answers.show(name, reviewer)
        _note(name, reviewer, "GET answer", "done")
        return shown


def refused(error: WorkerTaskError) -> Response:
    return as_json(error.http_status, {"error": {"code": code_of(error), "message": error.message}})


def _show(
    tasks: WorkerTasks, name: str, reviewer: Reviewer, _: Mapping[str, Any]
) -> dict[str, Any]:
    """Only who holds the task gets a path to its document."""
    key = new_view_key()
    task = tasks.show(name, reviewer, view_key=key)
    if task["state"] != "accepted":
        return task
    return {**task, "documentPath": document_path(name, key)}


def _accept(
    tasks: WorkerTasks, name: str, reviewer: Reviewer, _: Mapping[str, Any]
) -> dict[str, Any]:
    key = new_view_key()
    task = tasks.accept(name, reviewer, view_key=key)
    return {**task.to_json(), "documentPath": document_path(name, key)}


def _release(
    tasks: WorkerTasks, name: str, reviewer: Reviewer, _: Mapping[str, Any]
) -> dict[str, Any]:
    return tasks.release(name, reviewer).to_json()


def _decline(
    tasks: WorkerTasks, name: str, reviewer: Reviewer, event: Mapping[str, Any]
) -> dict[str, Any]:
    body = _json_object(event)
    reason = body.get("reason")
    if not isinstance(reason, str) or not _REASON.fullmatch(reason):
        raise InvalidRequestError(
            "'reason' must be a code of up to 64 letters, digits and hyphens, such as Unreadable"
        )
    return tasks.decline(name, reviewer, reason, _comment(body)).to_json()


def _flag(
    tasks: WorkerTasks, name: str, reviewer: Reviewer, event: Mapping[str, Any]
) -> dict[str, Any]:
    comment = _comment(_json_object(event))
    if not comment.strip():
        raise InvalidRequestError("'comment' must say what is the matter with the task")
    tasks.flag(name, reviewer, comment)
    return {}


def _extend(
    tasks: WorkerTasks, name: str, reviewer: Reviewer, _: Mapping[str, Any]
) -> dict[str, Any]:
    return tasks.extend(name, reviewer).to_json()


def _submit(
    tasks: WorkerTasks, name: str, reviewer: Reviewer, event: Mapping[str, Any]
) -> dict[str, Any]:
    return tasks.submit(name, reviewer, _answer(event)).to_json()


def _undo(
    tasks: WorkerTasks, name: str, reviewer: Reviewer, _: Mapping[str, Any]
) -> dict[str, Any]:
    return tasks.undo(name, reviewer).to_json()


def _read_draft(
    tasks: WorkerTasks, name: str, reviewer: Reviewer, _: Mapping[str, Any]
) -> dict[str, Any]:
    return {"answerContent": tasks.read_draft(name, reviewer)}


def _write_draft(
    tasks: WorkerTasks, name: str, reviewer: Reviewer, event: Mapping[str, Any]
) -> dict[str, Any]:
    tasks.write_draft(name, reviewer, _answer(event))
    return {}


_ACTIONS = {
    ("GET", None): _show,
    ("POST", "accept"): _accept,
    ("POST", "release"): _release,
    ("POST", "decline"): _decline,
    ("POST", "extend"): _extend,
    ("POST", "flag"): _flag,
    ("POST", "submit"): _submit,
    ("POST", "undo"): _undo,
    ("GET", "draft"): _read_draft,
    ("PUT", "draft"): _write_draft,
}


def _comment(body: Mapping[str, Any]) -> str:
    comment = body.get("comment", "")
    if not isinstance(comment, str) or len(comment) > MAX_COMMENT:
        raise InvalidRequestError(f"'comment' must be a text of up to {MAX_COMMENT} characters")
    return comment


def _answer(event: Mapping[str, Any]) -> dict[str, Any]:
    answer = _json_object(event).get("answerContent")
    if not isinstance(answer, dict):
        raise InvalidRequestError("'answerContent' must be a JSON object with the answers")
    return answer


def _json_object(event: Mapping[str, Any]) -> dict[str, Any]:
    text: str | bytes = event.get("body") or ""
    try:
        if event.get("isBase64Encoded"):
            text = base64.b64decode(text)
        body = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidRequestError("the body is not JSON") from error
    if not isinstance(body, dict):
        raise InvalidRequestError("the body must be a JSON object")
    return body


def _note(name: str, reviewer: Reviewer, action: str, outcome: str) -> None:
    """Who did what when, for audits; never the content."""
    logger.info(
        "worker action",
        human_loop_name=name,
        sub=reviewer.worker.sub,
        action=action,
        outcome=outcome,
    )
