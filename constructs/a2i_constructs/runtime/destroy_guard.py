"""What keeps a stack from being destroyed while reviews are pending."""

from collections.abc import Iterator

import jsii
from aws_cdk import Aspects, CustomResource, Duration, IAspect, Stack
from constructs import Construct, IConstruct

from a2i_constructs.flow.drain_grants import grant_drain
from a2i_constructs.functions import permissions
from a2i_constructs.functions.grants import grant
from a2i_constructs.functions.resource_provider import SERVICE_TIMEOUT, ResourceProvider
from a2i_constructs.runtime.human_loop_starter import HumanLoopStarter
from a2i_constructs.runtime.review_environment import stack_environment

RESOURCE_TYPE = "Custom::A2IDestroyGuard"
FUNCTION_TIMEOUT = Duration.minutes(5)


class DestroyGuard(Construct):
    """The guard of a stack's pending reviews.

    Its custom resource depends on everything else in the stack, and so is deleted first. It then
    refuses while human loops run, reviews wait to be started or told, or either queue holds
    requests, and says how many of each. The starter stands still while it counts.
    """

    def __init__(self, scope: Construct, construct_id: str, *, starter: HumanLoopStarter) -> None:
        """Define provider and custom resource: nothing outside refers to them."""
        super().__init__(scope, construct_id)
        self.starter = starter
        self.provider = ResourceProvider(
            self,
            "Provider",
            folder="destroy_guard",
            description="Refuses to destroy the stack while reviews are pending",
            environment={
                **stack_environment(starter.ledger),
                "A2I_QUEUE_URL": starter.queue.queue_url,
                "A2I_DEAD_LETTER_QUEUE_URL": starter.dead_letter_queue.queue_url,
                "A2I_STARTER_FUNCTION_NAME": starter.function.function_name,
            },
            timeout=FUNCTION_TIMEOUT,
        )
        self._grant_access()
        self.resource = CustomResource(
            self,
            "Resource",
            resource_type=RESOURCE_TYPE,
            service_token=self.provider.service_token,
            service_timeout=SERVICE_TIMEOUT,
        )
        self._depend_on_everything()

    def _grant_access(self) -> None:
        function = self.provider.on_event
        self.starter.ledger.grant_read_open(function)
        grant_drain(self, function, permissions.DISCARD_FLOW_DEFINITION)
        grant(function, permissions.PAUSE_FUNCTION, self.starter.function.function_arn)
        queues = (self.starter.queue.queue_arn, self.starter.dead_letter_queue.queue_arn)
        grant(function, permissions.COUNT_MESSAGES, *queues)

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
