"""Human loops in Amazon A2I, with SageMaker's workforce, teams and task UIs."""

from collections.abc import Mapping, Sequence

from aws_cdk import Aws, CfnTag, Fn, RemovalPolicy
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sagemaker as sagemaker
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from a2i_constructs.backends.review_backend import (
    ReviewBackend,
    WorkforceParts,
    WorkforceRequest,
    WorkteamParts,
    WorkteamRequest,
)
from a2i_constructs.functions import permissions
from a2i_constructs.functions.grants import grant
from a2i_constructs.functions.kept_resources import KeptResources
from a2i_constructs.functions.names import OWN_DEFINITIONS, own_flow_definitions
from a2i_constructs.reviewers.region_check import check_region
from a2i_constructs.reviewers.sign_in import SignIn
from a2i_constructs.reviewers.stack_reviewers import StackReviewers, keep_when_replaced
from a2i_constructs.reviewers.workforce_lookup import WorkforceLookup
from a2i_constructs.storage.review_buckets import ReviewBuckets
from a2i_core.names import WORKTEAM_STACK_TAG

EVENT_SOURCE = "aws.sagemaker"
_SERVICE = "sagemaker.amazonaws.com"
_LISTS = "the actions know no resource; they tell names and states"


class A2IBackend(ReviewBackend):
    """Amazon A2I: what it offers is a call away, and only its resources are made."""

    def __init__(self) -> None:
        self._made: dict[Construct, WorkforceParts] = {}

    @property
    def names(self) -> Sequence[str]:
        return ("a2i",)

    @property
    def event_sources(self) -> Sequence[str]:
        return (EVENT_SOURCE,)

    def environment(self, scope: Construct) -> Mapping[str, str]:
        """None: it is what functions take for granted."""
        return {}

    def make_service(
        self, runtime: Construct, *, buckets: ReviewBuckets, removal_policy: RemovalPolicy
    ) -> None:
        """Nothing: A2I is there."""

    def dead_letter_queues(self, scope: Construct) -> Sequence[sqs.IQueue]:
        """None: what happens in A2I is A2I's."""
        return ()

    def flow_role_principals(self, scope: Construct) -> Sequence[iam.PrincipalBase]:
        """SageMaker."""
        return (iam.ServicePrincipal(_SERVICE),)

    def let_assume(self, role: iam.IRole, scope: Construct) -> None:
        """Nothing: a service needs no permission for it."""

    def check_region(self, scope: Construct) -> None:
        check_region(scope)

    def check_sagemaker(self, what: str, scope: Construct) -> None:
        """Nothing: SageMaker has it all."""

    def check_worker_options(self, names: Sequence[str]) -> None:
        if names:
            raise ValueError(
                f"{names[0]} needs human loops in the account, got backend 'a2i': A2I has nothing "
                "like it; leave it out, or set the backend to 'account'"
            )

    def make_workforce(self, request: WorkforceRequest, *, invite: bool = True) -> WorkforceParts:
        """Make SageMaker's workforce with a client of its own, once a preflight has passed."""
        scope = request.scope
        client = self._make_client(request)
        ranges = sagemaker.CfnWorkforce.SourceIpConfigProperty(cidrs=[*request.source_ip_cidrs])
        workforce = sagemaker.CfnWorkforce(
            scope,
            "Resource",
            workforce_name=request.name,
            cognito_config=sagemaker.CfnWorkforce.CognitoConfigProperty(
                client_id=client.user_pool_client_id,
                user_pool=request.user_pool.user_pool_id,
            ),
            source_ip_config=ranges if request.source_ip_cidrs else None,
        )
        preflight = WorkforceLookup.of(scope).preflight(
            scope, "Preflight", workforce_name=request.name, identity="cognito"
        )
        workforce.node.add_dependency(request.domain, preflight)
        sign_in = SignIn(
            scope,
            "SignIn",
            user_pool=request.user_pool,
            user_pool_client=client,
            sub_domain=workforce.attr_sub_domain,
            invite=invite,
        )
        arn = workforce.attr_workforce_arn
        StackReviewers.of(scope).add_workforce(scope, arn, request.removal_policy)
        client.apply_removal_policy(request.removal_policy)
        workforce.apply_removal_policy(request.removal_policy)
        KeptResources.of(scope).add(client, workforce)
        self._made[scope] = WorkforceParts(
            # A token, so that what uses it is made after the workforce.
            workforce_name=Fn.select(1, Fn.split("/", arn)),
            workforce_arn=arn,
            portal_url=f"https://{workforce.attr_sub_domain}",
            user_pool_client=client,
            sign_in=sign_in,
            resource=workforce,
        )
        return self._made[scope]

    def make_workteam(self, request: WorkteamRequest) -> WorkteamParts:
        """Make SageMaker's team of the group; CloudFormation names it."""
        workforce = request.workforce
        # One that is adopted was not made here, and says itself what it has.
        parts = self._made.get(workforce)  # type: ignore[call-overload]
        client = parts.user_pool_client if parts else workforce.user_pool_client
        resource = make_cfn_workteam(
            request.scope,
            sagemaker.CfnWorkteam.MemberDefinitionProperty(
                cognito_member_definition=sagemaker.CfnWorkteam.CognitoMemberDefinitionProperty(
                    cognito_client_id=client.user_pool_client_id,
                    cognito_user_group=request.group.ref,
                    cognito_user_pool=workforce.user_pool.user_pool_id,
                )
            ),
            description=request.description,
            workforce_name=parts.workforce_name if parts else workforce.workforce_name,
            removal_policy=request.removal_policy,
        )
        if parts:
            parts.sign_in.follow(resource)
        return WorkteamParts(resource.attr_workteam_arn, resource)

    def make_human_task_ui(self, scope: Construct, *, name: str, content: str) -> str:
        return sagemaker.CfnHumanTaskUi(
            scope,
            "Resource",
            human_task_ui_name=name,
            ui_template=sagemaker.CfnHumanTaskUi.UiTemplateProperty(content=content),
        ).attr_human_task_ui_arn

    def flow_definition_properties(self) -> Mapping[str, str]:
        """None: a resource that says nothing is A2I's."""
        return {}

    def update_guard_properties(self) -> Mapping[str, Sequence[str]]:
        """None: likewise."""
        return {}

    def let_manage_flow_definitions(self, handler: lambda_.Function) -> None:
        definitions = own_flow_definitions(handler)
        grant(handler, permissions.MANAGE_FLOW_DEFINITION, definitions, because=OWN_DEFINITIONS)
        grant(handler, permissions.LIST_HUMAN_LOOPS, "*", because=_LISTS)

    def let_pass(self, role: iam.IRole, handler: lambda_.Function) -> None:
        grant(
            handler,
            permissions.PASS_ROLE,
            role.role_arn,
            conditions={"StringEquals": {"iam:PassedToService": _SERVICE}},
        )

    def let_drain(self, function: lambda_.Function, *, retires: bool) -> None:
        actions = (
            permissions.DRAIN_FLOW_DEFINITION if retires else permissions.DISCARD_FLOW_DEFINITION
        )
        grant(function, actions, own_flow_definitions(function), because=OWN_DEFINITIONS)
        lists = [*permissions.LIST_FLOW_DEFINITIONS, *permissions.LIST_HUMAN_LOOPS]
        grant(function, lists, "*", because=_LISTS)

    def let_list_workteams(self, function: lambda_.Function) -> None:
        grant(function, permissions.LIST_WORKTEAMS, "*", because=_LISTS)

    def let_start(self, starter: lambda_.Function) -> None:
        """Replaced definitions too, for retries of reviews that began before a change."""
        definitions = own_flow_definitions(starter)
        grant(starter, permissions.START_HUMAN_LOOP, definitions, because=OWN_DEFINITIONS)

    def let_describe(self, function: lambda_.Function, loops: str, because: str) -> None:
        grant(function, permissions.DESCRIBE_HUMAN_LOOP, loops, because=because)

    def let_read_ends(self, results: lambda_.Function) -> None:
        """Nothing: only AWS sends events of its sources, so they may be believed."""

    def let_delete(self, reconciler: lambda_.Function) -> None:
        """Nothing: A2I keeps ended loops as it likes."""

    def grant_start_human_loop(
        self, grantee: iam.IGrantable, scope: Construct, flow_definition_arn: str
    ) -> iam.Grant:
        return grant(grantee, permissions.START_HUMAN_LOOP, flow_definition_arn)

    def _make_client(self, request: WorkforceRequest) -> cognito.UserPoolClient:
        """SignIn adds callback, scopes and flows: they need the workforce, which needs this."""
        return cognito.UserPoolClient(
            request.scope,
            "Client",
            user_pool=request.user_pool,
            disable_o_auth=True,
            generate_secret=True,
            prevent_user_existence_errors=True,
        )


def make_cfn_workteam(
    scope: Construct,
    members: sagemaker.CfnWorkteam.MemberDefinitionProperty,
    *,
    description: str,
    workforce_name: str,
    removal_policy: RemovalPolicy,
) -> sagemaker.CfnWorkteam:
    """Make a work team with the stack's tag, which an update that replaces it leaves."""
    resource = sagemaker.CfnWorkteam(
        scope,
        "Resource",
        description=description,
        member_definitions=[members],
        workforce_name=workforce_name,
        tags=[CfnTag(key=WORKTEAM_STACK_TAG, value=Aws.STACK_ID)],
    )
    keep_when_replaced(resource, removal_policy)
    return resource
