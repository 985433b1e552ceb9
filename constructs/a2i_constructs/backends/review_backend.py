"""The choice where a stack's human loops live, with one method for each decision it makes."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from aws_cdk import CfnResource, RemovalPolicy, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sagemaker as sagemaker
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from a2i_constructs.reviewers.sign_in import SignIn
from a2i_constructs.storage.review_buckets import ReviewBuckets

if TYPE_CHECKING:
    from a2i_constructs.reviewers.private_workforce import IPrivateWorkforce


@dataclass(frozen=True)
class WorkforceRequest:
    """A private workforce as its construct was asked for it.

    Attributes:
        scope: The construct; parts stand inside it.
        name: Name of the workforce.
        user_pool: Whose users review.
        domain: Sign-in page of the pool.
        source_ip_cidrs: Ranges that the portal answers to; none for every address.
        removal_policy: Of what is made.
    """

    scope: Construct
    name: str
    user_pool: cognito.IUserPool
    domain: cognito.UserPoolDomain
    source_ip_cidrs: Sequence[str]
    removal_policy: RemovalPolicy


@dataclass(frozen=True)
class WorkforceParts:
    """What a backend made of a private workforce.

    Attributes:
        workforce_name: Name of the workforce; perhaps a token.
        workforce_arn: Its ARN; a token.
        portal_url: Where reviewers sign in; a token.
        user_pool_client: Client that they sign in with.
        sign_in: Sets the portal's address up; people are invited after it.
        resource: The workforce; None where reviewers are users of the pool and nothing else.
    """

    workforce_name: str
    workforce_arn: str
    portal_url: str
    user_pool_client: cognito.UserPoolClient
    sign_in: SignIn
    resource: sagemaker.CfnWorkforce | None


@dataclass(frozen=True)
class WorkteamRequest:
    """A work team as its construct was asked for it.

    Attributes:
        scope: The construct; parts stand inside it.
        description: What the team does.
        workforce: Whose people are in it.
        group: The people.
        removal_policy: Of what is made.
    """

    scope: Construct
    description: str
    workforce: "IPrivateWorkforce"
    group: cognito.CfnUserPoolGroup
    removal_policy: RemovalPolicy


@dataclass(frozen=True)
class WorkteamParts:
    """What a backend made of a work team: its ARN, a token, and the resource behind it."""

    workteam_arn: str
    resource: CfnResource


class ReviewBackend(ABC):
    """Where the human loops of a stack live; given to its `ReviewRuntime`.

    `ReviewBackend.a2i()` is Amazon A2I, the default. `ReviewBackend.account()` runs human loops on
    functions and a table of the stack, in any account. What drains is a backend that the stack had
    before: its pending reviews are finished there, while new ones begin in the other.
    """

    @staticmethod
    def a2i(*, drain: Sequence[str] = ()) -> "ReviewBackend":
        """Make the backend that runs human loops in Amazon A2I.

        Args:
            drain: `account`, to finish what is pending there. Default: nothing is.

        Raises:
            ValueError: `drain` names something else.
        """
        return _backend("a2i", drain)

    @staticmethod
    def account(*, drain: Sequence[str] = ()) -> "ReviewBackend":
        """Make the backend that runs human loops in the account itself.

        Args:
            drain: `a2i`, to finish what is pending there. Default: nothing is.

        Raises:
            ValueError: `drain` names something else.
        """
        return _backend("account", drain)

    @classmethod
    def of(cls, scope: Construct) -> "ReviewBackend":
        """The backend of the stack that `scope` is in: A2I, unless the runtime chose before."""
        return _CHOSEN.setdefault(Stack.of(scope), cls.a2i())

    def use_in(self, scope: Construct) -> None:
        """Choose this backend for the stack that `scope` is in.

        Raises:
            ValueError: Something in the stack was made for another one already.
        """
        stack = Stack.of(scope)
        chosen = _CHOSEN.setdefault(stack, self)
        if chosen.names != self.names:
            raise ValueError(
                f"backend must be {chosen.names[0]!r} in stack {stack.stack_name!r}, where "
                f"workforce, team or flow is made for it already, got {self.names[0]!r}: define "
                "the ReviewRuntime before them"
            )
        _CHOSEN[stack] = self

    @property
    @abstractmethod
    def names(self) -> Sequence[str]:
        """Names of the backend that new human loops begin in, and of those that drain."""

    @property
    @abstractmethod
    def event_sources(self) -> Sequence[str]:
        """Sources of the events about ends of human loops."""

    @abstractmethod
    def environment(self, scope: Construct) -> Mapping[str, str]:
        """Variables of every function that works on human loops or flow definitions."""

    @abstractmethod
    def make_service(
        self, runtime: Construct, *, buckets: ReviewBuckets, removal_policy: RemovalPolicy
    ) -> None:
        """Make what human loops need once per stack, inside the runtime.

        Args:
            runtime: The stack's `ReviewRuntime`.
            buckets: Where human loops keep what is large.
            removal_policy: Of what holds reviews.
        """

    @abstractmethod
    def dead_letter_queues(self, scope: Construct) -> Sequence[sqs.IQueue]:
        """Queues of what the backend itself gave up; somebody must look at their messages."""

    @abstractmethod
    def flow_role_principals(self, scope: Construct) -> Sequence[iam.PrincipalBase]:
        """Who assumes the roles of flow definitions."""

    @abstractmethod
    def let_assume(self, role: iam.IRole, scope: Construct) -> None:
        """Let those principals assume `role`, as far as they need a permission of their own."""

    @abstractmethod
    def check_region(self, scope: Construct) -> None:
        """Refuse a region that the backend is not in, where the stack's region is known."""

    @abstractmethod
    def check_sagemaker(self, what: str, scope: Construct) -> None:
        """Refuse `what` where the stack begins no human loops in Amazon A2I."""

    @abstractmethod
    def check_worker_options(self, names: Sequence[str]) -> None:
        """Refuse fields of a task that new human loops cannot have.

        Args:
            names: Names of those fields of `TaskProps` that are set and A2I does not have.

        Raises:
            ValueError: New human loops live in A2I, and there is a name.
        """

    @abstractmethod
    def make_workforce(self, request: WorkforceRequest, *, invite: bool = True) -> WorkforceParts:
        """Make a private workforce.

        Args:
            request: What the workforce's construct was asked for.
            invite: Whether invitations name this backend's portal.
        """

    @abstractmethod
    def make_workteam(self, request: WorkteamRequest) -> WorkteamParts:
        """Make the work team of a group, as `request` describes it."""

    @abstractmethod
    def make_human_task_ui(self, scope: Construct, *, name: str, content: str) -> str:
        """Make a human task UI, and return its ARN; a token.

        Args:
            scope: Parent.
            name: Name of the human task UI.
            content: The worker task template.
        """

    @abstractmethod
    def flow_definition_properties(self) -> Mapping[str, str]:
        """Properties of the custom resource which say where a flow definition is made."""

    @abstractmethod
    def update_guard_properties(self) -> Mapping[str, Sequence[str]]:
        """Properties of the update guard which say where pending reviews may be."""

    @abstractmethod
    def let_manage_flow_definitions(self, handler: lambda_.Function) -> None:
        """Let `handler` create, describe and delete the flow definitions of its stack."""

    @abstractmethod
    def let_pass(self, role: iam.IRole, handler: lambda_.Function) -> None:
        """Let `handler` create flow definitions with `role`."""

    @abstractmethod
    def let_drain(self, function: lambda_.Function, *, retires: bool) -> None:
        """Let a function see which flow definitions are needed and delete the rest.

        Args:
            function: Its role gets the permissions.
            retires: Whether it also reads and writes their tags.
        """

    @abstractmethod
    def let_list_workteams(self, function: lambda_.Function) -> None:
        """Let `function` see which work teams there are."""

    @abstractmethod
    def let_start(self, starter: lambda_.Function) -> None:
        """Let the function `starter` start human loops of every flow that its stack has or had."""

    @abstractmethod
    def let_describe(self, function: lambda_.Function, loops: str, because: str) -> None:
        """Let a function read state and times of human loops.

        Args:
            function: Its role gets the permissions.
            loops: Pattern of the human loops' ARNs.
            because: Reason for the wildcard in the pattern, as reviewers of the template read it.
        """

    @abstractmethod
    def let_read_ends(self, results: lambda_.Function) -> None:
        """Let the function `results` read how a human loop ended, where no event may say so."""

    @abstractmethod
    def let_delete(self, reconciler: lambda_.Function) -> None:
        """Let the function `reconciler` delete what ended human loops leave behind."""

    @abstractmethod
    def grant_start_human_loop(
        self, grantee: iam.IGrantable, scope: Construct, flow_definition_arn: str
    ) -> iam.Grant:
        """Let an application start human loops by itself, past the starter.

        Args:
            grantee: The application.
            scope: Construct of the stack.
            flow_definition_arn: Flow definition that it may use.
        """


_CHOSEN: WeakKeyDictionary[Stack, ReviewBackend] = WeakKeyDictionary()


def _backend(name: str, drain: Sequence[str]) -> ReviewBackend:
    # They import this module.
    from a2i_constructs.backends.a2i_backend import A2IBackend  # noqa: PLC0415
    from a2i_constructs.backends.account_backend import AccountBackend  # noqa: PLC0415
    from a2i_constructs.backends.draining_backend import DrainingBackend  # noqa: PLC0415

    made: dict[str, type[ReviewBackend]] = {"a2i": A2IBackend, "account": AccountBackend}
    others = sorted(made.keys() - {name})
    if [*drain] not in ([], others):
        raise ValueError(
            f"drain must be empty or {others} for backend {name!r}, got {[*drain]}: name the "
            "backend that the stack had before"
        )
    return DrainingBackend(made[name](), made[drain[0]]()) if drain else made[name]()
