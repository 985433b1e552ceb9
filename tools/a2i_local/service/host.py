"""Interface between the A2I service and the AWS around it.

The service never talks to S3, Cognito, IAM or EventBridge itself: whoever runs it hands in a
`Host`. The local AWS implements it on its embedded services; tests implement it in memory.
"""

# ruff: noqa: N818 - the causes read better without a suffix, and HostError is their base
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from a2i_core.human_loops.errors import ValidationException


class HostError(Exception):
    """A call into the surrounding AWS was refused; the message is the host's own."""


class HostAccessDenied(HostError):
    """The role may not do this, or the key's policy refuses it."""


class HostNotFound(HostError):
    """The bucket, the object or the role does not exist."""


class SignInRefused(HostError):
    """Wrong user name or password, or a user who may not sign in."""


class PasswordRefused(HostError):
    """The new password breaks the user pool's policy; the message names the rule."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One S3 object, whole."""

    body: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Member:
    """One user of a Cognito group."""

    sub: str
    username: str
    email: str | None = None


@dataclass(frozen=True, slots=True)
class UserPoolClient:
    """App client and its user pool, as far as a worker portal needs them."""

    has_secret: bool
    has_domain: bool
    """Whether the user pool has an address where people sign in."""


class Challenge(StrEnum):
    """Challenge of a user pool after the right password, by Cognito's names."""

    NEW_PASSWORD_REQUIRED = "NEW_PASSWORD_REQUIRED"  # noqa: S105 - a name
    SOFTWARE_TOKEN_MFA = "SOFTWARE_TOKEN_MFA"  # noqa: S105 - a name


@dataclass(frozen=True, slots=True)
class Credentials:
    """Name and password of a person, and the answer to the challenge if there was one."""

    username: str
    password: str
    new_password: str | None = None
    mfa_code: str | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """A user who has not signed in yet. Cognito would have sent the password by e-mail."""

    username: str
    email: str | None
    temporary_password: str


class Host(Protocol):
    """The AWS around the service.

    Calls come from any thread. `put_object`, `get_object` and `publish` are made while the
    service holds no lock, so they may call back into it, and so is `sign_in`; the others are
    made under its lock and must only look things up.
    """

    def role_trusts(self, role_arn: str, service: str) -> bool | None:
        """Return whether the role's trust policy lets `service` assume it; None: no such role."""

    def role_allows(self, role_arn: str, action: str, resource_arn: str) -> bool:
        """Return whether the role's policies and the resource's own allow the action."""

    def bucket_exists(self, bucket: str, *, account: str) -> bool:
        """Return whether the bucket exists for callers of this account."""

    def get_object(self, role_arn: str, bucket: str, key: str) -> StoredObject:
        """Read with the role's permissions, or raise HostAccessDenied or HostNotFound."""

    def put_object(
        self, role_arn: str, bucket: str, key: str, body: bytes, *, kms_key_id: str | None
    ) -> None:
        """Write with the role's permissions, or raise HostAccessDenied or HostNotFound."""

    def user_pool_client(
        self, user_pool_id: str, client_id: str, *, account: str
    ) -> UserPoolClient | None:
        """The app client of a user pool; None: one of the two does not exist."""

    def rewrite_user_pool_client(
        self, user_pool_id: str, client_id: str, settings: dict[str, Any], *, account: str
    ) -> None:
        """Set the sign-in settings of an app client, as the service itself does."""

    def group_members(self, user_pool_id: str, group: str, *, account: str) -> list[Member] | None:
        """The users of a group; None: the pool has no such group."""

    def sign_in(
        self, user_pool_id: str, client_id: str, credentials: Credentials, *, account: str
    ) -> Member | Challenge:
        """Return the user whose password this is, or what the user pool asks next.

        A new password is kept when the challenge was for one. SignInRefused, PasswordRefused.
        """

    def invitations(self) -> list[Invitation]:
        """The enabled users of all user pools who still have their temporary password."""

    def publish(self, event: dict[str, Any], *, account: str, region: str) -> None:
        """Put one entry on the default event bus as the service itself.

        The entry has PutEvents' members Source, DetailType, Resources and Detail (a JSON
        string). An exception means that it was not delivered: the service tries again.
        """


SERVICE_PRINCIPAL = "sagemaker.amazonaws.com"


def require_assumable(host: Host, role_arn: str) -> None:
    """Raise ValidationException unless the role exists and trusts SageMaker."""
    if not host.role_trusts(role_arn, SERVICE_PRINCIPAL):
        raise ValidationException(
            f"Could not assume role {role_arn}. Please ensure that the role exists and allows"
            f" principal '{SERVICE_PRINCIPAL}' to assume the role."
        )


def require_allowed(host: Host, role_arn: str, action: str, resource_arn: str) -> None:
    """Raise ValidationException unless the role may do the action.

    Which permissions A2I looks for is documented nowhere; every role that is known to have worked
    has the ones that are asked for here.
    """
    if not host.role_allows(role_arn, action, resource_arn):
        raise ValidationException(
            f"The role {role_arn} does not have the permission {action} on {resource_arn}. Please"
            " ensure that the role has the required permissions."
        )
