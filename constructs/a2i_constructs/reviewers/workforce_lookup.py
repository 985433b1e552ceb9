"""Custom resources that look up the region's private workforce at deployment."""

from typing import Literal

from aws_cdk import Aws, CustomResource, Duration, Stack
from constructs import Construct

from a2i_constructs.functions import permissions
from a2i_constructs.functions.grants import grant
from a2i_constructs.functions.kept_resources import KeptResources
from a2i_constructs.functions.resource_provider import SERVICE_TIMEOUT, ResourceProvider

Identity = Literal["cognito", "oidc"]
"""Identity provider that a workforce signs its people in with."""


class WorkforceLookup(Construct):
    """The stack's questions about the region's one workforce. It changes nothing."""

    CONSTRUCT_ID = "A2IWorkforceLookup"

    def __init__(self, scope: Construct, construct_id: str) -> None:
        """Define the function that asks."""
        super().__init__(scope, construct_id)
        self.provider = ResourceProvider(
            self,
            "Provider",
            folder="workforce_lookup",
            description="Reads the private workforce of the region",
            timeout=Duration.minutes(1),
        )
        function = self.provider.on_event
        grant(
            function,
            permissions.LIST_WORKFORCES,
            "*",
            because="the action knows no resource; it tells of the region's one workforce",
        )
        grant(function, permissions.LIST_STACK_RESOURCES, Aws.STACK_ID)

    @classmethod
    def of(cls, scope: Construct) -> "WorkforceLookup":
        """The lookup of the stack that `scope` stands in, defined at its first use."""
        stack = Stack.of(scope)
        known = stack.node.try_find_child(cls.CONSTRUCT_ID)
        return known if isinstance(known, WorkforceLookup) else cls(stack, cls.CONSTRUCT_ID)

    def preflight(
        self, scope: Construct, construct_id: str, *, workforce_name: str, identity: Identity
    ) -> CustomResource:
        """Define a check that fails where a workforce exists, with the settings to adopt it.

        It runs again when name or identity change, which no workforce of the stack survives.

        Args:
            scope: Parent.
            construct_id: Name below the parent.
            workforce_name: Name that the new workforce is to have.
            identity: How its reviewers sign in, `cognito` or `oidc`.
        """
        check = CustomResource(
            scope,
            construct_id,
            resource_type="Custom::A2IWorkforcePreflight",
            service_token=self.provider.service_token,
            service_timeout=SERVICE_TIMEOUT,
            properties={"WorkforceName": workforce_name, "Identity": identity},
        )
        KeptResources.of(self).check_first(check)
        return check

    def find(
        self, scope: Construct, construct_id: str, *, workforce_name: str, identity: Identity
    ) -> CustomResource:
        """Define a look at a workforce, which fails where it is not there.

        Attributes of the resource: WorkforceName, WorkforceArn, SubDomain, UserPoolId, ClientId.

        Args:
            scope: Parent.
            construct_id: Name below the parent.
            workforce_name: Name of the region's workforce.
            identity: How its reviewers must sign in, `cognito` or `oidc`.
        """
        check = CustomResource(
            scope,
            construct_id,
            resource_type="Custom::A2IAdoptedWorkforce",
            service_token=self.provider.service_token,
            service_timeout=SERVICE_TIMEOUT,
            properties={"WorkforceName": workforce_name, "Identity": identity},
        )
        KeptResources.of(self).check_first(check)
        return check
