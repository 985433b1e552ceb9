"""Corrections of the resources that MiniStack's IAM authorizes: role paths, parameter paths."""

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
