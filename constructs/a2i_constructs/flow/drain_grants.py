"""Permissions to find out which flow definitions of a stack are drained, and to delete them."""

from collections.abc import Sequence

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from constructs import Construct

from a2i_constructs.functions import permissions
from a2i_constructs.functions.grants import grant
from a2i_constructs.functions.names import OWN_DEFINITIONS, own_flow_definitions

LISTS = "the actions know no resource; they tell names and states"


def grant_drain(
    scope: Construct, grantee: iam.IGrantable, flow_definition_actions: Sequence[str]
) -> None:
    """See which of the stack's flow definitions are needed, and delete the rest."""
    definitions = own_flow_definitions(scope)
    grant(grantee, flow_definition_actions, definitions, because=OWN_DEFINITIONS)
    lists = [*permissions.LIST_FLOW_DEFINITIONS, *permissions.LIST_HUMAN_LOOPS]
    grant(grantee, lists, "*", because=LISTS)
    grant(grantee, permissions.READ_STACK, Aws.STACK_ID)
