"""The core's errors as boto3's clients raise them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError

from a2i_core.human_loops.errors import ServiceError


@contextmanager
def as_client_errors(operation: str) -> Iterator[None]:
    """Raise ClientError for what the core refuses; errors of AWS's services pass as they are."""
    try:
        yield
    except ServiceError as error:
        raise client_error(
            error.code, error.message, operation, status=error.http_status
        ) from error


def client_error(code: str, message: str, operation: str, *, status: int = 400) -> ClientError:
    """Return the error that boto3 would raise for an answer with this code."""
    return ClientError(
        {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"HTTPStatusCode": status},  # type: ignore[typeddict-item]  # all that callers read
        },
        operation,
    )
