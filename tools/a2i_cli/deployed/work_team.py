"""The work teams behind a stack's flows, and the Cognito groups that their members are in."""

from dataclasses import dataclass

from a2i_cli.deployed.deployment import Deployment
from a2i_cli.failures import CommandError


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
