"""A2I API calls of CloudFormation handlers: waiting, and safe to repeat."""

import time
from collections.abc import Callable
from typing import Any

from a2i_core.human_loops.errors import ServiceError
from a2i_local.host.adapter.resource_model import Existing, Properties, Wanted

Call = Callable[[str, dict[str, Any]], dict[str, Any]]

_STABLE_WITHIN_SECONDS = 120.0
_POLL_SECONDS = 0.05


class NotStable(Exception):  # noqa: N818 - CloudFormation shows it as the status reason
    """A resource did not reach the state that its handler waits for."""


class SageMakerCalls:
    """The A2I API of the stack's own account and region."""

    def __init__(self, call: Call) -> None:
        self.call = call

    def call_unless_gone(self, operation: str, request: dict[str, Any]) -> None:
        """Call, and be content when the resource does not exist."""
        try:
            self.call(operation, request)
        except ServiceError as error:
            if not _says_gone(error):
                raise

    def wait_until_gone(self, describe: str, request: dict[str, Any]) -> None:
        """Return once `describe` finds nothing; NotStable after two minutes."""
        deadline = time.monotonic() + _STABLE_WITHIN_SECONDS
        while time.monotonic() < deadline:
            try:
                self.call(describe, request)
            except ServiceError as error:
                if _says_gone(error):
                    return
                raise
            time.sleep(_POLL_SECONDS)
        raise NotStable(f"{describe} still finds {request} after it was deleted")

    def wait_until_active(self, name: str) -> dict[str, Any]:
        """Return the workforce once it is Active; NotStable when it fails."""
        deadline = time.monotonic() + _STABLE_WITHIN_SECONDS
        while True:
            found = self.call("DescribeWorkforce", {"WorkforceName": name})
            workforce: dict[str, Any] = found["Workforce"]
            if workforce["Status"] == "Active":
                return workforce
            if workforce["Status"] == "Failed" or time.monotonic() > deadline:
                reason = workforce.get("FailureReason", "it takes too long")
                raise NotStable(f"workforce {name} is {workforce['Status']}: {reason}")
            time.sleep(_POLL_SECONDS)

    def update_tags(self, existing: Existing, wanted: Wanted) -> None:
        """Make the resource's tags those of the template."""
        removed = _tag_keys(existing.properties) - _tag_keys(wanted.properties)
        if removed:
            self.call("DeleteTags", {"ResourceArn": existing.ref, "TagKeys": sorted(removed)})
        tags = wanted.properties.get("Tags")
        if tags:
            self.call("AddTags", {"ResourceArn": existing.ref, "Tags": tags})


def given(properties: Properties, *names: str) -> dict[str, Any]:
    """Return those of the named properties that the template sets."""
    return {name: properties[name] for name in names if name in properties}


def name_in(arn: str) -> str:
    """Return the resource's name, the last part of its ARN."""
    return arn.rsplit("/", 1)[-1]


def _tag_keys(properties: Properties) -> set[str]:
    return {tag["Key"] for tag in properties.get("Tags") or []}


def _says_gone(error: ServiceError) -> bool:
    if error.code == "ResourceNotFound":
        return True
    # The control plane reports a missing workforce or work team as a validation error.
    return error.code == "ValidationException" and error.message.startswith(
        ("No workforce", "The work team")
    )
