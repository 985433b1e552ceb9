"""The people who review: a Cognito user pool behind the region's one private workforce."""

import re
from collections.abc import Sequence
from ipaddress import ip_network
from typing import Protocol

from aws_cdk import Aws, Duration, Fn, RemovalPolicy, Resource
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from a2i_constructs.functions.checks import check_pattern
from a2i_constructs.functions.grants import acknowledge
from a2i_constructs.functions.kept_resources import KEEP, KeptResources
from a2i_constructs.reviewers.region_check import check_region
from a2i_constructs.reviewers.sign_in import SignIn
from a2i_constructs.reviewers.stack_reviewers import StackReviewers
from a2i_constructs.reviewers.workforce_lookup import WorkforceLookup

NAME_PATTERN = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9-]{0,62}")
NAME_ALLOWED = "letters, digits and hyphens"
MAX_SOURCE_IP_CIDRS = 10
MAX_WORKERS = 50
_EMAIL_PATTERN = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class IPrivateWorkforce(Protocol):
    """Workforce whose reviewers sign in with a Cognito user pool."""

    @property
    def workforce_name(self) -> str:
        """The name of the workforce."""

    @property
    def portal_url(self) -> str:
        """Address of the worker portal; a token."""

    @property
    def user_pool(self) -> cognito.IUserPool:
        """The pool whose users review."""

    @property
    def user_pool_client(self) -> cognito.IUserPoolClient:
        """The client that the portal signs reviewers in with."""

    @property
    def removal_policy(self) -> RemovalPolicy:
        """Removal policy of its work teams and their groups."""

    @property
    def sign_in(self) -> SignIn | None:
        """Sign-in to set up after each team; None where the pool's people are managed elsewhere."""

    def check_worker(self, email: str) -> None:
        """Raises ValueError for what is no address, or cannot be named in a template."""


class PrivateWorkforce(Resource):
    """A private workforce with its own Cognito user pool.

    An account has at most one workforce per region, shared by everything that A2I, Ground Truth
    and Bedrock evaluations do there: where one exists, deployment fails with its name, and
    `AdoptedWorkforce` or `Workteam.from_workteam_arn` is the way in.

    Default: nobody signs up alone, passwords have 12 characters of four kinds, MFA is optional,
    and workforce, pool, client and domain outlive the stack.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        workforce_name: str = "default",
        mfa: cognito.Mfa = cognito.Mfa.OPTIONAL,
        source_ip_cidrs: Sequence[str] = (),
        user_pool: cognito.IUserPool | None = None,
        removal_policy: RemovalPolicy = KEEP,
    ) -> None:
        """Define the workforce.

        source_ip_cidrs: at most 10 ranges that the portal answers to. Default: every address.
        user_pool: must have no domain yet. Default: a new pool.
        """
        super().__init__(scope, construct_id)
        check_region(self)
        check_pattern("workforce_name", workforce_name, NAME_PATTERN, NAME_ALLOWED)
        check_cidrs(source_ip_cidrs)
        self.removal_policy = removal_policy
        self.user_pool = user_pool or self._make_user_pool(mfa, removal_policy)
        self.domain = self._make_domain()
        self.user_pool_client: cognito.IUserPoolClient = self._make_client()
        self.resource = self._make_workforce(workforce_name, source_ip_cidrs)
        self.sign_in: SignIn | None = SignIn(
            self,
            "SignIn",
            user_pool=self.user_pool,
            user_pool_client=self.user_pool_client,
            sub_domain=self.resource.attr_sub_domain,
        )
        self._workers: set[str] = set()
        StackReviewers.of(self).add_workforce(self, self.workforce_arn, removal_policy)
        self.domain.apply_removal_policy(removal_policy)
        self.user_pool_client.apply_removal_policy(removal_policy)
        self.resource.apply_removal_policy(removal_policy)
        KeptResources.of(self).add(self.domain, self.user_pool_client, self.resource)

    @property
    def workforce_name(self) -> str:
        """The name of the workforce; a token, so that what uses it is made after the workforce."""
        return Fn.select(1, Fn.split("/", self.resource.attr_workforce_arn))

    @property
    def workforce_arn(self) -> str:
        """The ARN of the workforce; a token."""
        return self.resource.attr_workforce_arn

    @property
    def portal_url(self) -> str:
        """Address of the worker portal; a token."""
        return f"https://{self.resource.attr_sub_domain}"

    def check_worker(self, email: str) -> None:
        """Raises ValueError for what is no e-mail address, or one too many."""
        check_pattern("worker", email, _EMAIL_PATTERN, "an e-mail address")
        self._workers.add(email)
        if len(self._workers) > MAX_WORKERS:
            raise ValueError(
                f"workers must be at most {MAX_WORKERS} people in all teams, got {email!r} as one "
                "more: Cognito sends 50 invitations a day; invite the others with "
                "'a2i worker add', some each day"
            )

    def _make_user_pool(self, mfa: cognito.Mfa, removal_policy: RemovalPolicy) -> cognito.IUserPool:
        user_pool = cognito.UserPool(
            self,
            "UserPool",
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            auto_verify=cognito.AutoVerifiedAttrs(email=True),
            # CloudFormation could not take back a creation that fails.
            deletion_protection=False,
            mfa=mfa,
            mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
            password_policy=cognito.PasswordPolicy(
                min_length=12,
                require_digits=True,
                require_lowercase=True,
                require_symbols=True,
                require_uppercase=True,
                temp_password_validity=Duration.days(7),
            ),
            removal_policy=removal_policy,
            self_sign_up_enabled=False,
            sign_in_aliases=cognito.SignInAliases(email=True),
            sign_in_case_sensitive=False,
        )
        KeptResources.of(self).add(user_pool)
        acknowledge(
            user_pool,
            "COG2",
            because="the setting workforce.mfa decides: reviewers sign in with an authenticator "
            "app of their own, which not every organisation hands out",
        )
        acknowledge(
            user_pool,
            "COG8",
            because="the Plus tier is billed per reviewer and month; its threat protection guards "
            "open sign-up, and here nobody signs up: administrators invite each reviewer",
        )
        return user_pool

    def _make_domain(self) -> cognito.UserPoolDomain:
        """The sign-in page; its prefix is unique in the region across all accounts."""
        stack_uuid = Fn.select(2, Fn.split("/", Aws.STACK_ID))
        return cognito.UserPoolDomain(
            self,
            "Domain",
            user_pool=self.user_pool,
            cognito_domain=cognito.CognitoDomainOptions(domain_prefix=f"a2i-{stack_uuid}"),
        )

    def _make_client(self) -> cognito.UserPoolClient:
        """SignIn adds callback, scopes and flows: they need the workforce, which needs this."""
        return cognito.UserPoolClient(
            self,
            "Client",
            user_pool=self.user_pool,
            disable_o_auth=True,
            generate_secret=True,
            prevent_user_existence_errors=True,
        )

    def _make_workforce(self, name: str, source_ip_cidrs: Sequence[str]) -> sagemaker.CfnWorkforce:
        source_ip_config = sagemaker.CfnWorkforce.SourceIpConfigProperty(cidrs=[*source_ip_cidrs])
        workforce = sagemaker.CfnWorkforce(
            self,
            "Resource",
            workforce_name=name,
            cognito_config=sagemaker.CfnWorkforce.CognitoConfigProperty(
                client_id=self.user_pool_client.user_pool_client_id,
                user_pool=self.user_pool.user_pool_id,
            ),
            source_ip_config=source_ip_config if source_ip_cidrs else None,
        )
        preflight = WorkforceLookup.of(self).preflight(
            self, "Preflight", workforce_name=name, identity="cognito"
        )
        workforce.node.add_dependency(self.domain, preflight)
        return workforce


def check_cidrs(cidrs: Sequence[str]) -> None:
    """Refuse more address ranges than a workforce takes, and what is none."""
    if len(cidrs) > MAX_SOURCE_IP_CIDRS:
        raise ValueError(
            f"source_ip_cidrs must have at most {MAX_SOURCE_IP_CIDRS} ranges, got {len(cidrs)}"
        )
    for cidr in cidrs:
        try:
            ip_network(cidr)
        except ValueError as error:
            raise ValueError(_not_a_range(cidr, str(error))) from None
        if "/" not in cidr:
            raise ValueError(_not_a_range(cidr, "its length is missing, /32 for one address"))


def _not_a_range(cidr: str, reason: str) -> str:
    return f"source_ip_cidrs must be ranges such as 203.0.113.0/24, got {cidr!r}: {reason}"
