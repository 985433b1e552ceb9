"""A FlowStack whose template also defines the flow's role, which CloudFormation retains.

A variant of the role stands for other permissions: it replaces the role, under a name of its own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

from tests.lambda_src.flow_stack import FlowStack, ResourceFailed
from tests.lambda_src.local_clients import iam_client

ROLE_PATH = "/a2i/0a1b2c3d/"
FOREIGN_ROLE = "/a2i/99999999/0123456789/foreign"
_TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "sagemaker.amazonaws.com"},
            "Action": "sts:AssumeRole",
        },
    }
)


@dataclass(frozen=True)
class Template:
    title: str
    task_count: int
    role: str


class RetainingStack(FlowStack):
    """The stack, with the guard in front of its destruction."""

    def __init__(self) -> None:
        super().__init__()
        self.poll = timedelta(minutes=1)  # seldom, since lives wait for hours
        self._numbers = count(1)
        self._role: tuple[str, str] | None = None
        self._make_role(FOREIGN_ROLE)

    def apply(self, template: Template) -> None:
        """Create or update the stack; raises ResourceFailed after it has been rolled back."""
        former = self._role
        is_first = self.physical_id is None
        if former is None or former[0] != template.role:
            number = next(self._numbers)
            self._role = template.role, self._make_role(f"{ROLE_PATH}{template.role}/flow-{number}")
        try:
            self.deploy({**self._wanted(template), "RoleArn": self.role_arn})
        except ResourceFailed:
            if is_first:
                self._drop_role()
            self._role = former
            raise
        finally:
            self._show_roles()

    def destroy_guarded(self) -> None:
        """Destroy; while anything is pending, the guard refuses before anything is deleted."""
        self.cloudformation.status = "DELETE_IN_PROGRESS"
        try:
            self._pass_guard()
        except BaseException:
            self.cloudformation.status = "DELETE_FAILED"
            raise
        self.destroy()
        self._role = None
        self._show_roles()

    def _pass_guard(self) -> None:
        draining = self.draining()
        if draining.pending():
            raise ResourceFailed("reviews are pending")
        draining.discard_drained()

    def roles(self) -> set[str]:
        return {role["Arn"] for role in iam_client().list_roles(PathPrefix="/a2i/")["Roles"]}

    @property
    def role_arn(self) -> str:
        assert self._role
        return self._role[1]

    def end(self) -> None:
        """Remove what is outside of this stack's own service: the roles of the account."""
        for arn in self.roles():
            iam_client().delete_role(RoleName=arn.rpartition("/")[2])
        self.a2i.close()

    def _wanted(self, template: Template) -> dict[str, object]:
        return self.wanted(TaskTitle=template.title, TaskCount=str(template.task_count))

    def _make_role(self, path_and_name: str) -> str:
        path, _, name = path_and_name.rpartition("/")
        made = iam_client().create_role(
            RoleName=name, Path=f"{path}/", AssumeRolePolicyDocument=_TRUST
        )
        self._show_roles()
        return made["Role"]["Arn"]

    def _drop_role(self) -> None:
        """A role that the failed operation itself has made is the only one that is not retained."""
        iam_client().delete_role(RoleName=self.role_arn.rpartition("/")[2])

    def _show_roles(self) -> None:
        """Let the A2I service see the account's roles, and the template its own."""
        self.a2i.host.roles = {self.a2i.role_arn, *self.roles()}
        self.role_names = {self.role_arn.rpartition("/")[2]} if self._role else set()
