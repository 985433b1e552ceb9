"""Custom resources that fail an update or a deletion of the stack which would lose reviews."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import jsii
from aws_cdk import (
    Aspects,
    CfnDeletionPolicy,
    CfnResource,
    CustomResource,
    Duration,
    IAspect,
    IStableAnyProducer,
    Lazy,
    RemovalPolicy,
    Stack,
)
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct, IConstruct

from a2i_constructs.backends.review_backend import ReviewBackend
from a2i_constructs.flow.flow_definition_provider import let_drain
from a2i_constructs.functions import permissions
from a2i_constructs.functions.grants import grant
from a2i_constructs.functions.names import path_in_stack
from a2i_constructs.functions.resource_provider import SERVICE_TIMEOUT, ResourceProvider
from a2i_constructs.functions.rule_packs import acknowledge_inline_policy
from a2i_constructs.reviewers.stack_reviewers import StackReviewers
from a2i_constructs.runtime.human_loop_starter import HumanLoopStarter
from a2i_constructs.runtime.review_environment import stack_environment

FUNCTION_TIMEOUT = Duration.minutes(10)
"""Two minutes of counting, and what the counts and deletions themselves take."""


@dataclass(frozen=True)
class ReviewNeeds:
    """Keys, buckets, roles and access that reviews need until they have ended.

    Attributes:
        keys: Keys that content is encrypted with, former ones included.
        buckets: Names of the buckets that hold content, former ones included.
        roles: Roles that flow definitions run with.
        read_access: ARNs of further objects that reviewers may see.
    """

    keys: Sequence[kms.IKey]
    buckets: Sequence[str]
    roles: Sequence[iam.IRole]
    read_access: list[str] = field(default_factory=list)


class ReviewGuard(Construct):
    """Destroy guard and update guard of a stack's pending reviews.

    The destroy guard depends on everything else in the stack, and so is deleted first. It pauses
    the starter and its queue, and fails while human loops run, reviews wait to be started or told,
    or either queue holds requests.

    The update guard has what reviews need as properties, and comes before what gives it to them. It
    fails an update that takes something away while reviews are pending.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        starter: HumanLoopStarter,
        needs: ReviewNeeds,
    ) -> None:
        """Define function and custom resources: nothing that they know of may wait for them.

        Args:
            scope: Parent.
            construct_id: Name below the parent.
            starter: Its queue and open reviews are counted, and it pauses meanwhile.
            needs: What pending reviews cannot do without.
        """
        super().__init__(scope, construct_id)
        self.starter = starter
        self.needs = needs
        self.provider = self._make_provider()
        self.update_guard = self._make_update_guard()
        self.destroy_guard = self._make_destroy_guard()
        for role in needs.roles:
            self.protect(*(child for child in role.node.children if isinstance(child, iam.Policy)))
        Aspects.of(self).add(_DependOnEverything(self))

    def protect(self, *parts: IConstruct) -> None:
        """Change `parts` of the stack only once the update guard has passed."""
        for part in parts:
            part.node.add_dependency(self.update_guard)

    def _make_provider(self) -> ResourceProvider:
        """Its policy may not name the starter, which waits for what the update guard protects."""
        queues = (self.starter.queue, self.starter.dead_letter_queue)
        provider = ResourceProvider(
            self,
            "Provider",
            folder="review_guard",
            description="Fails updates and deletions of the stack which would lose reviews",
            environment={
                **stack_environment(self.starter.ledger),
                "A2I_QUEUE_URL": queues[0].queue_url,
                "A2I_DEAD_LETTER_QUEUE_URL": queues[1].queue_url,
            },
            timeout=FUNCTION_TIMEOUT,
        )
        function = provider.on_event
        self.starter.ledger.grant_read_open(function)
        let_drain(function, retires=False)
        ReviewBackend.of(self).let_list_workteams(function)
        grant(function, permissions.COUNT_MESSAGES, *(queue.queue_arn for queue in queues))
        return provider

    def _make_update_guard(self) -> CustomResource:
        return CustomResource(
            self,
            "Update",
            resource_type="Custom::A2IUpdateGuard",
            service_token=self.provider.service_token,
            service_timeout=SERVICE_TIMEOUT,
            properties={
                "Keys": [key.key_arn for key in self.needs.keys],
                "Buckets": [*self.needs.buckets],
                "Roles": [role.role_arn for role in self.needs.roles],
                "ReadAccess": Lazy.any(_ReadAccess(self)),
                "Places": Lazy.any(_Places(self)),
                "Deleted": Lazy.any(_Deleted(self)),
                "DeletedTeams": Lazy.any(_DeletedTeams(self)),
                **ReviewBackend.of(self).update_guard_properties(),
            },
        )

    def _make_destroy_guard(self) -> CustomResource:
        starter = self.starter.function
        role = self.provider.on_event.role
        assert role  # noqa: S101  # every function of ours has one
        pause = iam.Policy(
            self,
            "PauseStarter",
            roles=[role],
            statements=[
                iam.PolicyStatement(
                    actions=permissions.PAUSE_FUNCTION, resources=[starter.function_arn]
                ),
                iam.PolicyStatement(
                    actions=permissions.DENY_MESSAGES, resources=[self.starter.queue.queue_arn]
                ),
            ],
        )
        acknowledge_inline_policy(pause)
        guard = CustomResource(
            self,
            "Destroy",
            resource_type="Custom::A2IDestroyGuard",
            service_token=self.provider.service_token,
            service_timeout=SERVICE_TIMEOUT,
            properties={
                "StarterFunctionName": starter.function_name,
                "Workforce": Lazy.any(_DeletedWorkforce(self)),
            },
        )
        guard.node.add_dependency(pause, self.update_guard)
        return guard


class _Producer:
    def __init__(self, guard: ReviewGuard) -> None:
        self._guard = guard
        self._reviewers = StackReviewers.of(guard)


@jsii.implements(IStableAnyProducer)
class _ReadAccess(_Producer):
    def produce(self) -> list[str]:
        return sorted(set(self._guard.needs.read_access))


@jsii.implements(IStableAnyProducer)
class _Places(_Producer):
    def produce(self) -> list[str]:
        keys = [path_in_stack(key) for key in self._guard.needs.keys if key.node.default_child]
        return [*keys, *self._reviewers.workforces, *self._reviewers.teams]


@jsii.implements(IStableAnyProducer)
class _Deleted(_Producer):
    def produce(self) -> dict[str, str]:
        keys = {path_in_stack(key): key.key_arn for key in self._guard.needs.keys if _goes(key)}
        return {**keys, **self._reviewers.deleted_workforces}


@jsii.implements(IStableAnyProducer)
class _DeletedTeams(_Producer):
    """By their places: a team that is replaced in its place is kept."""

    def produce(self) -> dict[str, str]:
        return {
            place: team.workteam_arn
            for place, team in self._reviewers.teams.items()
            if team.removal_policy is RemovalPolicy.DESTROY
        }


@jsii.implements(IStableAnyProducer)
class _DeletedWorkforce(_Producer):
    def produce(self) -> str | None:
        return next(iter(self._reviewers.deleted_workforces.values()), None)


@jsii.implements(IAspect)
class _DependOnEverything:
    """By an aspect, so that what is added to the stack after the guard counts too."""

    def __init__(self, guard: ReviewGuard) -> None:
        self._guard = guard

    def visit(self, node: IConstruct) -> None:
        """Add the dependencies once, at the guard: a visit of each construct takes seconds."""
        if node.node.path == self._guard.node.path:
            self._guard.destroy_guard.node.add_dependency(*_outside(self._guard))


def _goes(key: kms.IKey) -> bool:
    resource = key.node.default_child
    return isinstance(resource, CfnResource) and (
        resource.cfn_options.deletion_policy is CfnDeletionPolicy.DELETE
    )


def _outside(guard: ReviewGuard) -> Iterator[IConstruct]:
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
