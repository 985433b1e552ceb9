"""Error codes of AWS services."""

from __future__ import annotations

from botocore.exceptions import ClientError

_TRANSIENT = {
    "500",
    "503",
    "ExpiredToken",
    "ExpiredTokenException",
    "InternalError",
    "InternalFailure",
    "InternalServerError",
    "InternalServerException",
    "KMSInternalException",
    "KMSThrottlingException",
    "KmsThrottlingException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestTimeout",
    "ServiceQuotaExceededException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
}


def code_of(error: ClientError) -> str:
    """The code, such as ThrottlingException."""
    return error.response["Error"]["Code"]


def is_transient(error: ClientError) -> bool:
    """Whether the same call can succeed later: throttling, a quota, a fault of the service."""
    return code_of(error) in _TRANSIENT
