"""The execution roles that a stack makes for its flow definitions, and nobody else's.

Such a role outlives its resource in the template for as long as a retired flow definition writes
answers with it. Its IAM path, `/a2i/<stack hash>/`, says whose it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from a2i_core.names import stack_hash
from a2i_shared.flow_definitions.refusals import code, explained

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

_ABSENT = "NoSuchEntity"


@dataclass(frozen=True)
class FlowRoles:
    """Every method raises what `explained` does."""

    iam: IAMClient
    stack_id: str

    @property
    def path(self) -> str:
        return f"/a2i/{stack_hash(self.stack_id)}/"

    def all(self) -> Iterator[str]:
        """ARNs of the roles that were made for this stack's flow definitions."""
        with explained(f"listing the roles below {self.path}"):
            pages = self.iam.get_paginator("list_roles").paginate(PathPrefix=self.path)
            for page in pages:
                for role in page["Roles"]:
                    yield role["Arn"]

    def owns(self, role_arn: str) -> bool:
        return f":role{self.path}" in role_arn

    def delete(self, role_arn: str) -> bool:
        """Delete a role with its policies; False when it is gone, or was not made for a flow."""
        if not self.owns(role_arn):
            return False
        name = role_arn.rpartition("/")[2]
        with explained(f"deleting role {name}"):
            try:
                self._strip(name)
                self.iam.delete_role(RoleName=name)
            except ClientError as error:
                if code(error) == _ABSENT:
                    return False
                raise
        return True

    def _strip(self, name: str) -> None:
        """IAM deletes no role that still has policies."""
        for policy in self.iam.list_role_policies(RoleName=name)["PolicyNames"]:
            self.iam.delete_role_policy(RoleName=name, PolicyName=policy)
        for attached in self.iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
            self.iam.detach_role_policy(RoleName=name, PolicyArn=attached["PolicyArn"])
