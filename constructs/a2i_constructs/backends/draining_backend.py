"""Two backends at once: one that new human loops begin in, and the former one, which drains."""

from collections.abc import Mapping, Sequence

from aws_cdk import RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from a2i_constructs.backends.review_backend import (
    ReviewBackend,
    WorkforceParts,
    WorkforceRequest,
    WorkteamParts,
    WorkteamRequest,
)
from a2i_constructs.storage.review_buckets import ReviewBuckets


class DrainingBackend(ReviewBackend):
    """Everything of both, and new flow definitions, task UIs and starts in the first one alone.

    Workforce and teams of the former one stay: reviewers go on answering what is pending there.
    """

    def __init__(self, current: ReviewBackend, former: ReviewBackend) -> None:
        """Begin human loops in `current`, and finish those of `former`."""
        self._current = current
        self._former = former

    @property
    def names(self) -> Sequence[str]:
        return (*self._current.names, *self._former.names)

    @property
    def event_sources(self) -> Sequence[str]:
        return (*self._current.event_sources, *self._former.event_sources)

    def environment(self, scope: Construct) -> Mapping[str, str]:
        return {
            **self._former.environment(scope),
            **self._current.environment(scope),
            "A2I_BACKEND": self._current.names[0],
            "A2I_DRAINED_BACKENDS": ",".join(self._former.names),
        }

    def make_service(
        self, runtime: Construct, *, buckets: ReviewBuckets, removal_policy: RemovalPolicy
    ) -> None:
        for backend in self._both:
            backend.make_service(runtime, buckets=buckets, removal_policy=removal_policy)

    def dead_letter_queues(self, scope: Construct) -> Sequence[sqs.IQueue]:
        return [each for backend in self._both for each in backend.dead_letter_queues(scope)]

    def flow_role_principals(self, scope: Construct) -> Sequence[iam.PrincipalBase]:
        return [each for backend in self._both for each in backend.flow_role_principals(scope)]

    def let_assume(self, role: iam.IRole, scope: Construct) -> None:
        for backend in self._both:
            backend.let_assume(role, scope)

    def check_region(self, scope: Construct) -> None:
        for backend in self._both:
            backend.check_region(scope)

    def check_sagemaker(self, what: str, scope: Construct) -> None:
        self._current.check_sagemaker(what, scope)

    def check_worker_options(self, names: Sequence[str]) -> None:
        self._current.check_worker_options(names)

    def make_workforce(self, request: WorkforceRequest, *, invite: bool = True) -> WorkforceParts:
        """Make both, of the same pool; invitations name the current portal."""
        self._former.make_workforce(request, invite=False)
        return self._current.make_workforce(request, invite=invite)

    def make_workteam(self, request: WorkteamRequest) -> WorkteamParts:
        """Make both, of the same group."""
        self._former.make_workteam(request)
        return self._current.make_workteam(request)

    def make_human_task_ui(self, scope: Construct, *, name: str, content: str) -> str:
        """Make the current one: human loops that exist keep the template they began with."""
        return self._current.make_human_task_ui(scope, name=name, content=content)

    def flow_definition_properties(self) -> Mapping[str, str]:
        return self._current.flow_definition_properties()

    def update_guard_properties(self) -> Mapping[str, Sequence[str]]:
        return {"Backends": [*self.names]}

    def let_manage_flow_definitions(self, handler: lambda_.Function) -> None:
        for backend in self._both:
            backend.let_manage_flow_definitions(handler)

    def let_pass(self, role: iam.IRole, handler: lambda_.Function) -> None:
        for backend in self._both:
            backend.let_pass(role, handler)

    def let_drain(self, function: lambda_.Function, *, retires: bool) -> None:
        for backend in self._both:
            backend.let_drain(function, retires=retires)

    def let_list_workteams(self, function: lambda_.Function) -> None:
        for backend in self._both:
            backend.let_list_workteams(function)

    def let_start(self, starter: lambda_.Function) -> None:
        """In both: a retry of a review that began in the former one asks there first."""
        for backend in self._both:
            backend.let_start(starter)

    def let_describe(self, function: lambda_.Function, loops: str, because: str) -> None:
        for backend in self._both:
            backend.let_describe(function, loops, because)

    def let_read_ends(self, results: lambda_.Function) -> None:
        for backend in self._both:
            backend.let_read_ends(results)

    def let_delete(self, reconciler: lambda_.Function) -> None:
        for backend in self._both:
            backend.let_delete(reconciler)

    def grant_start_human_loop(
        self, grantee: iam.IGrantable, scope: Construct, flow_definition_arn: str
    ) -> iam.Grant:
        return self._current.grant_start_human_loop(grantee, scope, flow_definition_arn)

    @property
    def _both(self) -> tuple[ReviewBackend, ReviewBackend]:
        return self._current, self._former
