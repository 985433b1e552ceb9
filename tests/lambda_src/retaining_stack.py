"""A FlowStack whose template also defines the flow's team, which CloudFormation keeps if replaced.

A variant of the team stands for another team: it replaces the former one, under a new name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

from a2i_local.service.errors import ResourceInUse
from tests.lambda_src.flow_stack import FlowStack, ResourceFailed

FOREIGN_TEAM = "HumanReviewOther-Team-1"


@dataclass(frozen=True)
class Template:
    title: str
    task_count: int
    team: str


@dataclass(frozen=True)
class Team:
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
        self.team: Team | None = None
        self.leftover_teams: set[str] = set()
        """ARNs of those that an update replaced or could not delete: the operator prunes them."""
        self._make_team(FOREIGN_TEAM)

    def apply(self, template: Template) -> None:
        """Create or update the stack; raises ResourceFailed after it has been rolled back."""
        former = self.team
        if former is None or former.variant != template.team:
            name = f"HumanReview-{template.team}-{next(self._numbers)}"
            self.team = Team(template.team, self._make_team(name))
        assert self.team
        try:
            self.deploy(
                self.wanted(
                    TaskTitle=template.title,
                    TaskCount=str(template.task_count),
                    WorkteamArn=self.team.arn,
                )
            )
        except ResourceFailed:
            if self.team != former:
                self._delete_team(self.team)
            self.team = former
            raise
        if former and former != self.team:
            self.leftover_teams.add(former.arn)

    def destroy_guarded(self) -> None:
        """Destroy; while anything is pending, the guard refuses before anything is deleted."""
        self.cloudformation.status = "DELETE_IN_PROGRESS"
        try:
            self._pass_guard()
            self.destroy()
        except BaseException:
            self.cloudformation.status = "DELETE_FAILED"
            raise
        if self.team:
            self._delete_team(self.team)
        self.team = None
        self.cloudformation.status = "DELETE_COMPLETE"

    def teams(self) -> set[str]:
        listed = self.a2i.call("ListWorkteams", MaxResults=100)["Workteams"]
        return {team["WorkteamArn"] for team in listed}

    def _pass_guard(self) -> None:
        draining = self.draining()
        if draining.pending():
            raise ResourceFailed("reviews are pending")
        draining.discard_drained(lambda seconds: self.a2i.advance(timedelta(seconds=seconds)))

    def _delete_team(self, team: Team) -> None:
        """CloudFormation forgets what it cannot delete, such as a team of a slow definition."""
        try:
            self.a2i.call("DeleteWorkteam", WorkteamName=team.name)
        except ResourceInUse:
            self.leftover_teams.add(team.arn)

    def _make_team(self, name: str) -> str:
        described: dict[str, Any] = self.a2i.call("DescribeWorkteam", WorkteamName="reviewers")
        made = self.a2i.call(
            "CreateWorkteam",
            WorkteamName=name,
            Description="Reviewers",
            MemberDefinitions=described["Workteam"]["MemberDefinitions"],
        )
        return str(made["WorkteamArn"])
