"""The worker portal's API as a client sees it."""

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

REQUEST_TIMEOUT_SECONDS = 30
CONFLICT = 409


class PortalError(Exception):
    """The portal refused a request; the message is the portal's own."""


class SlotTakenError(PortalError):
    """Another reviewer holds the task (HTTP 409)."""


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
        """Take a slot of the task for `worker`.

        Raises:
            SlotTakenError: no slot is free.
        """
        self._call("POST", f"tasks/{task_id}/accept", {"worker": worker})

    def submit(self, task_id: str, worker: str, answer_content: dict[str, Any]) -> None:
        """Hand in the answer of `worker`."""
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


def _query(worker: str) -> str:
    return urllib.parse.urlencode({"worker": worker})
