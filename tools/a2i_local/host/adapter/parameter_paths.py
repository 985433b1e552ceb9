"""Lets IAM see the path that `GetParametersByPath` names.

MiniStack asks for permission on every parameter; AWS asks for the path, as
`arn:aws:ssm:REGION:ACCOUNT:parameter/PATH`. A least-privilege policy is refused otherwise.
"""

import json
from typing import Any

from ministack.core import iam_actions

_TARGET = "AmazonSSM.GetParametersByPath"
_ministack_resource = iam_actions.extract_resource_arn


def authorize_parameter_paths() -> None:
    """Replace MiniStack's look-up by one that knows this operation."""
    iam_actions.extract_resource_arn = _resource_arn


def _resource_arn(
    service: str,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes,
    query_params: dict[str, Any],
    region: str,
    account_id: str,
) -> str:
    if service == "ssm" and headers.get("x-amz-target") == _TARGET:
        named = json.loads(body or b"{}").get("Path", "/").strip("/")
        return f"arn:aws:ssm:{region}:{account_id}:parameter/{named}"
    found: str = _ministack_resource(
        service, method, path, headers, body, query_params, region, account_id
    )
    return found
