"""What CloudFormation calls to create and delete flow definitions: it has no type for them."""

from aws_cdk import Aws, Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import custom_resources as cr
from constructs import Construct

from a2i_constructs.flow.flow_role import own_flow_roles
from a2i_constructs.functions import permissions
from a2i_constructs.functions.bundled_function import (
    BundledFunction,
    BundledFunctionOptions,
    make_log_group,
)
from a2i_constructs.functions.names import own_flow_definitions

_FOLDER = "flow_definition"


class FlowDefinitionProvider(Construct):
    """The custom resource provider of a stack's flow definitions.

    One per stack. It may touch the flow definitions of its own stack alone, which it knows by the
    stack's hash in their names, and may pass only the roles that it was told of.
    """

    CONSTRUCT_ID = "A2IFlowDefinitionProvider"

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function_options: BundledFunctionOptions | None = None,
    ) -> None:
        """Define the handlers and the framework that calls them."""
        super().__init__(scope, construct_id)
        options = function_options or BundledFunctionOptions()
        self.on_event = self._make_handler("OnEvent", "on_event", options).function
        self.is_complete = self._make_handler("IsComplete", "is_complete", options).function
        self._grant_flow_definitions()
        self._grant_delete_roles()
        self.framework_on_event_role = self._make_framework_role("FrameworkOnEventRole")
        self.framework_complete_role = self._make_framework_role("FrameworkCompleteRole")
        self.provider = self._make_provider(options)

    @classmethod
    def of(
        cls, scope: Construct, *, function_options: BundledFunctionOptions | None = None
    ) -> "FlowDefinitionProvider":
        """The provider of the stack that `scope` stands in, defined at its first use.

        function_options: counts at the first use only.
        """
        stack = Stack.of(scope)
        known = stack.node.try_find_child(cls.CONSTRUCT_ID)
        if isinstance(known, FlowDefinitionProvider):
            return known
        return cls(stack, cls.CONSTRUCT_ID, function_options=function_options)

    @property
    def service_token(self) -> str:
        """What a custom resource names as its provider; a token."""
        return self.provider.service_token

    @property
    def flow_definition_arn_pattern(self) -> str:
        """The flow definitions that this stack has or had; a token."""
        return own_flow_definitions(self)

    @property
    def flow_role_arn_pattern(self) -> str:
        """The roles that this stack has or had for its flow definitions; a token."""
        return own_flow_roles(self)

    def allow_role(self, role: iam.IRole) -> None:
        """Let flow definitions run with the role; either handler may be the one that creates."""
        for handler in (self.on_event, self.is_complete):
            iam.Grant.add_to_principal(
                grantee=handler,
                actions=permissions.PASS_ROLE,
                resource_arns=[role.role_arn],
                conditions={"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
            )

    def _make_handler(
        self, construct_id: str, module: str, options: BundledFunctionOptions
    ) -> BundledFunction:
        return BundledFunction(
            self,
            construct_id,
            folder=_FOLDER,
            handler=f"{module}.lambda_handler",
            description="Creates and deletes A2I flow definitions for CloudFormation",
            environment={},
            options=options,
            timeout=Duration.minutes(2),
        )

    def _grant_flow_definitions(self) -> None:
        """The stack's own state tells a destroy from a replacement; loops tell what is pending."""
        for handler in (self.on_event, self.is_complete):
            for actions, resource in (
                (permissions.MANAGE_FLOW_DEFINITION, self.flow_definition_arn_pattern),
                (permissions.LIST_HUMAN_LOOPS, "*"),
                (permissions.DESCRIBE_STACK, Aws.STACK_ID),
            ):
                iam.Grant.add_to_principal(
                    grantee=handler, actions=actions, resource_arns=[resource]
                )

    def _grant_delete_roles(self) -> None:
        """A destroyed stack takes the roles with it that it retains in updates."""
        iam.Grant.add_to_principal(
            grantee=self.is_complete,
            actions=permissions.DELETE_ROLE,
            resource_arns=[self.flow_role_arn_pattern],
        )

    def _make_provider(self, options: BundledFunctionOptions) -> cr.Provider:
        log_group = make_log_group(self, "FrameworkLogs", options.log_retention)
        for role in (self.framework_on_event_role, self.framework_complete_role):
            log_group.grant_write(role)
        return cr.Provider(
            self,
            "Provider",
            on_event_handler=self.on_event,
            is_complete_handler=self.is_complete,
            framework_on_event_role=self.framework_on_event_role,
            framework_complete_and_timeout_role=self.framework_complete_role,
            log_group=log_group,
            query_interval=Duration.seconds(5),
            # A little less than CloudFormation waits, so that a failure still gets its reason.
            total_timeout=Duration.minutes(58),
            # Its input holds the signed URL that answers CloudFormation: that belongs in no log.
            disable_waiter_state_machine_logging=True,
        )

    def _make_framework_role(self, construct_id: str) -> iam.Role:
        return iam.Role(self, construct_id, assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
