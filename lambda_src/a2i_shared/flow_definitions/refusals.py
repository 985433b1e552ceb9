"""Turns the service's refusals into errors that say what to do, with the service's own words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as AwsConnectionError

from a2i_shared.errors import (
    AccessRefusedError,
    AccountNotAcceptedError,
    FlowDefinitionError,
    OperationRefusedError,
    QuotaReachedError,
    ServiceBusyError,
)

_ACCESS_CODES = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
_BUSY_CODES = {
    "ConcurrentModification",  # IAM: somebody else changes the role at this moment
    "ConflictException",  # SageMaker: the same for what it keeps
    "InternalFailure",
    "InternalServerException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
}
# What A2I answers an account that it does not serve is not documented; Textract, which starts human
# loops too, documents the first of these, and the others are AWS's usual ones for the case.
_CLOSED_CODES = {"InvalidParameterException", "OptInRequired", "SubscriptionRequiredException"}


def code(error: ClientError) -> str:
    return error.response["Error"]["Code"]


def words(error: ClientError) -> str:
    return error.response["Error"].get("Message", "")


def is_absent(error: ClientError) -> bool:
    """The control API says ResourceNotFound, the runtime API ResourceNotFoundException."""
    return code(error) in {"ResourceNotFound", "ResourceNotFoundException"}


def role_remedy(error: ClientError, role_arn: str) -> str | None:
    """Remedy for a refused role, whose IAM changes may still be spreading; None: not about it.

    The service has one error code for every invalid parameter, so only its words tell a role that
    cannot be assumed from one that may not write, and both from a wrong work team.
    """
    said = words(error).lower()
    if code(error) in _ACCESS_CODES:
        allow = f"allow iam:PassRole on {role_arn} to the custom resource's own role"
        return allow if "iam:passrole" in said else None
    if code(error) != "ValidationException":
        return None
    if "assume" in said:
        return "it must exist and trust sagemaker.amazonaws.com"
    if role_arn.lower() in said:
        return (
            "it must be allowed s3:GetBucketLocation on both buckets, s3:GetObject in the input "
            "bucket, s3:PutObject below reviews/ in the output bucket, and use of their KMS keys"
        )
    return None


@contextmanager
def explained(doing: str) -> Iterator[None]:
    """Raise ServiceBusyError for what passes by itself, and advice for every other refusal."""
    try:
        yield
    except ClientError as error:
        raise _explanation(error, doing) from error
    except (AwsConnectionError, HTTPClientError) as error:
        raise ServiceBusyError(f"{doing} got no answer ({error})") from error


def _explanation(error: ClientError, doing: str) -> FlowDefinitionError:
    said = f"{code(error)}: {words(error)}"
    if code(error) in _BUSY_CODES:
        return ServiceBusyError(f"{doing} was put off ({said})")
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
    return OperationRefusedError(f"{doing} was refused ({said})")
