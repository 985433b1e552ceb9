"""Custom resource provider of flow definitions, for which CloudFormation has no type."""

from collections.abc import Sequence

from aws_cdk import Aws, Duration, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from a2i_constructs.functions import permissions
from a2i_constructs.functions.grants import grant
from a2i_constructs.functions.names import OWN_DEFINITIONS, own_flow_definitions
from a2i_constructs.functions.resource_provider import ResourceProvider

LISTS = "the actions know no resource; they tell names and states"


class FlowDefinitionProvider(Construct):
    """Custom resource provider of a stack's flow definitions; one per stack.

    It may manage the flow definitions of its own stack alone, which have the stack's hash in their
    names, and may pass only the roles that it was told of.
    """

    CONSTRUCT_ID = "A2IFlowDefinitionProvider"

    def __init__(self, scope: Construct, construct_id: str) -> None:
        """Define the handlers and the framework that calls them."""
        super().__init__(scope, construct_id)
        self.provider = ResourceProvider(
            self,
            "Provider",
            folder="flow_definition",
            description="Creates and deletes A2I flow definitions for CloudFormation",
            timeout=Duration.minutes(2),
            # A little less than CloudFormation waits, so that a failure still gets its reason.
            completes_within=Duration.minutes(58),
        )
        for handler in self.provider.functions:
            grant(
                handler,
                permissions.MANAGE_FLOW_DEFINITION,
                own_flow_definitions(self),
                because=OWN_DEFINITIONS,
            )
            grant(
                handler,
                permissions.LIST_HUMAN_LOOPS,
                "*",
                because=LISTS,
            )
            # Tells the destruction of the stack from the replacement of a definition.
            grant(handler, permissions.DESCRIBE_STACK, Aws.STACK_ID)

    @classmethod
    def of(cls, scope: Construct) -> "FlowDefinitionProvider":
        """The provider of the stack that `scope` is in, defined at its first use."""
        stack = Stack.of(scope)
        known = stack.node.try_find_child(cls.CONSTRUCT_ID)
        return known if isinstance(known, FlowDefinitionProvider) else cls(stack, cls.CONSTRUCT_ID)

    @property
    def service_token(self) -> str:
        """Service token of the provider for custom resources; a token."""
        return self.provider.service_token

    def allow_role(self, role: iam.IRole) -> None:
        """Let flow definitions run with the role; either handler may be the one that creates."""
        for handler in self.provider.functions:
            grant(
                handler,
                permissions.PASS_ROLE,
                role.role_arn,
                conditions={"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
            )


def grant_drain(
    scope: Construct, grantee: iam.IGrantable, flow_definition_actions: Sequence[str]
) -> None:
    """See which of the stack's flow definitions are needed, and delete the rest."""
    definitions = own_flow_definitions(scope)
    grant(grantee, flow_definition_actions, definitions, because=OWN_DEFINITIONS)
    lists = [*permissions.LIST_FLOW_DEFINITIONS, *permissions.LIST_HUMAN_LOOPS]
    grant(grantee, lists, "*", because=LISTS)
    grant(grantee, permissions.READ_STACK, Aws.STACK_ID)
