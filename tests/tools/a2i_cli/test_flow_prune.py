"""`a2i flow prune` deletes replaced teams and groups of its stack, and nothing else."""

import json
from typing import Any

import pytest
from botocore.stub import Stubber

from a2i_cli.deployed.account_clients import clients_of_backends
from a2i_cli.deployed.deployment import Deployment
from a2i_cli.deployed.pruning import Group, Leftovers, find_leftovers
from a2i_cli.failures import CommandError
from a2i_core.names import WORKTEAM_STACK_TAG, flow_definition_name, group_description
from tests.lambda_src.account_loops import POOL_ID, TEAM, AccountLoops
from tests.tools.a2i_cli.small_stack import (
    A2ICommand,
    DeployedStack,
    OfflineClients,
    stack_template,
    until,
)

STACK_ID = "arn:aws:cloudformation:us-east-1:123456789012:stack/Reviews/0f9e8d7c"


def app_client_of(stack: DeployedStack) -> str:
    name = stack.team.workteam_arn.rpartition("/")[2]
    team = stack.clients.sagemaker.describe_workteam(WorkteamName=name)["Workteam"]
    return team["MemberDefinitions"][0]["CognitoMemberDefinition"]["ClientId"]


def make_team(stack: DeployedStack, name: str, stack_id: str | None = None) -> str:
    """Make a team with a group of its own, as the stack makes them; returns its ARN."""
    made_by = stack.stack_id if stack_id is None else stack_id
    pool = stack.team.user_pool_id
    sagemaker = stack.clients.sagemaker
    stack.clients.cognito.create_group(
        UserPoolId=pool, GroupName=name, Description=group_description(made_by)
    )
    members: Any = {"UserPool": pool, "UserGroup": name, "ClientId": app_client_of(stack)}
    return sagemaker.create_workteam(
        WorkteamName=name,
        Description="Reviewers",
        MemberDefinitions=[{"CognitoMemberDefinition": members}],
        Tags=[{"Key": WORKTEAM_STACK_TAG, "Value": made_by}],
    )["WorkteamArn"]


def put_into_template(stack: DeployedStack, name: str) -> None:
    """Update the stack to one that defines a team and a group of that name."""
    template = stack_template(stack.name)
    pool = stack.team.user_pool_id
    template["Resources"] |= {
        "Group": {
            "Type": "AWS::Cognito::UserPoolGroup",
            "Properties": {
                "UserPoolId": pool,
                "GroupName": name,
                "Description": group_description(stack.stack_id),
            },
        },
        "Team": {
            "Type": "AWS::SageMaker::Workteam",
            "Properties": {
                "WorkteamName": name,
                "Description": "Reviewers",
                "MemberDefinitions": [
                    {
                        "CognitoMemberDefinition": {
                            "CognitoUserPool": pool,
                            "CognitoUserGroup": {"Ref": "Group"},
                            "CognitoClientId": app_client_of(stack),
                        }
                    }
                ],
                "Tags": [{"Key": WORKTEAM_STACK_TAG, "Value": stack.stack_id}],
            },
        },
    }
    cloudformation = stack.clients.cloudformation
    cloudformation.update_stack(
        StackName=stack.name,
        TemplateBody=json.dumps(template),
        Capabilities=["CAPABILITY_IAM"],
    )
    until(
        lambda: (
            cloudformation.describe_stacks(StackName=stack.name)["Stacks"][0]["StackStatus"]
            == "UPDATE_COMPLETE"
        )
    )


def teams_of(stack: DeployedStack) -> set[str]:
    found = stack.clients.sagemaker.list_workteams(MaxResults=100)["Workteams"]
    return {team["WorkteamName"] for team in found}


def groups_of(stack: DeployedStack) -> set[str]:
    found = stack.clients.cognito.list_groups(UserPoolId=stack.team.user_pool_id)["Groups"]
    return {group["GroupName"] for group in found}


def test_deletes_a_team_that_nothing_uses_and_its_group(
    a2i: A2ICommand, stack: DeployedStack
) -> None:
    arn = make_team(stack, "replaced-1")
    pruned = a2i("flow", "prune", "--stack", stack.name, "--yes", "--json")
    assert pruned.exit_code == 0, pruned.stderr
    assert json.loads(pruned.stdout) == {
        "workteams": [arn],
        "groups": [{"userPoolId": stack.team.user_pool_id, "groupName": "replaced-1"}],
    }
    assert "replaced-1" not in teams_of(stack) | groups_of(stack)
    again = a2i("flow", "prune", "--stack", stack.name)
    assert again.exit_code == 0
    assert "left nothing behind" in again.stderr


def test_keeps_what_another_stack_made(a2i: A2ICommand, stack: DeployedStack) -> None:
    make_team(stack, "others-1", stack_id=stack.stack_id.replace("stack/", "stack/Other"))
    assert a2i("flow", "prune", "--stack", stack.name, "--yes").exit_code == 0
    assert {"others-1", "reviewers"} <= teams_of(stack) & groups_of(stack)


def test_keeps_a_team_until_the_last_flow_definition_that_names_it_is_gone(
    a2i: A2ICommand, stack: DeployedStack
) -> None:
    arn = make_team(stack, "retired-1")
    name = flow_definition_name("sentiment", stack.stack_id, "Flow", {})
    stack.create_definition(name, workteam_arn=arn)
    assert a2i("flow", "prune", "--stack", stack.name, "--yes").exit_code == 0
    assert "retired-1" in teams_of(stack) & groups_of(stack)
    stack.clients.sagemaker.delete_flow_definition(FlowDefinitionName=name)
    until(
        lambda: (
            a2i("flow", "prune", "--stack", stack.name, "--yes").exit_code == 0
            and "retired-1" not in teams_of(stack) | groups_of(stack)
        )
    )


def test_keeps_what_the_template_defines(a2i: A2ICommand, stack: DeployedStack) -> None:
    put_into_template(stack, "defined-1")
    make_team(stack, "replaced-2")
    pruned = a2i("flow", "prune", "--stack", stack.name, "--yes")
    assert pruned.exit_code == 0, pruned.stderr
    assert "defined-1" in teams_of(stack) & groups_of(stack)
    assert "replaced-2" not in teams_of(stack) | groups_of(stack)


def test_deletes_nothing_without_a_yes(a2i: A2ICommand, stack: DeployedStack) -> None:
    make_team(stack, "replaced-3")
    asked = a2i("flow", "prune", "--stack", stack.name, stdin="n\n")
    assert asked.exit_code == 1
    assert "work team replaced-3" in asked.stderr
    assert "group replaced-3" in asked.stderr
    assert "replaced-3" in teams_of(stack) & groups_of(stack)


def test_finds_a_group_whose_team_is_gone(a2i: A2ICommand, stack: DeployedStack) -> None:
    make_team(stack, "replaced-4")
    stack.clients.sagemaker.delete_workteam(WorkteamName="replaced-4")
    assert a2i("flow", "prune", "--stack", stack.name, "--yes").exit_code == 0
    assert "replaced-4" not in groups_of(stack)


def test_refuses_while_the_stack_is_changed(offline: OfflineClients) -> None:
    stack: Any = {
        "StackName": "Reviews",
        "StackStatus": "UPDATE_IN_PROGRESS",
        "CreationTime": "2030-01-01T00:00:00Z",
    }
    with Stubber(offline.cloudformation) as cloudformation:
        cloudformation.add_response("describe_stacks", {"Stacks": [stack]})
        with pytest.raises(CommandError, match="Reviews is UPDATE_IN_PROGRESS"):
            find_leftovers(Deployment("Reviews", {}, clients=offline))


def test_a_replaced_group_of_the_account_is_left_once_no_flow_definition_names_it() -> None:
    account = AccountLoops()
    account.create_flow_definition("tone")  # its team is the group TEAM
    offline: Any = OfflineClients()
    offline.dynamodb = account.dynamodb
    parameters = {
        "backends": "account",
        "human-loops-table": account.table,
        "user-pool-id": POOL_ID,
        "human-loop-endpoint": "https://127.0.0.1:9",
    }
    stack = {
        "StackName": "Reviews",
        "StackId": STACK_ID,
        "StackStatus": "UPDATE_COMPLETE",
        "CreationTime": "2030-01-01T00:00:00Z",
    }
    deployment = Deployment("Reviews", parameters, clients=clients_of_backends(offline, parameters))
    groups = [
        {"GroupName": name, "Description": group_description(STACK_ID)}
        for name in ("replaced", TEAM, "in-template")
    ]
    resource = {
        "LogicalResourceId": "Group",
        "LastUpdatedTimestamp": "2030-01-01T00:00:00Z",
        "ResourceStatus": "CREATE_COMPLETE",
        "ResourceType": "AWS::Cognito::UserPoolGroup",
        "PhysicalResourceId": "in-template",
    }
    with Stubber(offline.cloudformation) as cloudformation, Stubber(offline.cognito) as cognito:
        cloudformation.add_response("describe_stacks", {"Stacks": [stack]})
        cloudformation.add_response("list_stack_resources", {"StackResourceSummaries": [resource]})
        cloudformation.add_response("describe_stacks", {"Stacks": [stack]})
        cognito.add_response("list_groups", {"Groups": groups})
        assert find_leftovers(deployment) == Leftovers([], [Group(POOL_ID, "replaced")])
    account.close()
