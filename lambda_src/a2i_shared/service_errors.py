"""Error codes of AWS services."""

from __future__ import annotations

from botocore.exceptions import ClientError

_THROTTLING = {
    "KMSThrottlingException",
    "KmsThrottlingException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
}
_TRANSIENT = _THROTTLING | {
    "500",
    "503",
    "ExpiredToken",
    "ExpiredTokenException",
    "InternalError",
    "InternalFailure",
    "InternalServerError",
    "InternalServerException",
    "KMSInternalException",
    "RequestTimeout",
    "ServiceQuotaExceededException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
}


def code_of(error: ClientError) -> str:
    """The code, such as ThrottlingException."""
    return error.response["Error"]["Code"]


def is_throttling(error: ClientError) -> bool:
    """Whether the service refused the call because there were too many."""
    return code_of(error) in _THROTTLING


def is_transient(error: ClientError) -> bool:
    """Whether the same call can succeed later: throttling, a quota, a fault of the service."""
    return code_of(error) in _TRANSIENT
