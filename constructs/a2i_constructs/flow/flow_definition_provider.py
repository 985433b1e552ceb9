"""Custom resource provider of flow definitions, for which CloudFormation has no type."""

from aws_cdk import Aws, Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from a2i_constructs.backends.review_backend import ReviewBackend
from a2i_constructs.functions import permissions
from a2i_constructs.functions.grants import grant
from a2i_constructs.functions.resource_provider import ResourceProvider


class FlowDefinitionProvider(Construct):
    """Custom resource provider of a stack's flow definitions; one per stack.

    It may manage the flow definitions of its own stack alone, which have the stack's hash in their
    names, and may pass only the roles that it was told of.
    """

    CONSTRUCT_ID = "A2IFlowDefinitionProvider"

    def __init__(self, scope: Construct, construct_id: str) -> None:
        """Define the handlers and the framework that calls them."""
        super().__init__(scope, construct_id)
        self._backend = ReviewBackend.of(self)
        self.provider = ResourceProvider(
            self,
            "Provider",
            folder="flow_definition",
            description="Creates and deletes A2I flow definitions for CloudFormation",
            environment={**self._backend.environment(self)},
            timeout=Duration.minutes(2),
            # A little less than CloudFormation waits, so that a failure still gets its reason.
            completes_within=Duration.minutes(58),
        )
        for handler in self.provider.functions:
            self._backend.let_manage_flow_definitions(handler)
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
        """Let flow definitions run with `role`; either handler may be the one that creates."""
        for handler in self.provider.functions:
            self._backend.let_pass(role, handler)


def let_drain(function: lambda_.Function, *, retires: bool) -> None:
    """See which of the stack's flow definitions are needed, and delete the rest.

    retires: it also reads and writes their tags.
    """
    ReviewBackend.of(function).let_drain(function, retires=retires)
    grant(function, permissions.READ_STACK, Aws.STACK_ID)
