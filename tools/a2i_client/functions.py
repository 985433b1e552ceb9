"""Invocation of a stack's functions."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from a2i_client.errors import FunctionFailedError

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


def invoke(
    lambda_: "LambdaClient", function_name: str, request: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a function's answer.

    Args:
        lambda_: client of AWS Lambda.
        function_name: the function.
        request: its event.

    Raises:
        FunctionFailedError: it ended with an error.
    """
    response = lambda_.invoke(FunctionName=function_name, Payload=as_json(request))
    answer: dict[str, Any] = json.load(response["Payload"])
    if "FunctionError" in response:
        error, words = answer.get("errorType", "error"), answer.get("errorMessage", "no message")
        raise FunctionFailedError(error, words)
    return answer


def as_json(value: object) -> bytes:
    """Return a value as JSON in UTF-8.

    Raises:
        TypeError, ValueError, RecursionError: it has none.
    """
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
