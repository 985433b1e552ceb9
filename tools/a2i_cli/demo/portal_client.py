"""Client of the worker portal's API, and reviewers who answer open tasks through it."""

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Answer = Callable[[str], dict[str, Any]]
"""Makes the answer content of a task from its rendered page."""

REQUEST_TIMEOUT_SECONDS = 30
CONFLICT = 409


class PortalError(Exception):
    """The portal refused a request; the message is the portal's own."""


class SlotTakenError(PortalError):
    """Another reviewer holds the task (HTTP 409)."""


class Portal(Protocol):
    """Tasks of reviewers, wherever they are kept."""

    url: str

    def tasks(self, worker: str) -> list[dict[str, Any]]:
        """List the tasks that `worker` may see, oldest first."""

    def task(self, task_id: str, worker: str) -> dict[str, Any]:
        """Return a task with its rendered HTML under `html`."""

    def accept(self, task_id: str, worker: str) -> None:
        """Accept the task for `worker`. SlotTakenError: no slot is free."""

    def submit(self, task_id: str, worker: str, answer_content: dict[str, Any]) -> None:
        """Submit the answer of `worker`."""


class PortalClient:
    """Calls the portal's API on behalf of workers.

    `url` is A2I_PORTAL_URL; it ends in `/_a2i/portal`.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._api = url.removesuffix("/portal") + "/api"

    def tasks(self, worker: str) -> list[dict[str, Any]]:
        """List the tasks that `worker` may see, oldest first."""
        tasks: list[dict[str, Any]] = self._call("GET", f"tasks?{_query(worker)}")["tasks"]
        return tasks

    def task(self, task_id: str, worker: str) -> dict[str, Any]:
        """Return a task with its rendered HTML under `html`."""
        return self._call("GET", f"tasks/{task_id}?{_query(worker)}")

    def accept(self, task_id: str, worker: str) -> None:
        """Accept the task for `worker`, which occupies a slot.

        Raises:
            SlotTakenError: no slot is free.
        """
        self._call("POST", f"tasks/{task_id}/accept", {"worker": worker})

    def submit(self, task_id: str, worker: str, answer_content: dict[str, Any]) -> None:
        """Submit the answer of `worker`."""
        body = {"worker": worker, "answerContent": answer_content}
        self._call("POST", f"tasks/{task_id}/submit", body)

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        request = urllib.request.Request(  # noqa: S310 - the URL is the local portal's
            f"{self._api}/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=REQUEST_TIMEOUT_SECONDS) as response:  # noqa: S310
                answer: dict[str, Any] = json.load(response)
                return answer
        except urllib.error.HTTPError as error:
            kind = SlotTakenError if error.code == CONFLICT else PortalError
            raise kind(f"{method} {path}: {error.code} {error.read().decode()}") from error


@dataclass(frozen=True)
class Answered:
    """Answer that a reviewer gave."""

    worker: str
    human_loop_name: str


def answer_open_tasks(
    portal: Portal,
    workers: Sequence[str],
    *,
    expected: int,
    answer: Answer,
    timeout_seconds: float = 60,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[Answered]:
    """Answer tasks as each worker in turn until `expected` are answered; yield each answer.

    Raises:
        TimeoutError: fewer tasks than expected came up in time.
    """
    answered = 0
    deadline = time.monotonic() + timeout_seconds
    while answered < expected:
        if time.monotonic() > deadline:
            raise TimeoutError(
                f"{answered} of {expected} tasks were answered within {timeout_seconds:.0f} s; "
                f"look at {portal.url} for the ones that are open"
            )
        progress = [given for worker in workers for given in _answer_next(portal, worker, answer)]
        answered += len(progress)
        yield from progress
        if not progress:
            pause(0.2)


def _answer_next(portal: Portal, worker: str, answer: Answer) -> Iterator[Answered]:
    """Answer the first task that is free for `worker`, if there is one."""
    for task in portal.tasks(worker):
        if task["state"] != "available":
            continue
        try:
            portal.accept(task["id"], worker)
        except SlotTakenError:
            continue
        page = portal.task(task["id"], worker)
        portal.submit(task["id"], worker, answer(page["html"]))
        yield Answered(worker, task["humanLoopName"])
        return


def _query(worker: str) -> str:
    return urllib.parse.urlencode({"worker": worker})
