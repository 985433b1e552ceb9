"""HumanLoopEndpoint function: A2I's runtime API behind an HTTP API with IAM authorization.

Event: payload format 2.0. Paths and methods are the API's own, so boto3 and the AWS CLI work with
the endpoint's address; they have to sign for `execute-api`.

Environment: A2I_STACK_ID, A2I_HUMAN_LOOPS_TABLE, A2I_HUMAN_LOOPS_BUCKET; optional A2I_CALLERS, the
roles that may use some flows only, and A2I_TRACING; POWERTOOLS_SERVICE_NAME.
"""

from __future__ import annotations

import base64
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import ClientError

from a2i_account import backend
from a2i_core.human_loops import wire
from a2i_core.human_loops.errors import (
    InternalServerException,
    ServiceError,
    ThrottlingException,
)
from a2i_shared import telemetry
from a2i_shared.environment import read_environment
from a2i_shared.service_errors import is_throttling
from a2i_shared.telemetry import logger
from human_loop_endpoint.callers import EndpointEnvironment, operations_for

telemetry.trace_aws_calls()


@logger.inject_lambda_context(log_event=False, clear_state=True)
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    request = request_of(event)
    try:
        callers = read_environment(EndpointEnvironment).callers
        operations = operations_for(user_arn_of(event), callers, backend.operations())
        response = wire.answer(operations, request)
    except Exception as error:  # noqa: BLE001  # the caller gets an answer to retry on, in any case
        logger.exception("call failed", method=request.method)
        response = wire.failure(_shown(error))
    logger.info("call", method=request.method, status=response.status)
    return {"statusCode": response.status, "headers": response.headers, "body": response.body}


def _shown(error: Exception) -> ServiceError:
    """Return what a caller learns of an error that is not the API's own."""
    if isinstance(error, ClientError) and is_throttling(error):
        return ThrottlingException("Rate exceeded")
    return InternalServerException("We encountered an internal error. Try your request again.")


def request_of(event: dict[str, Any]) -> wire.Request:
    """Return the HTTP request that an event of an HTTP API stands for."""
    text: str = event.get("body") or ""
    is_encoded = event.get("isBase64Encoded", False)
    return wire.Request(
        method=event["requestContext"]["http"]["method"],
        path=event["rawPath"],
        query=event.get("rawQueryString", ""),
        body=base64.b64decode(text) if is_encoded else text.encode(errors="surrogatepass"),
    )


def user_arn_of(event: dict[str, Any]) -> str | None:
    """Return who signed the request that an event of an HTTP API stands for."""
    authorizer = event["requestContext"].get("authorizer") or {}
    user_arn: str | None = (authorizer.get("iam") or {}).get("userArn")
    return user_arn
