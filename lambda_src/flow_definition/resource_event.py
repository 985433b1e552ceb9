"""Event that the CDK Provider framework sends, and the answers to it.

The framework hands everything that `on_event` returned to `is_complete` beside the request, so the
time of the first attempt travels in the event and bounds the waiting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from a2i_core.names import stack_hash
from a2i_shared.clock import timestamp
from a2i_shared.flow_definitions.properties import FlowDefinitionProperties

RequestType = Literal["Create", "Update", "Delete"]


@dataclass(frozen=True)
class ResourceEvent:
    request_type: RequestType
    stack_id: str
    logical_id: str
    physical_id: str | None
    resource_properties: dict[str, Any]
    former_tag_keys: frozenset[str]
    first_attempt_at: datetime | None

    @classmethod
    def parse(cls, event: Mapping[str, Any]) -> ResourceEvent:
        first_attempt_at = event.get("FirstAttemptAt")
        former_tags = event.get("OldResourceProperties", {}).get("Tags", [])
        return cls(
            request_type=event["RequestType"],
            stack_id=event["StackId"],
            logical_id=event["LogicalResourceId"],
            physical_id=event.get("PhysicalResourceId"),
            resource_properties=event["ResourceProperties"],
            former_tag_keys=frozenset(tag["Key"] for tag in former_tags),
            first_attempt_at=datetime.fromisoformat(first_attempt_at) if first_attempt_at else None,
        )

    def properties(self) -> FlowDefinitionProperties:
        return FlowDefinitionProperties.parse(self.resource_properties)

    def require_physical_id(self) -> str:
        if self.physical_id is None:
            raise AssertionError(f"{self.request_type} comes with a physical id here")
        return self.physical_id

    def waited(self, now: datetime) -> timedelta:
        """Time since `on_event` took the request."""
        return now - (self.first_attempt_at or now)

    def is_ours(self, name: str) -> bool:
        """Whether this stack can have made a flow definition called `name`.

        The framework makes up a physical id for a creation that failed before it had a name.
        """
        return f"-{stack_hash(self.stack_id)}-" in name


def accepted(name: str, at: datetime) -> dict[str, Any]:
    return {"PhysicalResourceId": name, "FirstAttemptAt": timestamp(at)}


def complete(data: Mapping[str, str] | None = None) -> dict[str, Any]:
    return {"IsComplete": True, "Data": dict(data)} if data else {"IsComplete": True}


INCOMPLETE: Mapping[str, Any] = {"IsComplete": False}
