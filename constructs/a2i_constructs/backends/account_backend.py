"""Human loops in the account: on a table, an API and functions of the stack."""

from collections.abc import Mapping, Sequence

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from a2i_constructs.account.human_loop_functions import EVENT_SOURCE, principal
from a2i_constructs.account.human_loop_service import HumanLoopService
from a2i_constructs.account.human_loop_table import BY_FLOW, OPEN
from a2i_constructs.account.portal_client import make_portal_client
from a2i_constructs.backends.review_backend import (
    ReviewBackend,
    WorkforceParts,
    WorkforceRequest,
    WorkteamParts,
    WorkteamRequest,
)
from a2i_constructs.functions import permissions
from a2i_constructs.functions.grants import grant
from a2i_constructs.reviewers.sign_in import SignIn
from a2i_constructs.runtime.review_directory import ReviewDirectory
from a2i_constructs.storage.review_buckets import HUMAN_LOOPS_PREFIX, ReviewBuckets


class AccountBackend(ReviewBackend):
    """The account: all that human loops need is made in the stack, and nothing of SageMaker's."""

    @property
    def names(self) -> Sequence[str]:
        return ("account",)

    @property
    def event_sources(self) -> Sequence[str]:
        return (EVENT_SOURCE,)

    def environment(self, scope: Construct) -> Mapping[str, str]:
        return HumanLoopService.of(scope).environment

    def make_service(
        self, runtime: Construct, *, buckets: ReviewBuckets, removal_policy: RemovalPolicy
    ) -> None:
        service = HumanLoopService(
            runtime, "HumanLoopService", buckets=buckets, removal_policy=removal_policy
        )
        directory, address = ReviewDirectory.of(runtime), service.api.endpoint
        directory.publish(
            "HumanLoopEndpoint",
            "human-loop-endpoint",
            address,
            "Answers A2I's runtime operations",
        )
        directory.publish("PortalApiUrl", "portal-api-url", f"{address}/api", "Tasks of reviewers")
        directory.publish(
            "HumanLoopsTableName",
            "human-loops-table",
            service.table.table.table_name,
            "Table of the human loops",
        )
        directory.publish(
            "LoopClockFunctionName",
            "loop-clock-function-name",
            service.clock.function_name,
            "Releases the tasks of a removed worker",
        )

    def dead_letter_queues(self, scope: Construct) -> Sequence[sqs.IQueue]:
        return [HumanLoopService.of(scope).stream.dead_letter_queue]

    def flow_role_principals(self, scope: Construct) -> Sequence[iam.PrincipalBase]:
        """The roles of the functions that show objects and write answers."""
        return [principal(function) for function in HumanLoopService.of(scope).assuming]

    def let_assume(self, role: iam.IRole, scope: Construct) -> None:
        """A role that is made elsewhere must trust the functions by itself."""
        for function in HumanLoopService.of(scope).assuming:
            grant(function, permissions.ASSUME_ROLE, role.role_arn)

    def check_region(self, scope: Construct) -> None:
        """Nothing: what is used is in every region."""

    def check_sagemaker(self, what: str, scope: Construct) -> None:
        raise ValueError(
            f"{what} needs Amazon A2I, got backend 'account', whose reviewers are users of the "
            "stack's own pool: use PrivateWorkforce and Workteam, with user_pool for a pool that "
            "exists"
        )

    def check_worker_options(self, names: Sequence[str]) -> None:
        """Nothing: all of them are the account's own."""

    def make_workforce(self, request: WorkforceRequest, *, invite: bool = True) -> WorkforceParts:
        """Make a public client of the pool: its users are the workforce."""
        scope, pool = request.scope, request.user_pool
        if request.source_ip_cidrs:
            raise ValueError(
                f"source_ip_cidrs must be empty with backend 'account', got "
                f"{[*request.source_ip_cidrs]}: its API answers to every address and asks for a "
                "token"
            )
        service = HumanLoopService.of(scope)
        portal_url = f"{service.api.endpoint}/"
        client = make_portal_client(scope, pool, portal_url)
        service.serve_reviewers(pool, client, sign_in_address=request.domain.base_url())
        sign_in = SignIn(
            scope,
            "Invitation",
            user_pool=pool,
            user_pool_client=None,
            sub_domain=service.api.host,
            invite=invite,
        )
        directory = ReviewDirectory.of(scope)
        directory.publish(
            "UserPoolId", "user-pool-id", pool.user_pool_id, "Pool whose users review"
        )
        directory.publish(
            "PortalClientId",
            "portal-client-id",
            client.user_pool_client_id,
            "Public client that reviewers sign in with",
        )
        return WorkforceParts(
            workforce_name=request.name,
            workforce_arn=_arn(scope, "workforce", request.name),
            portal_url=portal_url,
            user_pool_client=client,
            sign_in=sign_in,
            resource=None,
        )

    def make_workteam(self, request: WorkteamRequest) -> WorkteamParts:
        """Nothing is made: the group is the team, and the ARN has the shape of A2I's."""
        name = f"private-crowd/{request.group.ref}"
        return WorkteamParts(_arn(request.scope, "workteam", name), request.group)

    def make_human_task_ui(self, scope: Construct, *, name: str, content: str) -> str:
        return HumanLoopService.of(scope).register_template(scope, name=name, content=content)

    def flow_definition_properties(self) -> Mapping[str, str]:
        return {"Backend": "account"}

    def update_guard_properties(self) -> Mapping[str, Sequence[str]]:
        return {"Backends": [*self.names]}

    def let_manage_flow_definitions(self, handler: lambda_.Function) -> None:
        _let_change(handler)

    def let_pass(self, role: iam.IRole, handler: lambda_.Function) -> None:
        """Nothing: the role is assumed by functions of the stack, and passed to nobody."""

    def let_drain(self, function: lambda_.Function, *, retires: bool) -> None:
        _let_change(function)

    def let_list_workteams(self, function: lambda_.Function) -> None:
        """Nothing: flow definitions say which teams are in use."""

    def let_start(self, starter: lambda_.Function) -> None:
        service = HumanLoopService.of(starter)
        service.table.grant(starter, permissions.READ_ITEM, permissions.WRITE_ITEM)
        service.buckets.grant_put_input(starter, HUMAN_LOOPS_PREFIX)
        service.buckets.grant_delete_human_loops(starter)

    def let_describe(self, function: lambda_.Function, loops: str, because: str) -> None:
        HumanLoopService.of(function).table.grant(function, permissions.READ_ITEM)

    def let_read_ends(self, results: lambda_.Function) -> None:
        """Anybody in the account may send an event of this source: only the table is believed."""
        HumanLoopService.of(results).table.grant(results, permissions.READ_ITEM)

    def let_delete(self, reconciler: lambda_.Function) -> None:
        HumanLoopService.of(reconciler).buckets.grant_delete_human_loops(reconciler)

    def grant_start_human_loop(
        self, grantee: iam.IGrantable, scope: Construct, flow_definition_arn: str
    ) -> iam.Grant:
        service = HumanLoopService.of(scope)
        role = service.callers.add(grantee, flow_definition_arn)
        granted = service.api.grant_start_human_loop(role)
        service.callers.come_before_policies_of(role)
        return granted


def _let_change(function: lambda_.Function) -> None:
    table = HumanLoopService.of(function).table
    table.grant(function, permissions.READ_ITEMS, permissions.WRITE_ITEM, permissions.DELETE_ITEM)
    table.grant_query(function, BY_FLOW, OPEN)


def _arn(scope: Construct, resource: str, name: str) -> str:
    """Consumers know the ARNs of A2I, and nothing is permitted by them."""
    return Stack.of(scope).format_arn(service="sagemaker", resource=resource, resource_name=name)
