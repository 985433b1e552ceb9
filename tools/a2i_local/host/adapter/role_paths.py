"""Lets IAM see the path in a role's ARN.

MiniStack asks for permission on `role/NAME`, whatever the role's path; AWS asks for the role's own
ARN, `role/PATH/NAME`. A policy for the roles below a path is refused otherwise.
"""

from typing import Any

from ministack.core import iam_actions
from ministack.services import iam


def authorize_role_paths() -> None:
    """Replace MiniStack's look-up of a request's resource by one that knows roles' own ARNs."""
    look_up = iam_actions.extract_resource_arn

    def resource_arn(*request: Any) -> str:
        found = str(look_up(*request))
        service = request[0]
        role = iam._roles.get(found.rpartition("/")[2]) if service == "iam" else None
        return str(role["Arn"]) if role and ":role/" in found else found

    iam_actions.extract_resource_arn = resource_arn
