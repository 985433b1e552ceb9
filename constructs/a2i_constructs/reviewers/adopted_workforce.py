"""The private workforce that a region has already."""

from typing import NoReturn

from aws_cdk import RemovalPolicy, Resource
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from a2i_constructs.backends.review_backend import ReviewBackend
from a2i_constructs.functions.checks import check_pattern
from a2i_constructs.reviewers.private_workforce import NAME_ALLOWED, NAME_PATTERN
from a2i_constructs.reviewers.region_check import check_region
from a2i_constructs.reviewers.workforce_lookup import Identity, WorkforceLookup


class _AdoptedWorkforce(Resource):
    """A workforce that is looked up when the stack is deployed, and never changed or deleted.

    The lookup's id differs from the resource's of a workforce that is made: an update from one to
    the other may not change the type of a logical id.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        workforce_name: str,
        identity: Identity,
        removal_policy: RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        self.removal_policy = removal_policy
        ReviewBackend.of(self).check_sagemaker(type(self).__name__, self)
        check_region(self)
        check_pattern("workforce_name", workforce_name, NAME_PATTERN, NAME_ALLOWED)
        self.resource = WorkforceLookup.of(self).find(
            self, "Lookup", workforce_name=workforce_name, identity=identity
        )

    @property
    def workforce_name(self) -> str:
        """The name of the workforce; a token."""
        return self.resource.get_att_string("WorkforceName")

    @property
    def workforce_arn(self) -> str:
        """The ARN of the workforce; a token."""
        return self.resource.get_att_string("WorkforceArn")

    @property
    def portal_url(self) -> str:
        """Address of the worker portal; a token."""
        return f"https://{self.resource.get_att_string('SubDomain')}"


class AdoptedWorkforce(_AdoptedWorkforce):
    """A private workforce that signs reviewers in with Cognito and was not made by this stack.

    Teams and their groups are added beside those that it has; pool, client and workforce are never
    changed, and never deleted.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        workforce_name: str = "default",
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        """Look the workforce up; deployment fails where it is not there, or signs in otherwise.

        Args:
            scope: Parent.
            construct_id: Name below the parent.
            workforce_name: Name of the region's workforce.
            removal_policy: Of teams that the stack adds. Default: they outlive it.
        """
        super().__init__(
            scope,
            construct_id,
            workforce_name=workforce_name,
            identity="cognito",
            removal_policy=removal_policy,
        )
        self.user_pool = cognito.UserPool.from_user_pool_id(
            self, "UserPool", self.resource.get_att_string("UserPoolId")
        )
        self.user_pool_client = cognito.UserPoolClient.from_user_pool_client_id(
            self, "Client", self.resource.get_att_string("ClientId")
        )

    @property
    def sign_in(self) -> None:
        """Pool and client belong to others: they are not changed."""
        return None

    def check_worker(self, email: str) -> NoReturn:
        """Refuse to add anybody: people of an adopted workforce are managed with `a2i worker`.

        Args:
            email: Address that the error's command names.

        Raises:
            ValueError: Always, with the command to run instead.
        """
        raise ValueError(
            f"worker {email!r} cannot be added here: people of an adopted workforce are managed "
            f"with 'a2i worker add {email}'"
        )


class AdoptedOidcWorkforce(_AdoptedWorkforce):
    """A private workforce with an OpenID Connect provider that was not made by this stack.

    Teams of the provider's groups are added beside those that it has; the workforce is never
    changed, and never deleted.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        workforce_name: str = "default",
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        """Look the workforce up; deployment fails where it is not there, or signs in otherwise.

        Args:
            scope: Parent.
            construct_id: Name below the parent.
            workforce_name: Name of the region's workforce.
            removal_policy: Of teams that the stack adds. Default: they outlive it.

        Raises:
            ValueError: The name has another form than A2I's, or the stack has another backend.
        """
        super().__init__(
            scope,
            construct_id,
            workforce_name=workforce_name,
            identity="oidc",
            removal_policy=removal_policy,
        )
