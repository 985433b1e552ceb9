"""Custom resource that invites people and puts them into the group of a work team."""

from aws_cdk import CfnResource, CustomResource, Duration, Stack
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from a2i_constructs.functions import permissions
from a2i_constructs.functions.grants import grant
from a2i_constructs.functions.resource_provider import SERVICE_TIMEOUT, ResourceProvider
from a2i_constructs.reviewers.sign_in import SignIn


class TeamMembers(Construct):
    """The members of a team that a template names; others stay as they are.

    Nobody is invited before sign-in is set up, so that invitations name the portal.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        group: cognito.CfnUserPoolGroup,
        user_pool: cognito.IUserPool,
        sign_in: SignIn,
    ) -> None:
        """Define the custom resource, without members."""
        super().__init__(scope, construct_id)
        provider = TeamMembersProvider.of(self)
        provider.allow(user_pool)
        self.resource = CustomResource(
            self,
            "Resource",
            resource_type="Custom::A2IWorkteamMembers",
            service_token=provider.service_token,
            service_timeout=SERVICE_TIMEOUT,
            properties={"UserPoolId": user_pool.user_pool_id, "GroupName": group.ref},
        )
        self.resource.node.add_dependency(sign_in.resource)
        self._workers: list[str] = []
        self._write_workers()

    def add(self, email: str) -> None:
        """Have a person in the group; naming one twice changes nothing."""
        if email not in self._workers:
            self._workers.append(email)
            self._write_workers()

    def _write_workers(self) -> None:
        resource = self.resource.node.default_child
        assert isinstance(resource, CfnResource)  # noqa: S101  # what every custom resource is made of
        resource.add_property_override("Workers", sorted(self._workers))


class TeamMembersProvider(Construct):
    """Custom resource provider of a stack's team members; one per stack."""

    CONSTRUCT_ID = "A2ITeamMembersProvider"

    def __init__(self, scope: Construct, construct_id: str) -> None:
        """Define the function."""
        super().__init__(scope, construct_id)
        self.provider = ResourceProvider(
            self,
            "Provider",
            folder="team_members",
            description="Invites reviewers into the groups of work teams",
            timeout=Duration.minutes(5),
        )

    @classmethod
    def of(cls, scope: Construct) -> "TeamMembersProvider":
        """The provider of the stack that `scope` is in, defined at its first use."""
        stack = Stack.of(scope)
        known = stack.node.try_find_child(cls.CONSTRUCT_ID)
        return known if isinstance(known, TeamMembersProvider) else cls(stack, cls.CONSTRUCT_ID)

    @property
    def service_token(self) -> str:
        """Service token of the provider for custom resources; a token."""
        return self.provider.service_token

    def allow(self, user_pool: cognito.IUserPool) -> None:
        """Let it invite people to the pool, and say who is in which group."""
        grant(self.provider.on_event, permissions.MANAGE_MEMBERS, user_pool.user_pool_arn)
