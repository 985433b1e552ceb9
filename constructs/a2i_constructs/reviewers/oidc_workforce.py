"""A private workforce whose people sign in with an identity provider of the organisation."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from aws_cdk import Fn, RemovalPolicy, Resource, SecretValue
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from a2i_constructs.functions.checks import check_pattern
from a2i_constructs.reviewers.private_workforce import NAME_ALLOWED, NAME_PATTERN, check_cidrs
from a2i_constructs.reviewers.region_check import check_region
from a2i_constructs.reviewers.stack_reviewers import StackReviewers
from a2i_constructs.reviewers.workforce_lookup import WorkforceLookup
from a2i_constructs.reviewers.workteam import DefinedWorkteam

MAX_GROUPS = 10
_GROUP_PATTERN = re.compile(r"\S{1,63}")
_CLIENT_ID_PATTERN = re.compile(r"[\w+]{1,1024}")


@dataclass(frozen=True)
class OidcProvider:
    """An OpenID Connect provider that tells people's groups in the claim `sagemaker:groups`.

    client_secret: a dynamic reference, such as `SecretValue.secrets_manager(...)`, so that the
        secret itself never stands in the template.
    """

    client_id: str
    client_secret: SecretValue
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    user_info_endpoint: str
    logout_endpoint: str
    jwks_uri: str
    scope: str | None = None


class IOidcWorkforce(Protocol):
    """What a team of a provider's groups needs to know of its workforce."""

    @property
    def workforce_name(self) -> str:
        """The name of the workforce; a token."""

    @property
    def portal_url(self) -> str:
        """Where reviewers sign in; a token."""

    @property
    def removal_policy(self) -> RemovalPolicy:
        """What becomes of its teams when they leave the template."""


class OidcWorkforce(Resource):
    """The region's private workforce, signed in by an OpenID Connect provider.

    The provider must allow `<portal URL>/oauth2/idpresponse` as a redirect, which is known once the
    workforce exists. CloudFormation changes the provider only while the workforce has no teams.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        provider: OidcProvider,
        workforce_name: str = "default",
        source_ip_cidrs: Sequence[str] = (),
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        """Define the workforce; deployment fails where the region has one.

        source_ip_cidrs: at most 10 ranges that the portal answers to. Default: every address.
        """
        super().__init__(scope, construct_id)
        check_region(self)
        check_pattern("workforce_name", workforce_name, NAME_PATTERN, NAME_ALLOWED)
        check_cidrs(source_ip_cidrs)
        check_pattern(
            "client_id",
            provider.client_id,
            _CLIENT_ID_PATTERN,
            "letters, digits, underscores and plus signs, which is all that CloudFormation takes",
        )
        source_ips = sagemaker.CfnWorkforce.SourceIpConfigProperty(cidrs=[*source_ip_cidrs])
        self.resource = sagemaker.CfnWorkforce(
            self,
            "Resource",
            workforce_name=workforce_name,
            oidc_config=_oidc_config(provider),
            source_ip_config=source_ips if source_ip_cidrs else None,
        )
        preflight = WorkforceLookup.of(self).preflight(
            self, "Preflight", workforce_name=workforce_name, identity="oidc"
        )
        self.resource.node.add_dependency(preflight)
        self.resource.apply_removal_policy(removal_policy)
        self.removal_policy = removal_policy
        arn = self.resource.attr_workforce_arn
        StackReviewers.of(self).add_workforce(self, arn, removal_policy)

    @property
    def workforce_name(self) -> str:
        """The name of the workforce; a token, so that what uses it is made after the workforce."""
        return Fn.select(1, Fn.split("/", self.resource.attr_workforce_arn))

    @property
    def portal_url(self) -> str:
        """Where reviewers sign in; a token."""
        return f"https://{self.resource.attr_sub_domain}"


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

        groups: 1 to 10 names, each 1 to 63 characters without spaces, as the provider spells them.
        description: 1 to 200 characters.
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
        self.resource = self._make_workteam(
            sagemaker.CfnWorkteam.MemberDefinitionProperty(oidc_member_definition=group_names),
            workforce_name=workforce.workforce_name,
        )


def _oidc_config(provider: OidcProvider) -> sagemaker.CfnWorkforce.OidcConfigProperty:
    return sagemaker.CfnWorkforce.OidcConfigProperty(
        client_id=provider.client_id,
        client_secret=provider.client_secret.unsafe_unwrap(),  # a reference, no secret
        issuer=provider.issuer,
        authorization_endpoint=provider.authorization_endpoint,
        token_endpoint=provider.token_endpoint,
        user_info_endpoint=provider.user_info_endpoint,
        logout_endpoint=provider.logout_endpoint,
        jwks_uri=provider.jwks_uri,
        scope=provider.scope,
    )
