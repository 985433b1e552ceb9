"""`a2i worker` against a Cognito user pool and a work team on the local AWS."""

import json
from typing import Any

import pytest
from botocore.stub import Stubber

from a2i_cli.aws import AwsClients
from a2i_cli.deployed.deployment import Deployment, find_deployment
from a2i_cli.deployed.workers import (
    WorkerGroup,
    add_worker,
    choose_group,
    list_workers,
    worker_groups,
)
from a2i_cli.failures import CommandError
from tests.tools.a2i_cli.small_stack import A2ICommand, DeployedStack, OfflineClients


@pytest.fixture
def with_flow(stack: DeployedStack) -> DeployedStack:
    stack.add_flow()
    return stack


def _emails(a2i: A2ICommand, stack: DeployedStack) -> set[str]:
    listed = a2i("worker", "list", "--stack", stack.name, "--json")
    assert listed.exit_code == 0, listed.stderr
    return {worker["email"] for worker in json.loads(listed.stdout)}


def test_invites_lists_and_removes(a2i: A2ICommand, with_flow: DeployedStack) -> None:
    added = a2i("worker", "add", "ann@example.com", "bob@example.com", "--stack", with_flow.name)
    assert added.exit_code == 0, added.stderr
    assert "ann@example.com: invited, in group reviewers" in added.stderr
    assert {"ann@example.com", "bob@example.com"} <= _emails(a2i, with_flow)
    removed = a2i("worker", "remove", "ann@example.com", "--yes", "--stack", with_flow.name)
    assert removed.exit_code == 0, removed.stderr
    emails = _emails(a2i, with_flow)
    assert "ann@example.com" not in emails
    assert "bob@example.com" in emails


def test_adding_a_user_that_exists_only_puts_it_into_the_team(
    a2i: A2ICommand, with_flow: DeployedStack
) -> None:
    stack = with_flow.name
    a2i("worker", "add", "cleo@example.com", "--stack", stack)
    a2i("worker", "remove", "cleo@example.com", "--yes", "--stack", stack)
    added = a2i("worker", "add", "cleo@example.com", "--stack", stack)
    assert "added, without a new invitation" in added.stderr
    again = a2i("worker", "add", "cleo@example.com", "--stack", stack)
    assert again.exit_code == 0
    assert "cleo@example.com" in _emails(a2i, with_flow)


def test_invites_again(a2i: A2ICommand, with_flow: DeployedStack) -> None:
    a2i("worker", "add", "dan@example.com", "--stack", with_flow.name)
    resent = a2i("worker", "add", "dan@example.com", "--resend", "--stack", with_flow.name)
    assert resent.exit_code == 0, resent.stderr
    assert "dan@example.com: invited" in resent.stderr


def test_lists_more_workers_than_a_page_holds(
    a2i: A2ICommand, with_flow: DeployedStack, clients: AwsClients
) -> None:
    emails = [f"worker{number}@example.com" for number in range(65)]
    [group] = worker_groups(find_deployment(clients, with_flow.name))
    for email in emails:  # known to the pool already: Cognito mails 50 invitations a day at most
        clients.cognito.admin_create_user(
            UserPoolId=group.user_pool_id, Username=email, MessageAction="SUPPRESS"
        )
    assert a2i("worker", "add", *emails, "--stack", with_flow.name).exit_code == 0
    assert set(emails) <= _emails(a2i, with_flow)
    a2i("worker", "remove", *emails, "--yes", "--stack", with_flow.name)


def test_fails_to_remove_who_is_not_in_the_team(a2i: A2ICommand, with_flow: DeployedStack) -> None:
    removed = a2i("worker", "remove", "zoe@example.com", "--yes", "--stack", with_flow.name)
    assert removed.exit_code == 1
    assert "'zoe@example.com' is in none of the groups reviewers" in removed.stderr


def test_takes_nobody_out_when_one_of_several_is_unknown(
    a2i: A2ICommand, with_flow: DeployedStack
) -> None:
    assert a2i("worker", "add", "kim@example.com", "--stack", with_flow.name).exit_code == 0
    people = ("kim@example.com", "zoe@example.com")
    removed = a2i("worker", "remove", *people, "--yes", "--stack", with_flow.name)
    assert removed.exit_code == 1
    assert "kim@example.com" in _emails(a2i, with_flow)


@pytest.mark.parametrize("wrong", ["zoe", 'ann"x@example.com', "zoe@example"])
def test_invites_nobody_when_one_of_several_is_no_address(
    a2i: A2ICommand, with_flow: DeployedStack, wrong: str
) -> None:
    added = a2i("worker", "add", "pat@example.com", wrong, "--stack", with_flow.name)
    assert added.exit_code == 2
    assert f"an e-mail address is due, got {wrong!r}" in added.stderr
    assert "pat@example.com" not in _emails(a2i, with_flow)


def test_fails_for_an_unknown_group(a2i: A2ICommand, with_flow: DeployedStack) -> None:
    added = a2i("worker", "add", "a@example.com", "--group", "others", "--stack", with_flow.name)
    assert added.exit_code == 1
    assert "no single group is named 'others'; the work teams have: reviewers" in added.stderr


def _expect_team(offline: OfflineClients, arn: str, *members: Any) -> Deployment:
    """A deployment whose one flow uses the team of that ARN, with these members."""
    definition = "arn:aws:sagemaker:us-east-1:1:flow-definition/sentiment-00000000-0123456789"
    sagemaker = Stubber(offline.sagemaker)
    sagemaker.add_response(
        "describe_flow_definition",
        {
            "FlowDefinitionArn": definition,
            "FlowDefinitionName": "sentiment-00000000-0123456789",
            "FlowDefinitionStatus": "Active",
            "CreationTime": "2030-01-01",
            "OutputConfig": {"S3OutputPath": "s3://bucket"},
            "RoleArn": "arn:aws:iam::123456789012:role/flow",
            "HumanLoopConfig": {
                "WorkteamArn": arn,
                "HumanTaskUiArn": "arn:aws:sagemaker:us-east-1:1:human-task-ui/x",
                "TaskTitle": "t",
                "TaskDescription": "d",
                "TaskCount": 1,
            },
        },
    )
    team = {
        "WorkteamName": "team",
        "WorkteamArn": arn,
        "Description": "Reviewers",
        "MemberDefinitions": list(members),
    }
    sagemaker.add_response("describe_workteam", {"Workteam": team})
    sagemaker.activate()
    registered = json.dumps({"flow": "sentiment", "flowDefinitionArn": definition})
    return Deployment("Reviews", {"flows/sentiment": registered}, clients=offline)


def test_refuses_a_team_whose_members_come_from_oidc(offline: OfflineClients) -> None:
    arn = "arn:aws:sagemaker:us-east-1:1:workteam/private-crowd/team"
    member = {"OidcMemberDefinition": {"Groups": ["reviewers"]}}
    with pytest.raises(CommandError, match="'team' come from your OIDC provider"):
        worker_groups(_expect_team(offline, arn, member))


@pytest.mark.parametrize("kind", ["vendor-crowd", "public-crowd"])
def test_refuses_a_team_of_other_people(offline: OfflineClients, kind: str) -> None:
    arn = f"arn:aws:sagemaker:us-east-1:1:workteam/{kind}/team"
    deployment = _expect_team(offline, arn, {"OidcMemberDefinition": {"Groups": ["others"]}})
    with pytest.raises(CommandError, match="only a private-crowd work team"):
        worker_groups(deployment)


def test_asks_for_the_group_where_the_team_has_several(offline: OfflineClients) -> None:
    arn = "arn:aws:sagemaker:us-east-1:1:workteam/private-crowd/team"
    members = [
        {"CognitoMemberDefinition": {"UserPool": "p", "UserGroup": group, "ClientId": "c"}}
        for group in ("day", "night")
    ]
    groups = worker_groups(_expect_team(offline, arn, *members))
    with pytest.raises(CommandError, match="no group is named; the work teams have: day, night"):
        choose_group(groups, None)
    assert choose_group(groups, "night").name == "night"


def test_gives_an_own_username_where_addresses_are_aliases(clients: AwsClients) -> None:
    cognito = clients.cognito
    pool = cognito.create_user_pool(PoolName="aliases", AliasAttributes=["email"])
    group = WorkerGroup("team", pool["UserPool"]["Id"], "day")
    cognito.create_group(UserPoolId=group.user_pool_id, GroupName=group.name)
    assert add_worker(cognito, group, "ann@example.com")
    [worker] = list_workers(cognito, [group])
    assert worker.email == "ann@example.com"
    assert "@" not in worker.username
