"""Members of a work team: invited once, again if the mail failed, and kept in the group."""

from __future__ import annotations

from typing import Any

import pytest

from a2i_shared import aws_clients
from a2i_shared.errors import InvitationsNotSentError
from team_members import on_event
from tests.lambda_src.invocation import lambda_context
from tests.lambda_src.local_clients import cognito_client
from tests.lambda_src.service_errors import service_error

ANA, BO, CY = "ana@example.com", "bo@example.com", "cy@example.com"


class Mailing:
    """The local Cognito with a quota of mails: a user whose mail fails is created still."""

    def __init__(self) -> None:
        self.cognito: Any = cognito_client()
        self.quota = 50
        self.failure = "LimitExceededException"
        self.sent: list[str] = []

    def admin_create_user(self, **request: Any) -> None:
        if request.get("MessageAction") == "RESEND":
            self._check_has_not_signed_in(request)
        self.cognito.admin_create_user(**request)
        if len(self.sent) >= self.quota:
            raise service_error(self.failure, "Exceeded daily email limit", "AdminCreateUser")
        self.sent.append(request["Username"])

    def _check_has_not_signed_in(self, request: dict[str, Any]) -> None:
        """The local Cognito does not."""
        names = {name: request[name] for name in ("UserPoolId", "Username")}
        if self.cognito.admin_get_user(**names)["UserStatus"] == "CONFIRMED":
            unsupported = self.cognito.exceptions.UnsupportedUserStateException
            raise unsupported({"Error": {"Code": "UnsupportedUserStateException"}}, "RESEND")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.cognito, name)


class Team:
    """A pool with two groups."""

    def __init__(self) -> None:
        self.mailing = Mailing()
        self.pool = self.mailing.create_user_pool(PoolName="p", UsernameAttributes=["email"])[
            "UserPool"
        ]["Id"]
        for group in ("readers", "experts"):
            self.mailing.create_group(UserPoolId=self.pool, GroupName=group)

    def send(
        self, request_type: str, workers: list[str], former: list[str] | None = None, **more: str
    ) -> None:
        group = more.get("group", "readers")
        event: dict[str, Any] = {
            "RequestType": request_type,
            "ResourceProperties": {
                "UserPoolId": self.pool,
                "GroupName": group,
                "Workers": workers,
            },
        }
        if former is not None:
            event["PhysicalResourceId"] = f"{self.pool}/{more.get('former_group', group)}"
            event["OldResourceProperties"] = {"Workers": former}
        on_event.lambda_handler(event, lambda_context())

    def members(self, group: str = "readers") -> set[str]:
        users = self.mailing.list_users_in_group(UserPoolId=self.pool, GroupName=group)["Users"]
        attributes = [attribute for user in users for attribute in user["Attributes"]]
        return {each["Value"] for each in attributes if each["Name"] == "email"}


@pytest.fixture
def team(monkeypatch: pytest.MonkeyPatch) -> Team:
    made = Team()
    monkeypatch.setattr(aws_clients, "cognito", lambda: made.mailing)
    return made


def test_people_are_invited_and_become_members(team: Team) -> None:
    team.send("Create", [ANA, BO])
    assert team.mailing.sent == [ANA, BO]
    assert team.members() == {ANA, BO}


def test_who_is_in_another_team_is_not_invited_again(team: Team) -> None:
    team.send("Create", [ANA])
    team.send("Create", [ANA], group="experts")
    assert team.mailing.sent == [ANA]
    assert team.members("experts") == {ANA}


def test_an_update_invites_new_people_and_takes_former_ones_out(team: Team) -> None:
    team.send("Create", [ANA, BO])
    team.send("Update", [BO, CY], former=[ANA, BO])
    assert team.mailing.sent == [ANA, BO, CY]
    assert team.members() == {BO, CY}


def test_members_who_were_added_elsewhere_stay(team: Team) -> None:
    team.send("Create", [ANA, BO])
    team.send("Update", [ANA], former=[ANA])
    assert team.members() == {ANA, BO}


@pytest.mark.parametrize("failure", ["LimitExceededException", "CodeDeliveryFailureException"])
def test_a_retry_invites_again_whose_mail_failed_and_nobody_else(team: Team, failure: str) -> None:
    team.mailing.quota, team.mailing.failure = 1, failure
    with pytest.raises(InvitationsNotSentError, match=r"^2 invitations were not sent") as failed:
        team.send("Create", [ANA, BO, CY])
    assert "@" not in str(failed.value)
    assert team.members() == {ANA}

    team.mailing.quota = 50
    team.send("Create", [ANA, BO, CY])

    assert team.mailing.sent == [ANA, BO, CY]
    assert team.members() == {ANA, BO, CY}


def test_who_has_signed_in_is_not_invited_again(team: Team) -> None:
    team.mailing.quota = 0
    with pytest.raises(InvitationsNotSentError):
        team.send("Create", [ANA])
    team.mailing.admin_set_user_password(
        UserPoolId=team.pool, Username=ANA, Password="Secret-1234!", Permanent=True
    )
    team.mailing.quota = 50
    team.send("Create", [ANA])
    assert team.mailing.sent == []
    assert team.members() == {ANA}


def test_a_new_group_gets_all_members_and_the_former_one_keeps_its_own(team: Team) -> None:
    team.send("Create", [ANA])
    team.send("Update", [BO], former=[ANA], group="experts", former_group="readers")
    assert team.members() == {ANA}
    assert team.members("experts") == {BO}


def test_members_stay_when_the_resource_goes(team: Team) -> None:
    team.send("Create", [ANA])
    team.send("Delete", [ANA], former=[ANA])
    assert team.members() == {ANA}
