"""What keeps a stack from being destroyed while reviews are pending."""

from collections.abc import Iterator

import jsii
from aws_cdk import Aspects, CustomResource, Duration, IAspect, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import custom_resources as cr
from constructs import Construct, IConstruct

from a2i_constructs.flow.drain_grants import grant_drain
from a2i_constructs.functions import permissions
from a2i_constructs.functions.bundled_function import (
    BundledFunction,
    BundledFunctionOptions,
    make_log_group,
)
from a2i_constructs.functions.names import own_flow_definitions
from a2i_constructs.runtime.human_loop_starter import HumanLoopStarter
from a2i_constructs.runtime.review_function import stack_environment

RESOURCE_TYPE = "Custom::A2IDestroyGuard"
FUNCTION_TIMEOUT = Duration.minutes(5)


class DestroyGuard(Construct):
    """The guard of a stack's pending reviews.

    Its custom resource depends on everything else in the stack, and so is deleted first. It then
    refuses while human loops run, reviews wait to be started or told, or either queue holds
    requests, and says how many of each. The starter stands still while it counts.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        starter: HumanLoopStarter,
        function_options: BundledFunctionOptions | None = None,
    ) -> None:
        """Define handler, framework and custom resource: nothing outside refers to them."""
        super().__init__(scope, construct_id)
        options = function_options or BundledFunctionOptions()
        self.starter = starter
        self.function = self._make_function(options).function
        self._grant_access()
        self.framework_role = iam.Role(
            self, "FrameworkRole", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")
        )
        self.provider = self._make_provider(options)
        self.resource = CustomResource(
            self,
            "Resource",
            resource_type=RESOURCE_TYPE,
            service_token=self.provider.service_token,
            service_timeout=Duration.minutes(15),
        )
        self._depend_on_everything()

    @property
    def flow_definition_arn_pattern(self) -> str:
        """The flow definitions that this stack has or had; a token."""
        return own_flow_definitions(self)

    def _make_function(self, options: BundledFunctionOptions) -> BundledFunction:
        return BundledFunction(
            self,
            "OnEvent",
            folder="destroy_guard",
            handler="on_event.lambda_handler",
            description="Refuses to destroy the stack while reviews are pending",
            environment={
                **stack_environment(self.starter.ledger),
                "A2I_QUEUE_URL": self.starter.queue.queue_url,
                "A2I_DEAD_LETTER_QUEUE_URL": self.starter.dead_letter_queue.queue_url,
                "A2I_STARTER_FUNCTION_NAME": self.starter.function.function_name,
            },
            options=options,
            timeout=FUNCTION_TIMEOUT,
        )

    def _grant_access(self) -> None:
        queues = (self.starter.queue.queue_arn, self.starter.dead_letter_queue.queue_arn)
        self.starter.ledger.grant_read_open(self.function)
        grant_drain(self, self.function, permissions.DISCARD_FLOW_DEFINITION)
        for actions, resources in (
            (permissions.PAUSE_FUNCTION, [self.starter.function.function_arn]),
            (permissions.COUNT_MESSAGES, [*queues]),
        ):
            iam.Grant.add_to_principal(
                grantee=self.function, actions=actions, resource_arns=resources
            )

    def _make_provider(self, options: BundledFunctionOptions) -> cr.Provider:
        log_group = make_log_group(self, "FrameworkLogs", options.log_retention)
        log_group.grant_write(self.framework_role)
        return cr.Provider(
            self,
            "Provider",
            on_event_handler=self.function,
            framework_on_event_role=self.framework_role,
            log_group=log_group,
        )

    def _depend_on_everything(self) -> None:
        """By an aspect, so that what is added to the stack after the guard counts too."""
        Aspects.of(self).add(_DependOnEverything(self))


@jsii.implements(IAspect)
class _DependOnEverything:
    def __init__(self, guard: DestroyGuard) -> None:
        self._guard = guard

    def visit(self, node: IConstruct) -> None:
        """Add the dependencies once, at the guard: a visit of each construct takes seconds."""
        if node.node.path == self._guard.node.path:
            self._guard.resource.node.add_dependency(*_outside(self._guard))


def _outside(guard: DestroyGuard) -> Iterator[IConstruct]:
    """Everything in the guard's stack but the guard: its siblings, its scope's, and so on up."""
    stack = Stack.of(guard)
    inside: IConstruct = guard
    while inside.node.path != stack.node.path:
        scope = inside.node.scope
        if scope is None:
            return
        for sibling in scope.node.children:
            if sibling.node.path != inside.node.path and not Stack.is_stack(sibling):
                yield sibling
        inside = scope
