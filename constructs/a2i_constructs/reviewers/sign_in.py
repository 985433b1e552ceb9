"""How reviewers get in: the app client's addresses, and the invitation that names the portal."""

from aws_cdk import CustomResource, Duration, Stack
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from a2i_constructs.functions import permissions
from a2i_constructs.functions.bundled_function import BundledFunction
from a2i_constructs.functions.grants import grant
from a2i_constructs.functions.resource_provider import SERVICE_TIMEOUT, ResourceProvider


class SignIn(Construct):
    """Re-applies the portal's addresses to the app client after the workforce.

    The client is made before the workforce, whose address it needs. SageMaker writes it into the
    client once; a later update of the client by CloudFormation would wipe it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        user_pool: cognito.IUserPool,
        user_pool_client: cognito.IUserPoolClient,
        client_revision: str,
        sub_domain: str,
    ) -> None:
        """Define the custom resource.

        client_revision: changes with the client's properties, so that this follows their update.
        """
        super().__init__(scope, construct_id)
        self.provider = ResourceProvider(
            self,
            "Provider",
            folder="sign_in",
            description="Opens the app client to the worker portal",
            timeout=Duration.minutes(1),
        )
        grant(self.provider.on_event, permissions.SET_UP_SIGN_IN, user_pool.user_pool_arn)
        self.resource = CustomResource(
            self,
            "Resource",
            resource_type="Custom::A2ISignIn",
            service_token=self.provider.service_token,
            service_timeout=SERVICE_TIMEOUT,
            properties={
                "UserPoolId": user_pool.user_pool_id,
                "ClientId": user_pool_client.user_pool_client_id,
                "ClientRevision": client_revision,
                "SubDomain": sub_domain,
            },
        )


class Invitation(Construct):
    """The trigger that writes the portal's address into invitations."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        user_pool: cognito.UserPool,
        workforce_name: str,
    ) -> None:
        """Define the function; the pool and the function know the workforce by its name alone."""
        super().__init__(scope, construct_id)
        self.function = BundledFunction(
            self,
            "Function",
            folder="invitation",
            description="Tells invited reviewers where their portal is",
            environment={"A2I_WORKFORCE_NAME": workforce_name},
            timeout=Duration.seconds(5),  # Cognito waits no longer
        ).function
        workforce_arn = Stack.of(self).format_arn(
            service="sagemaker", resource="workforce", resource_name=workforce_name
        )
        grant(self.function, permissions.DESCRIBE_WORKFORCE, workforce_arn)
        user_pool.add_trigger(cognito.UserPoolOperation.CUSTOM_MESSAGE, self.function)
