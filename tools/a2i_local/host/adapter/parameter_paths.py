"""Lets IAM see the path that `GetParametersByPath` names.

MiniStack asks for permission on every parameter; AWS asks for the path, as
`arn:aws:ssm:REGION:ACCOUNT:parameter/PATH`. A least-privilege policy is refused otherwise.
"""

import json
from typing import Any

from ministack.core import iam_actions

_TARGET = "AmazonSSM.GetParametersByPath"


def authorize_parameter_paths() -> None:
    """Replace MiniStack's look-up of a request's resource by one that knows this operation."""
    look_up = iam_actions.extract_resource_arn

    def resource_arn(*request: Any) -> str:
        service, _method, _path, headers, body, _query, region, account = request
        if service != "ssm" or headers.get("x-amz-target") != _TARGET:
            return str(look_up(*request))
        named = json.loads(body or b"{}").get("Path", "/").strip("/")
        return f"arn:aws:ssm:{region}:{account}:parameter/{named}"

    iam_actions.extract_resource_arn = resource_arn
