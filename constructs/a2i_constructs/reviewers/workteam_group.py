"""The name of a work team, the group of its people, and the end of both."""

from collections.abc import Sequence

from aws_cdk import Aws, CfnResource, CustomResource, Duration, Stack
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from a2i_constructs.functions import permissions
from a2i_constructs.functions.grants import grant
from a2i_constructs.functions.names import own_flow_definitions, own_workteams
from a2i_constructs.functions.resource_provider import SERVICE_TIMEOUT, ResourceProvider

_OWN_TEAMS = (
    "names of work teams and flow definitions end in what is known after deployment; the stack's "
    "own hash in front of it keeps other stacks' out; lists know no resource"
)
RESOURCE_TYPE = "Custom::A2IWorkteamGroup"


class WorkteamGroupProvider(Construct):
    """What keeps the groups of a stack's work teams. It deletes no teams but the stack's own."""

    CONSTRUCT_ID = "A2IWorkteamGroupProvider"

    def __init__(self, scope: Construct, construct_id: str) -> None:
        """Define the function."""
        super().__init__(scope, construct_id)
        self.provider = ResourceProvider(
            self,
            "Provider",
            folder="workteam",
            description="Names work teams, keeps their groups of people, and ends both",
            timeout=Duration.minutes(5),
        )
        for actions, resource in (
            (permissions.DELETE_WORKTEAM, own_workteams(self)),
            (permissions.DESCRIBE_FLOW_DEFINITION, own_flow_definitions(self)),
            (permissions.LIST_FLOW_DEFINITIONS, "*"),
            (permissions.LIST_WORKTEAMS, "*"),
            (permissions.DESCRIBE_STACK, Aws.STACK_ID),
        ):
            self._allow(actions, resource)

    @classmethod
    def of(cls, scope: Construct) -> "WorkteamGroupProvider":
        """The provider of the stack that `scope` stands in, defined at its first use."""
        stack = Stack.of(scope)
        known = stack.node.try_find_child(cls.CONSTRUCT_ID)
        return known if isinstance(known, WorkteamGroupProvider) else cls(stack, cls.CONSTRUCT_ID)

    def allow_groups(self, user_pool: cognito.IUserPool) -> None:
        """Let it keep groups in the pool."""
        self._allow(permissions.KEEP_GROUP, user_pool.user_pool_arn)

    def allow_people(self, user_pool: cognito.IUserPool) -> None:
        """Let it invite people to the pool, and say who is in which group."""
        self._allow(permissions.KEEP_PEOPLE, user_pool.user_pool_arn)

    def _allow(self, actions: Sequence[str], resource: str) -> None:
        grant(self.provider.on_event, actions, resource, because=_OWN_TEAMS)


class WorkteamGroup(Construct):
    """The group of one team. Its name, and the team's, is one that no team had before.

    So an update may bring back a team that another one has replaced, while reviews still wait for
    the people of the former one.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        prefix: str,
        workforce_name: str,
        user_pool: cognito.IUserPool | None = None,
    ) -> None:
        """Define the group; without a pool, just the name.

        prefix: how the name begins; another one makes another group.
        workforce_name: a token, so that people are invited once there is a portal.
        """
        super().__init__(scope, construct_id)
        provider = WorkteamGroupProvider.of(self)
        place = {} if user_pool is None else {"UserPoolId": user_pool.user_pool_id}
        if user_pool is not None:
            provider.allow_groups(user_pool)
        self.resource = CustomResource(
            self,
            prefix,
            resource_type=RESOURCE_TYPE,
            service_token=provider.provider.service_token,
            service_timeout=SERVICE_TIMEOUT,
            properties={"Prefix": prefix, "WorkforceName": workforce_name, **place},
        )
        self._user_pool = user_pool
        self._workers: list[str] = []

    @property
    def name(self) -> str:
        """The name of team and group; a token."""
        return self.resource.ref

    def name_people(self) -> None:
        """Have those in the group whom `add_worker` names, and none of those it named before.

        Without this the group's people are whoever is put into it.
        """
        if self._user_pool is not None:
            WorkteamGroupProvider.of(self).allow_people(self._user_pool)
        self._write_workers()

    def add_worker(self, email: str) -> None:
        """Have a person in the group; naming one twice changes nothing."""
        if email not in self._workers:
            self._workers.append(email)
            self._write_workers()

    def _write_workers(self) -> None:
        resource = self.resource.node.default_child
        assert isinstance(resource, CfnResource)  # noqa: S101  # what every custom resource is made of
        resource.add_property_override("Workers", sorted(self._workers))
