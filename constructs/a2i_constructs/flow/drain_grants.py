"""What it takes to delete flow definitions that are no longer needed, with what they used."""

from collections.abc import Sequence

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from constructs import Construct

from a2i_constructs.flow.flow_role import own_flow_roles
from a2i_constructs.functions import permissions
from a2i_constructs.functions.names import own_flow_definitions, own_workteams


def grant_drain(
    scope: Construct, grantee: iam.IGrantable, flow_definition_actions: Sequence[str]
) -> None:
    """See which of the stack's flow definitions, roles and teams are needed; delete the rest."""
    for actions, resource in (
        (flow_definition_actions, own_flow_definitions(scope)),
        (permissions.LIST_FLOW_DEFINITIONS, "*"),
        (permissions.LIST_HUMAN_LOOPS, "*"),
        (permissions.LIST_ROLES, "*"),
        (permissions.DELETE_ROLE, own_flow_roles(scope)),
        (permissions.LIST_WORKTEAMS, "*"),
        (permissions.DELETE_WORKTEAM, own_workteams(scope)),
        (permissions.READ_STACK, Aws.STACK_ID),
    ):
        iam.Grant.add_to_principal(grantee=grantee, actions=[*actions], resource_arns=[resource])
