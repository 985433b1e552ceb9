"""A private workforce whose people sign in with an identity provider of the organisation."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from aws_cdk import CustomResource, Duration, RemovalPolicy, Resource, Stack
from aws_cdk import aws_sagemaker as sagemaker
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from a2i_constructs.backends.a2i_backend import make_cfn_workteam
from a2i_constructs.backends.review_backend import ReviewBackend
from a2i_constructs.functions import permissions
from a2i_constructs.functions.checks import check_pattern
from a2i_constructs.functions.grants import grant
from a2i_constructs.functions.kept_resources import KEEP, KeptResources
from a2i_constructs.functions.resource_provider import ResourceProvider
from a2i_constructs.reviewers.private_workforce import NAME_ALLOWED, NAME_PATTERN, check_cidrs
from a2i_constructs.reviewers.region_check import check_region
from a2i_constructs.reviewers.stack_reviewers import StackReviewers
from a2i_constructs.reviewers.workforce_lookup import WorkforceLookup
from a2i_constructs.reviewers.workteam import DefinedWorkteam

RESOURCE_TYPE = "Custom::A2IOidcWorkforce"
MAX_GROUPS = 10
_GROUP_PATTERN = re.compile(r"\S{1,63}")
_CLIENT_ID_PATTERN = re.compile(r"[ -~]{1,1024}")


@dataclass(frozen=True)
class OidcProvider:
    """An OpenID Connect provider that tells people's groups in the claim `sagemaker:groups`.

    Attributes:
        client_id: 1 to 1024 printable characters.
        client_secret: Its text is the client's secret. A function reads it when the stack is
            deployed: it stands in no template, property, event or log. The function reads it again
            when provider, name or ARN of the secret change.
        issuer: URL of the provider, as its tokens name it.
        authorization_endpoint: URL that people sign in at.
        token_endpoint: URL that codes are exchanged for tokens at.
        user_info_endpoint: URL that tells claims about a person.
        logout_endpoint: URL that people sign out at.
        jwks_uri: URL of the keys that tokens are signed with.
        scope: Scopes to ask for, with spaces between. Default: A2I's own.
    """

    client_id: str
    client_secret: secretsmanager.ISecret
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    user_info_endpoint: str
    logout_endpoint: str
    jwks_uri: str
    scope: str | None = None


class IOidcWorkforce(Protocol):
    """Workforce whose reviewers sign in with an OpenID Connect provider."""

    @property
    def workforce_name(self) -> str:
        """The name of the workforce; a token."""

    @property
    def portal_url(self) -> str:
        """Address of the worker portal; a token."""

    @property
    def removal_policy(self) -> RemovalPolicy:
        """Removal policy of its work teams."""


class OidcWorkforce(Resource):
    """The region's private workforce, signed in by an OpenID Connect provider.

    The provider must allow `<portal URL>/oauth2/idpresponse` as a redirect, which is known once the
    workforce exists. A2I changes the provider only while the workforce has no teams.

    It is a custom resource: CloudFormation's own type takes only word characters in client id and
    secret.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        provider: OidcProvider,
        workforce_name: str = "default",
        source_ip_cidrs: Sequence[str] = (),
        removal_policy: RemovalPolicy = KEEP,
    ) -> None:
        """Define the workforce; deployment fails where the region has one.

        Args:
            scope: Parent.
            construct_id: Name below the parent.
            provider: Who signs reviewers in.
            workforce_name: 1 to 63 letters, digits and hyphens, no hyphen first.
            source_ip_cidrs: At most 10 ranges that the portal answers to. Default: every address.
            removal_policy: Of the workforce. Default: it outlives the stack.

        Raises:
            ValueError: The name, a range or the client's id has another form, or the stack has
                another backend than A2I.
        """
        super().__init__(scope, construct_id)
        ReviewBackend.of(self).check_sagemaker("OidcWorkforce", self)
        check_region(self)
        check_pattern("workforce_name", workforce_name, NAME_PATTERN, NAME_ALLOWED)
        check_cidrs(source_ip_cidrs)
        check_pattern(
            "client_id",
            provider.client_id,
            _CLIENT_ID_PATTERN,
            "printable characters without accents",
        )
        self.resource = self._make_resource(
            provider, workforce_name, source_ip_cidrs, removal_policy
        )
        WorkforceLookup.of(self).preflight(
            self, "Preflight", workforce_name=workforce_name, identity="oidc"
        )
        KeptResources.of(self).add(self.resource)
        self.removal_policy = removal_policy
        arn = self.resource.get_att_string("WorkforceArn")
        StackReviewers.of(self).add_workforce(self, arn, removal_policy)

    @property
    def workforce_name(self) -> str:
        """The name of the workforce; a token, so that what uses it is made after the workforce."""
        return self.resource.get_att_string("WorkforceName")

    @property
    def portal_url(self) -> str:
        """Address of the worker portal; a token."""
        return f"https://{self.resource.get_att_string('SubDomain')}"

    def _make_resource(
        self,
        provider: OidcProvider,
        workforce_name: str,
        source_ip_cidrs: Sequence[str],
        removal_policy: RemovalPolicy,
    ) -> CustomResource:
        handlers = ResourceProvider(
            self,
            "Provider",
            folder="oidc_workforce",
            description="Creates, changes and deletes the workforce of an identity provider",
            timeout=Duration.minutes(1),
            completes_within=Duration.minutes(20),
        )
        arn = Stack.of(self).format_arn(
            service="sagemaker", resource="workforce", resource_name=workforce_name
        )
        for function in handlers.functions:
            grant(
                function,
                permissions.LIST_WORKFORCES,
                "*",
                because="the action knows no resource; a region has one workforce",
            )
        grant(handlers.on_event, permissions.MANAGE_WORKFORCE, arn)
        provider.client_secret.grant_read(handlers.on_event)
        # Not "Resource": an update of the workforce's mode may not change a logical id's type.
        return CustomResource(
            self,
            "OidcWorkforce",
            resource_type=RESOURCE_TYPE,
            service_token=handlers.service_token,
            service_timeout=Duration.minutes(30),
            removal_policy=removal_policy,
            properties={
                "WorkforceName": workforce_name,
                "OidcConfig": _oidc_config(provider),
                "ClientSecretArn": provider.client_secret.secret_arn,
                "SourceIpCidrs": [*source_ip_cidrs],
            },
        )


class OidcWorkteam(DefinedWorkteam):
    """A work team: groups of the identity provider. Their members are reviewers at once."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        workforce: IOidcWorkforce,
        groups: Sequence[str],
        description: str = "Reviews predictions",
    ) -> None:
        """Define the team.

        Args:
            scope: Parent.
            construct_id: Name below the parent.
            workforce: Whose provider knows the groups.
            groups: 1 to 10 names, each 1 to 63 characters without spaces, as the provider spells
                them.
            description: 1 to 200 characters.

        Raises:
            ValueError: Groups or description have another form.
        """
        super().__init__(
            scope,
            construct_id,
            description=description,
            portal_url=workforce.portal_url,
            removal_policy=workforce.removal_policy,
        )
        if not 1 <= len(groups) <= MAX_GROUPS:
            raise ValueError(f"groups must have 1 to {MAX_GROUPS} names, got {len(groups)}")
        for group in groups:
            check_pattern("groups", group, _GROUP_PATTERN, "1 to 63 characters without spaces")
        group_names = sagemaker.CfnWorkteam.OidcMemberDefinitionProperty(oidc_groups=[*groups])
        resource = make_cfn_workteam(
            self,
            sagemaker.CfnWorkteam.MemberDefinitionProperty(oidc_member_definition=group_names),
            description=description,
            workforce_name=workforce.workforce_name,
            removal_policy=workforce.removal_policy,
        )
        self.resource, self._arn = resource, resource.attr_workteam_arn


def _oidc_config(provider: OidcProvider) -> dict[str, str]:
    """CreateWorkforce's OidcConfig but for the secret."""
    config = {
        "ClientId": provider.client_id,
        "Issuer": provider.issuer,
        "AuthorizationEndpoint": provider.authorization_endpoint,
        "TokenEndpoint": provider.token_endpoint,
        "UserInfoEndpoint": provider.user_info_endpoint,
        "LogoutEndpoint": provider.logout_endpoint,
        "JwksUri": provider.jwks_uri,
    }
    return {**config, "Scope": provider.scope} if provider.scope else config
