"""What asks, while a stack is deployed, which private workforce its region has."""

from typing import Literal

from aws_cdk import Aws, CustomResource, Duration, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from a2i_constructs.functions import permissions
from a2i_constructs.functions.bundled_function import BundledFunctionOptions
from a2i_constructs.functions.on_event_provider import SERVICE_TIMEOUT, OnEventProvider

Identity = Literal["cognito", "oidc"]
"""What a workforce signs its people in with."""


class WorkforceLookup(Construct):
    """The stack's questions about the region's one workforce. It changes nothing."""

    CONSTRUCT_ID = "A2IWorkforceLookup"

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function_options: BundledFunctionOptions | None = None,
    ) -> None:
        """Define the function that asks."""
        super().__init__(scope, construct_id)
        self.provider = OnEventProvider(
            self,
            "Provider",
            folder="workforce_lookup",
            description="Reads the private workforce of the region",
            timeout=Duration.minutes(1),
            environment={},
            options=function_options or BundledFunctionOptions(),
        )
        for actions, resource in (
            (permissions.LIST_WORKFORCES, "*"),
            (permissions.LIST_STACK_RESOURCES, Aws.STACK_ID),
        ):
            iam.Grant.add_to_principal(
                grantee=self.provider.function, actions=actions, resource_arns=[resource]
            )

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
        """
        return CustomResource(
            scope,
            construct_id,
            resource_type="Custom::A2IWorkforcePreflight",
            service_token=self.provider.service_token,
            service_timeout=SERVICE_TIMEOUT,
            properties={"WorkforceName": workforce_name, "Identity": identity},
        )

    def find(
        self, scope: Construct, construct_id: str, *, workforce_name: str, identity: Identity
    ) -> CustomResource:
        """Define a look at the workforce of that name, which fails where it is not there.

        Attributes: WorkforceName, WorkforceArn, SubDomain, UserPoolId, ClientId.
        """
        return CustomResource(
            scope,
            construct_id,
            resource_type="Custom::A2IAdoptedWorkforce",
            service_token=self.provider.service_token,
            service_timeout=SERVICE_TIMEOUT,
            properties={"WorkforceName": workforce_name, "Identity": identity},
        )
