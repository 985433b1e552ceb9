"""The people who review: a Cognito user pool behind the region's one private workforce."""

import re
from collections.abc import Sequence
from ipaddress import ip_network
from typing import Protocol

from aws_cdk import Aws, Duration, Fn, RemovalPolicy, Resource
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from a2i_constructs.backends.review_backend import ReviewBackend, WorkforceRequest
from a2i_constructs.functions.checks import check_pattern
from a2i_constructs.functions.grants import acknowledge
from a2i_constructs.functions.kept_resources import KEEP, KeptResources
from a2i_constructs.reviewers.sign_in import SignIn

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
        """Refuse a worker whom this workforce cannot invite.

        Args:
            email: The worker's e-mail address.

        Raises:
            ValueError: It is no e-mail address, or cannot be named in a template.
        """


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

        Args:
            scope: Parent.
            construct_id: Name below the parent.
            workforce_name: 1 to 63 letters, digits and hyphens, no hyphen first.
            mfa: Whether reviewers of a new pool sign in with an authenticator app, too.
            source_ip_cidrs: At most 10 ranges that the portal answers to. Default: every address.
            user_pool: Pool whose users review; must have no domain yet. Default: a new pool.
            removal_policy: Of workforce, pool, client and domain. Default: they outlive the stack.

        Raises:
            ValueError: The name or a range has another form, there are too many ranges, or the
                backend is not in the stack's region.
        """
        super().__init__(scope, construct_id)
        backend = ReviewBackend.of(self)
        backend.check_region(self)
        check_pattern("workforce_name", workforce_name, NAME_PATTERN, NAME_ALLOWED)
        check_cidrs(source_ip_cidrs)
        self.removal_policy = removal_policy
        self.user_pool = user_pool or self._make_user_pool(mfa, removal_policy)
        self.domain = self._make_domain()
        self._parts = backend.make_workforce(
            WorkforceRequest(
                scope=self,
                name=workforce_name,
                user_pool=self.user_pool,
                domain=self.domain,
                source_ip_cidrs=source_ip_cidrs,
                removal_policy=removal_policy,
            )
        )
        self.resource = self._parts.resource
        self.user_pool_client: cognito.IUserPoolClient = self._parts.user_pool_client
        self.sign_in: SignIn | None = self._parts.sign_in
        self._workers: set[str] = set()
        self.domain.apply_removal_policy(removal_policy)
        KeptResources.of(self).add(self.domain)

    @property
    def workforce_name(self) -> str:
        """The name of the workforce; perhaps a token."""
        return self._parts.workforce_name

    @property
    def workforce_arn(self) -> str:
        """The ARN of the workforce; a token."""
        return self._parts.workforce_arn

    @property
    def portal_url(self) -> str:
        """Address of the worker portal; a token."""
        return self._parts.portal_url

    def check_worker(self, email: str) -> None:
        """Refuse a worker whom this workforce cannot invite.

        Args:
            email: The worker's e-mail address.

        Raises:
            ValueError: It is no e-mail address, or one more than 50 in all teams.
        """
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
