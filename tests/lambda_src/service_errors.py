"""Errors as the AWS clients raise them."""

from __future__ import annotations

from botocore.exceptions import ClientError


def service_error(code: str, message: str = "", operation: str = "Call") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)
