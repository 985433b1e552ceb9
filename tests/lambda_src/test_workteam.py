"""The group behind a work team: named once, filled with people, and gone when nothing needs it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from a2i_local.testing import LocalA2I
from a2i_shared import aws_clients
from tests.lambda_src.flow_stack import STACK_ID, FlowStack, ResourceFailed
from tests.lambda_src.invocation import lambda_context
from tests.lambda_src.local_clients import cognito_client
from workteam import on_event

CLIENT_ID = "reviewers"


class Teams:
    """CloudFormation, which makes a group and a team, keeps the team, and deletes the group."""

    def __init__(self, stack: FlowStack) -> None:
        self.stack = stack
        pool = cognito_client().create_user_pool(PoolName="reviewers", UsernameAttributes=["email"])
        self.pool = pool["UserPool"]["Id"]

    def create(self, *workers: str, request: str = "one") -> str:
        answer = self._send("Create", request, {"Workers": [*workers]})
        return str(answer["PhysicalResourceId"])

    def update(self, name: str, *workers: str, former: tuple[str, ...]) -> str:
        answer = self._send(
            "Update",
            "two",
            {"Workers": [*workers]},
            PhysicalResourceId=name,
            OldResourceProperties={"Workers": [*former]},
        )
        return str(answer["PhysicalResourceId"])

    def delete(self, name: str) -> None:
        self._send("Delete", "three", {}, PhysicalResourceId=name)

    def make_team(self, name: str) -> str:
        """The native resource: a team of the service's own pool, under the group's name."""
        described = self._call("DescribeWorkteam", WorkteamName="reviewers")["Workteam"]
        made = self._call(
            "CreateWorkteam",
            WorkteamName=name,
            Description="Reviewers",
            MemberDefinitions=described["MemberDefinitions"],
        )
        return str(made["WorkteamArn"])

    def names(self) -> set[str]:
        return {team["WorkteamName"] for team in self._call("ListWorkteams")["Workteams"]}

    def groups(self) -> set[str]:
        listed = cognito_client().list_groups(UserPoolId=self.pool)
        return {group["GroupName"] for group in listed["Groups"]}

    def members(self, group: str) -> set[str]:
        listed = cognito_client().list_users_in_group(UserPoolId=self.pool, GroupName=group)
        return {
            attribute["Value"]
            for user in listed["Users"]
            for attribute in user["Attributes"]
            if attribute["Name"] == "email"
        }

    def _call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        a2i: LocalA2I = self.stack.a2i
        return a2i.call(operation, **parameters)

    def _send(
        self, request_type: str, request: str, properties: dict[str, Any], **more: Any
    ) -> dict[str, Any]:
        wanted = {"Prefix": "experts", "UserPoolId": self.pool, **properties}
        event = {
            "RequestType": request_type,
            "RequestId": request,
            "StackId": STACK_ID,
            "ResourceProperties": wanted,
            **more,
        }
        return on_event.lambda_handler(event, lambda_context())


@pytest.fixture
def teams(stack: FlowStack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Teams]:
    monkeypatch.setattr(aws_clients, "sagemaker", lambda: stack.sagemaker)
    monkeypatch.setattr(aws_clients, "a2i_runtime", lambda: stack.runtime)
    monkeypatch.setattr(aws_clients, "cloudformation", lambda: stack.cloudformation)
    monkeypatch.setattr(aws_clients, "cognito", cognito_client)
    made = Teams(stack)
    yield made
    cognito_client().delete_user_pool(UserPoolId=made.pool)


def test_a_group_is_made_with_its_people(teams: Teams) -> None:
    name = teams.create("ana@example.com", "bo@example.com")

    assert name.startswith("experts-0a1b2c3d-")
    assert teams.groups() == {name}
    assert teams.members(name) == {"ana@example.com", "bo@example.com"}


def test_the_same_request_again_makes_the_same_group(teams: Teams) -> None:
    assert teams.create("ana@example.com") == teams.create("ana@example.com")
    assert len(teams.groups()) == 1


def test_another_request_makes_another_group(teams: Teams) -> None:
    assert teams.create(request="one") != teams.create(request="other")


def test_who_is_named_no_more_leaves_the_group_and_stays_a_user(teams: Teams) -> None:
    former = ("ana@example.com", "bo@example.com")
    name = teams.create(*former)
    cognito_client().admin_create_user(UserPoolId=teams.pool, Username="by-hand@example.com")
    cognito_client().admin_add_user_to_group(
        UserPoolId=teams.pool, GroupName=name, Username="by-hand@example.com"
    )

    assert teams.update(name, "bo@example.com", "cy@example.com", former=former) == name

    assert teams.members(name) == {"bo@example.com", "cy@example.com", "by-hand@example.com"}
    users = cognito_client().list_users(UserPoolId=teams.pool)["Users"]
    assert len(users) == 4


def test_people_who_are_managed_elsewhere_from_now_on_stay(teams: Teams) -> None:
    name = teams.create("ana@example.com")
    event = {
        "RequestType": "Update",
        "RequestId": "two",
        "StackId": STACK_ID,
        "PhysicalResourceId": name,
        "ResourceProperties": {"Prefix": "experts", "UserPoolId": teams.pool},
        "OldResourceProperties": {"Workers": ["ana@example.com"]},
    }

    on_event.lambda_handler(event, lambda_context())

    assert teams.members(name) == {"ana@example.com"}


def test_a_team_that_nobody_uses_goes_with_its_group(teams: Teams) -> None:
    name = teams.create("ana@example.com")
    teams.make_team(name)

    teams.delete(name)

    assert (teams.names(), teams.groups()) == ({"reviewers"}, set())


def test_groups_that_lost_their_team_go_with_the_next(teams: Teams) -> None:
    teams.create(request="drained")
    name = teams.create()
    cognito_client().create_group(UserPoolId=teams.pool, GroupName="others")

    teams.delete(name)

    assert teams.groups() == {"others"}


def test_destroying_fails_while_a_definition_still_uses_the_team(
    stack: FlowStack, teams: Teams
) -> None:
    name = teams.create()
    stack.deploy(stack.wanted(WorkteamArn=teams.make_team(name)))
    stack.start_loop("pending")
    with pytest.raises(ResourceFailed):
        stack.destroy()
    stack.cloudformation.status = "DELETE_IN_PROGRESS"

    with pytest.raises(Exception, match=rf"{name} is still used by flow definition sentiment-"):
        teams.delete(name)

    assert name in teams.names()


def test_a_provider_of_the_organisation_keeps_its_people_itself(teams: Teams) -> None:
    event = {
        "RequestType": "Create",
        "RequestId": "one",
        "StackId": STACK_ID,
        "ResourceProperties": {"Prefix": "experts"},
    }

    made = on_event.lambda_handler(event, lambda_context())

    assert made["PhysicalResourceId"].startswith("experts-0a1b2c3d-")
    assert teams.groups() == set()
