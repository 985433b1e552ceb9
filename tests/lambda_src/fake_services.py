"""EventBridge and Step Functions as the functions see them, in memory."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from tests.lambda_src.service_errors import service_error


@dataclass
class FakeEventBridge:
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Detail type and detail of each event that was taken."""
    failed_entries: int = 0
    """How many of the next entries are refused, as EventBridge does: with HTTP 200."""

    def put_events(self, **parameters: Any) -> dict[str, Any]:
        if self.failed_entries:
            self.failed_entries -= 1
            return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}
        for entry in parameters["Entries"]:
            if entry["Source"].startswith("aws."):
                raise service_error("NotAuthorizedForSourceException", operation="PutEvents")
            self.events.append((entry["DetailType"], json.loads(entry["Detail"])))
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "e"}]}

    def details(self, detail_type: str) -> list[dict[str, Any]]:
        return [detail for kind, detail in self.events if kind == detail_type]


@dataclass
class FakeStepFunctions:
    """A token is good for one answer; afterwards its task no longer waits."""

    waiting: set[str] = field(default_factory=set)
    succeeded: dict[str, dict[str, Any]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    causes: list[str] = field(default_factory=list)
    error: str | None = None
    """The code that every answer fails with."""

    def send_task_success(self, **parameters: str) -> None:
        self._take(parameters["taskToken"])
        self.succeeded[parameters["taskToken"]] = json.loads(parameters["output"])

    def send_task_failure(self, **parameters: str) -> None:
        self._take(parameters["taskToken"])
        self.failed[parameters["taskToken"]] = parameters["error"]
        self.causes.append(parameters["cause"])

    def _take(self, token: str) -> None:
        if self.error is not None:
            raise service_error(self.error, operation="SendTask")
        if token not in self.waiting:
            raise service_error("TaskTimedOut", operation="SendTask")
        self.waiting.remove(token)
