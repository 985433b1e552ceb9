"""A FlowStack whose template also defines the flow's role and team, which CloudFormation retains.

A variant of the role stands for other permissions, one of the team for another team: it replaces
what was there, under a name of its own.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

from a2i_shared.errors import HumanReviewError
from tests.lambda_src.faults import Killed
from tests.lambda_src.flow_stack import STACK_ID, FlowStack, ResourceFailed
from tests.lambda_src.invocation import lambda_context
from tests.lambda_src.local_clients import iam_client
from workteam import on_event as workteam_group

ROLE_PATH = "/a2i/0a1b2c3d/"
FOREIGN_ROLE = "/a2i/99999999/0123456789/foreign"
FOREIGN_TEAM = "readers-99999999-01234567"
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
    team: str


@dataclass(frozen=True)
class Retained:
    """What an update keeps after it has replaced it."""

    variant: str
    arn: str

    @property
    def name(self) -> str:
        return self.arn.rpartition("/")[2]


class RetainingStack(FlowStack):
    """The stack, with the guard in front of its destruction."""

    def __init__(self) -> None:
        super().__init__()
        self.poll = timedelta(minutes=5)  # seldom, since lives wait for hours
        self._numbers = count(1)
        self.role: Retained | None = None
        self.team: Retained | None = None
        self._make_role(FOREIGN_ROLE)
        self._make_team(FOREIGN_TEAM)

    def apply(self, template: Template) -> None:
        """Create or update the stack; raises ResourceFailed after it has been rolled back."""
        former = self.role, self.team
        is_first = self.physical_id is None
        try:
            self._replace_role(template.role)
            self._replace_team(template.team)
            self.deploy(self._wanted(template))
        except ResourceFailed:
            unused = self.role, self.team
            self.role, self.team = former
            self._clean_up_after(*unused, is_first=is_first)
            raise
        if former[1] not in (None, self.team):
            self._forget_group(former[1])
        self._show()

    def destroy_guarded(self) -> None:
        """Destroy; while anything is pending, the guard refuses before anything is deleted."""
        self.cloudformation.status = "DELETE_IN_PROGRESS"
        try:
            self._pass_guard()
            self.destroy()
            if self.team:
                self._send_group("Delete", self.team.variant, PhysicalResourceId=self.team.name)
        except BaseException:
            self.cloudformation.status = "DELETE_FAILED"
            raise
        self.role = self.team = None
        self._show()
        self.cloudformation.status = "DELETE_COMPLETE"

    def roles(self) -> set[str]:
        return {role["Arn"] for role in iam_client().list_roles(PathPrefix="/a2i/")["Roles"]}

    def teams(self) -> set[str]:
        listed = self.a2i.call("ListWorkteams", MaxResults=100)["Workteams"]
        return {team["WorkteamArn"] for team in listed}

    def end(self) -> None:
        """Remove what is outside of this stack's own service: the roles of the account."""
        for arn in self.roles():
            iam_client().delete_role(RoleName=arn.rpartition("/")[2])
        self.a2i.close()

    def _wanted(self, template: Template) -> dict[str, Any]:
        assert self.role
        assert self.team
        wanted = self.wanted(
            TaskTitle=template.title,
            TaskCount=str(template.task_count),
            WorkteamArn=self.team.arn,
        )
        return {**wanted, "RoleArn": self.role.arn}

    def _replace_role(self, variant: str) -> None:
        if self.role is None or self.role.variant != variant:
            path_and_name = f"{ROLE_PATH}{variant}/flow-{next(self._numbers)}"
            self.role = Retained(variant, self._make_role(path_and_name))
            self._show()

    def _replace_team(self, variant: str) -> None:
        if self.team is None or self.team.variant != variant:
            made = self._send_group("Create", variant)
            self.team = Retained(variant, self._make_team(made["PhysicalResourceId"]))
            self._show()

    def _clean_up_after(
        self, role: Retained | None, team: Retained | None, *, is_first: bool
    ) -> None:
        """What the failed operation itself defined is not retained; what it replaced is."""
        if is_first and role and role != self.role:
            iam_client().delete_role(RoleName=role.name)
        if team and team != self.team:
            self._forget_group(team)
        self._show()

    def _forget_group(self, team: Retained | None) -> None:
        """CloudFormation retains the team, and forgets what it cannot delete."""
        assert team
        with suppress(ResourceFailed):
            self._send_group("Delete", team.variant, PhysicalResourceId=team.name)

    def _send_group(self, request_type: str, prefix: str, **more: str) -> dict[str, Any]:
        event = {
            "RequestType": request_type,
            "RequestId": str(next(self._numbers)),
            "StackId": STACK_ID,
            "ResourceProperties": {"Prefix": prefix},
            **more,
        }
        try:
            for _ in range(self.deliveries):
                answer = workteam_group.lambda_handler(event, lambda_context())
        except (HumanReviewError, Killed) as error:
            raise ResourceFailed(str(error)) from error
        return dict(answer)

    def _pass_guard(self) -> None:
        draining = self.draining()
        if draining.pending():
            raise ResourceFailed("reviews are pending")
        draining.discard_drained(lambda seconds: self.a2i.advance(timedelta(seconds=seconds)))

    def _make_role(self, path_and_name: str) -> str:
        path, _, name = path_and_name.rpartition("/")
        made = iam_client().create_role(
            RoleName=name, Path=f"{path}/", AssumeRolePolicyDocument=_TRUST
        )
        return made["Role"]["Arn"]

    def _make_team(self, name: str) -> str:
        described = self.a2i.call("DescribeWorkteam", WorkteamName="reviewers")["Workteam"]
        made = self.a2i.call(
            "CreateWorkteam",
            WorkteamName=name,
            Description="Reviewers",
            MemberDefinitions=described["MemberDefinitions"],
        )
        return str(made["WorkteamArn"])

    def _show(self) -> None:
        """Let the A2I service see the account's roles, and CloudFormation what is its own."""
        self.a2i.host.roles = {self.a2i.role_arn, *self.roles()}
        self.role_names = {self.role.name} if self.role else set()
        self.workteam_names = {self.team.name} if self.team else set()
