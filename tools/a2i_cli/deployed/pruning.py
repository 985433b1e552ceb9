"""Work teams and user-pool groups that updates of a stack left in its account."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from a2i_cli.deployed.account_clients import says_absent
from a2i_cli.deployed.deployment import Deployment
from a2i_cli.failures import CommandError
from a2i_core.names import WORKTEAM_STACK_TAG, group_description

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_sagemaker import SageMakerClient


@dataclass(frozen=True)
class Group:
    """Group of a Cognito user pool."""

    user_pool_id: str
    name: str


@dataclass(frozen=True)
class WorkTeam:
    """Private work team and the groups that its members are in."""

    name: str
    arn: str
    groups: frozenset[Group]


@dataclass(frozen=True)
class Leftovers:
    """Teams and groups that the stack made, and neither its template nor a flow definition uses."""

    teams: list[WorkTeam]
    groups: list[Group]


def find_leftovers(deployment: Deployment) -> Leftovers:
    """Return what updates of the stack left behind.

    A team counts as used if any flow definition of the account names it, also one of another
    stack, or a retired one. Teams are recognized by their tag, groups by their description. With
    human loops in the account a team is a group and nothing else.

    Raises:
        CommandError: the stack is being changed, so that what is left is not certain yet.
    """
    _refuse_change_in_progress(deployment)
    sagemaker = deployment.clients.sagemaker
    teams = list(_work_teams(sagemaker))
    used = _used_team_arns(sagemaker)
    resources = list(_template_resources(deployment))
    used_names = {name for kind, name in resources if kind == "AWS::SageMaker::Workteam"}
    left = [
        team
        for team in teams
        if team.arn not in used
        and team.name not in used_names
        and _is_of_stack(sagemaker, team, deployment.stack_id)
    ]
    pool_of_account = deployment.parameters.get("user-pool-id")
    used_groups = {group for team in teams if team not in left for group in team.groups}
    if pool_of_account:
        used_groups |= {Group(pool_of_account, arn.rpartition("/")[2]) for arn in used}
    in_template = {name for kind, name in resources if kind == "AWS::Cognito::UserPoolGroup"}
    pools = {group.user_pool_id for team in teams for group in team.groups} | {
        name for kind, name in resources if kind == "AWS::Cognito::UserPool"
    }
    if pool_of_account:
        pools.add(pool_of_account)
    groups = [
        group
        for pool in sorted(pools)
        for group in _groups_of_stack(deployment.clients.cognito, pool, deployment.stack_id)
        if group not in used_groups and group.name not in in_template
    ]
    return Leftovers(left, groups)


def delete_leftovers(deployment: Deployment, leftovers: Leftovers) -> None:
    """Delete groups, then teams. A run that broke off can be repeated."""
    cognito, sagemaker = deployment.clients.cognito, deployment.clients.sagemaker
    for group in leftovers.groups:
        with contextlib.suppress(cognito.exceptions.ResourceNotFoundException):
            cognito.delete_group(UserPoolId=group.user_pool_id, GroupName=group.name)
    for team in leftovers.teams:
        sagemaker.delete_workteam(WorkteamName=team.name)


def _refuse_change_in_progress(deployment: Deployment) -> None:
    found = deployment.clients.cloudformation.describe_stacks(StackName=deployment.stack_name)
    status = found["Stacks"][0]["StackStatus"]
    if status.endswith("_IN_PROGRESS"):
        raise CommandError(
            f"stack {deployment.stack_name} is {status}: what it leaves behind is certain when that"
            " is over: run the command again then"
        )


def _work_teams(sagemaker: "SageMakerClient") -> Iterator[WorkTeam]:
    for page in sagemaker.get_paginator("list_workteams").paginate():
        for team in page["Workteams"]:
            members = [each.get("CognitoMemberDefinition") for each in team["MemberDefinitions"]]
            groups = frozenset(
                Group(each["UserPool"], each["UserGroup"]) for each in members if each
            )
            yield WorkTeam(team["WorkteamName"], team["WorkteamArn"], groups)


def _used_team_arns(sagemaker: "SageMakerClient") -> set[str]:
    """Return the teams that flow definitions of the account name."""
    used = set()
    for page in sagemaker.get_paginator("list_flow_definitions").paginate():
        for summary in page["FlowDefinitionSummaries"]:
            try:
                definition = sagemaker.describe_flow_definition(
                    FlowDefinitionName=summary["FlowDefinitionName"]
                )
            except Exception as error:
                if not says_absent(error):
                    raise
                continue  # gone meanwhile
            used.add(definition["HumanLoopConfig"]["WorkteamArn"])
    return used


def _template_resources(deployment: Deployment) -> Iterator[tuple[str, str]]:
    """Yield type and name of each resource in the stack's current template."""
    pages = deployment.clients.cloudformation.get_paginator("list_stack_resources").paginate(
        StackName=deployment.stack_name
    )
    for page in pages:
        for resource in page["StackResourceSummaries"]:
            # An ARN ends in the name; an identifier of several parts, such as pool|group, too.
            physical_id = resource.get("PhysicalResourceId", "").rpartition("/")[2]
            yield resource["ResourceType"], physical_id.rpartition("|")[2]


def _is_of_stack(sagemaker: "SageMakerClient", team: WorkTeam, stack_id: str) -> bool:
    pages = sagemaker.get_paginator("list_tags").paginate(ResourceArn=team.arn)
    tags = {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}
    return tags.get(WORKTEAM_STACK_TAG) == stack_id


def _groups_of_stack(
    cognito: "CognitoIdentityProviderClient", user_pool_id: str, stack_id: str
) -> Iterator[Group]:
    description = group_description(stack_id)
    with contextlib.suppress(cognito.exceptions.ResourceNotFoundException):  # the pool is gone
        for page in cognito.get_paginator("list_groups").paginate(UserPoolId=user_pool_id):
            for group in page["Groups"]:
                if group.get("Description") == description:
                    yield Group(user_pool_id, group["GroupName"])
