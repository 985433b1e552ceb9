"""Turns the service's refusals into errors that say what to do, with the service's own words."""

from __future__ import annotations

from botocore.exceptions import ClientError

from a2i_shared.errors import (
    AccessRefusedError,
    AccountNotAcceptedError,
    CreationRefusedError,
    FlowDefinitionError,
    QuotaReachedError,
)

_ACCESS_CODES = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
_CLOSED_CODES = {"InvalidParameterException", "OptInRequired", "SubscriptionRequiredException"}


def code(error: ClientError) -> str:
    return error.response["Error"]["Code"]


def words(error: ClientError) -> str:
    return error.response["Error"].get("Message", "")


def is_absent(error: ClientError) -> bool:
    """The control API says ResourceNotFound, the runtime API ResourceNotFoundException."""
    return code(error) in {"ResourceNotFound", "ResourceNotFoundException"}


def explain(error: ClientError, doing: str) -> FlowDefinitionError:
    """The error to raise for a refusal that waiting does not change."""
    said = f"{code(error)}: {words(error)}"
    if code(error) in _ACCESS_CODES:
        return AccessRefusedError(
            f"{doing} was denied ({said}): allow it to the custom resource's role, and look for "
            "a permissions boundary or service control policy that forbids it"
        )
    if code(error) == "ResourceLimitExceeded":
        return QuotaReachedError(
            f"{doing} met a quota of the account ({said}): ask for more in Service Quotas, or "
            "delete flow definitions that are no longer used"
        )
    if code(error) in _CLOSED_CODES:
        return AccountNotAcceptedError(
            f"{doing} was refused for this account ({said}): Amazon A2I takes no new customers "
            "since July 2026; deploy to an account that uses it already, or ask AWS Support if "
            "this one does"
        )
    return CreationRefusedError(f"{doing} was refused ({said})")


def is_role_not_ready(error: ClientError, role_arn: str) -> bool:
    """Whether IAM may still be spreading a new role.

    The service has one error code for every invalid parameter, so only its words tell a role that
    cannot be assumed from a wrong work team.
    """
    if code(error) != "ValidationException":
        return False
    said = words(error).lower()
    return role_arn.lower() in said or "assume" in said
