"""Workers of a stack's work teams: members of Cognito groups."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from a2i_cli.deployed.deployment import Deployment
from a2i_cli.failures import CommandError

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_cognito_idp.type_defs import UserTypeTypeDef


@dataclass(frozen=True)
class WorkerGroup:
    """One Cognito group whose members are workers of a team."""

    workteam_name: str
    user_pool_id: str
    name: str


def worker_groups(deployment: Deployment) -> list[WorkerGroup]:
    """Return the groups of every work team that the stack's current flows use.

    Raises:
        CommandError: a team is not private, or gets its members from an OIDC provider.
    """
    sagemaker = deployment.clients.sagemaker
    groups: dict[WorkerGroup, None] = {}
    for flow in deployment.flows.values():
        definition = sagemaker.describe_flow_definition(
            FlowDefinitionName=flow.flow_definition_name
        )
        arn = definition["HumanLoopConfig"]["WorkteamArn"]
        _refuse_other_than_private(arn)
        team = sagemaker.describe_workteam(WorkteamName=arn.rpartition("/")[2])["Workteam"]
        for member in team["MemberDefinitions"]:
            cognito = member.get("CognitoMemberDefinition")
            if cognito is None:
                raise CommandError(
                    f"the members of work team {team['WorkteamName']!r} come from your OIDC"
                    " provider: add and remove them in its groups"
                )
            group = WorkerGroup(team["WorkteamName"], cognito["UserPool"], cognito["UserGroup"])
            groups[group] = None
    return list(groups)


def choose_group(groups: list[WorkerGroup], name: str | None) -> WorkerGroup:
    """Return the group of that name; None means the only one.

    Raises:
        CommandError: there is no such group, or none is named where there are several.
    """
    known = ", ".join(group.name for group in groups) or "none"
    chosen = [group for group in groups if name in (None, group.name)]
    if len(chosen) != 1:
        given = "no group is named" if name is None else f"no single group is named {name!r}"
        raise CommandError(f"{given}; the work teams have: {known}: choose with --group")
    return chosen[0]


def _refuse_other_than_private(workteam_arn: str) -> None:
    if ":workteam/private-crowd/" not in workteam_arn:
        raise CommandError(
            f"the workers of {workteam_arn} are not yours to manage: only a private-crowd work team"
            " has members"
        )


@dataclass(frozen=True)
class Worker:
    """One member of a group."""

    email: str | None
    username: str
    status: str
    enabled: bool
    group: WorkerGroup
    sub: str = ""
    """Id of the user, which never changes."""


def list_workers(
    cognito: "CognitoIdentityProviderClient", groups: list[WorkerGroup]
) -> Iterator[Worker]:
    """Yield the members of the groups; who is in several is yielded for each."""
    paginator = cognito.get_paginator("list_users_in_group")
    for group in groups:
        pages = paginator.paginate(UserPoolId=group.user_pool_id, GroupName=group.name)
        for page in pages:
            yield from (_worker(user, group) for user in page["Users"])


def add_worker(cognito: "CognitoIdentityProviderClient", group: WorkerGroup, email: str) -> bool:
    """Make the person of that address a worker; True if Cognito invited a new user by e-mail.

    A user that the pool has already is only put into the group.
    """
    username = find_username(cognito, group.user_pool_id, email)
    invited = username is None
    if username is None:
        username = _invite(cognito, group.user_pool_id, email)
    cognito.admin_add_user_to_group(
        UserPoolId=group.user_pool_id, Username=username, GroupName=group.name
    )
    return invited


def invite_again(cognito: "CognitoIdentityProviderClient", group: WorkerGroup, email: str) -> None:
    """Send the invitation of a user anew, whose temporary password has expired.

    Raises:
        CommandError: the pool has no such user.
    """
    username = find_username(cognito, group.user_pool_id, email)
    if username is None:
        raise _unknown(email, group)
    pool = cognito.describe_user_pool(UserPoolId=group.user_pool_id)["UserPool"]
    # Where people sign in by address, Cognito wants the address here, not the name it gave.
    by_address = "email" in pool.get("UsernameAttributes", [])
    cognito.admin_create_user(
        UserPoolId=group.user_pool_id,
        Username=email if by_address else username,
        MessageAction="RESEND",
        DesiredDeliveryMediums=["EMAIL"],
    )


def groups_of(
    cognito: "CognitoIdentityProviderClient", groups: list[WorkerGroup], email: str
) -> list[WorkerGroup]:
    """Return which of the groups a person is in.

    Raises:
        CommandError: the person is in none of the groups.
    """
    joined = [group for group in groups if _is_member(cognito, group, email)]
    if not joined:
        raise CommandError(
            f"{email!r} is in none of the groups {', '.join(g.name for g in groups)}:"
            " see a2i worker list; addresses are case-sensitive"
        )
    return joined


def remove_worker(cognito: "CognitoIdentityProviderClient", group: WorkerGroup, email: str) -> None:
    """Remove a person from the group; the user itself stays.

    Raises:
        CommandError: the pool has no such user.
    """
    username = find_username(cognito, group.user_pool_id, email)
    if username is None:
        raise _unknown(email, group)
    cognito.admin_remove_user_from_group(
        UserPoolId=group.user_pool_id, Username=username, GroupName=group.name
    )


def find_username(
    cognito: "CognitoIdentityProviderClient", user_pool_id: str, email: str
) -> str | None:
    """Return the username of the user with an address; None if the pool has no such user."""
    quoted = email.replace("\\", "\\\\").replace('"', '\\"')
    users = cognito.list_users(UserPoolId=user_pool_id, Filter=f'email = "{quoted}"')["Users"]
    return users[0]["Username"] if users else None


def _invite(cognito: "CognitoIdentityProviderClient", user_pool_id: str, email: str) -> str:
    """Create the user, which sends the invitation, and return its username."""
    pool = cognito.describe_user_pool(UserPoolId=user_pool_id)["UserPool"]
    # Where an address is an alias, Cognito refuses it as the username itself.
    username = str(uuid.uuid4()) if "email" in pool.get("AliasAttributes", []) else email
    created = cognito.admin_create_user(
        UserPoolId=user_pool_id,
        Username=username,
        UserAttributes=[
            {"Name": "email", "Value": email},
            {"Name": "email_verified", "Value": "true"},
        ],
        DesiredDeliveryMediums=["EMAIL"],
    )
    return created["User"]["Username"]


def _is_member(cognito: "CognitoIdentityProviderClient", group: WorkerGroup, email: str) -> bool:
    username = find_username(cognito, group.user_pool_id, email)
    if username is None:
        return False
    pages = cognito.get_paginator("admin_list_groups_for_user").paginate(
        UserPoolId=group.user_pool_id, Username=username
    )
    return any(found["GroupName"] == group.name for page in pages for found in page["Groups"])


def _worker(user: "UserTypeTypeDef", group: WorkerGroup) -> Worker:
    attributes = {each["Name"]: each.get("Value") for each in user.get("Attributes", [])}
    return Worker(
        email=attributes.get("email"),
        username=user["Username"],
        status=user["UserStatus"],
        enabled=user["Enabled"],
        group=group,
        sub=attributes.get("sub") or "",
    )


def _unknown(email: str, group: WorkerGroup) -> CommandError:
    return CommandError(
        f"user pool {group.user_pool_id} has no user {email!r}: addresses are case-sensitive;"
        " a2i worker add invites a new one"
    )
