"""Corrections of what MiniStack's IAM authorizes on: role paths, parameter paths, event sources."""

import json
from typing import Any

from ministack.core import iam_actions
from ministack.services import iam


def authorize_role_paths() -> None:
    """Authorize on a role's own ARN, `role/PATH/NAME`.

    MiniStack authorizes on `role/NAME`, so a policy for the roles below a path is refused.
    """
    look_up = iam_actions.extract_resource_arn

    def resource_arn(*request: Any) -> str:
        found = str(look_up(*request))
        service = request[0]
        role = iam._roles.get(found.rpartition("/")[2]) if service == "iam" else None
        return str(role["Arn"]) if role and ":role/" in found else found

    iam_actions.extract_resource_arn = resource_arn


_TARGET = "AmazonSSM.GetParametersByPath"


def authorize_parameter_paths() -> None:
    """Authorize `GetParametersByPath` on the path, `arn:aws:ssm:REGION:ACCOUNT:parameter/PATH`.

    MiniStack authorizes on every parameter, so a least-privilege policy is refused.
    """
    look_up = iam_actions.extract_resource_arn

    def resource_arn(*request: Any) -> str:
        service, _method, _path, headers, body, _query, region, account = request
        if service != "ssm" or headers.get("x-amz-target") != _TARGET:
            return str(look_up(*request))
        named = json.loads(body or b"{}").get("Path", "/").strip("/")
        return f"arn:aws:ssm:{region}:{account}:parameter/{named}"

    iam_actions.extract_resource_arn = resource_arn


def authorize_event_sources() -> None:
    """Give `PutEvents` the condition key `events:source`, without which such a policy allows none.

    Entries of several sources in one call are one value each.
    """
    look_up = iam_actions.request_tag_context

    def context(service: str, iam_action: str, body: bytes, parameters: Any) -> dict[str, Any]:
        found: dict[str, Any] = look_up(service, iam_action, body, parameters)
        if iam_action != "events:PutEvents":
            return found
        entries = json.loads(body or b"{}").get("Entries", [])
        sources = sorted({str(entry.get("Source", "")) for entry in entries})
        return {**found, "events:source": sources[0] if len(sources) == 1 else sources}

    iam_actions.request_tag_context = context
