"""ASGI application of the AWS endpoint: MiniStack and our own paths."""

import uuid
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from a2i_local.bounded_body import BodyRefusedError, read_body

OWN_PATHS = "/_a2i/"
RUNTIME_PATH = "/human-loops"

Answer = tuple[int, Mapping[str, str], bytes]
Handler = Callable[[str, str, Mapping[str, str], bytes, Mapping[str, Any]], Answer]


def make_gateway_app(
    ministack: ASGIApp, handle: Handler, *, throttles_table: Callable[[], bool]
) -> ASGIApp:
    """Answer `/_a2i/admin` and `/_a2i/templates` by `handle`, the rest by MiniStack.

    The own paths need no credentials. MiniStack would take an unsigned call of the runtime for
    one of S3. It must have been started: the server's lifespan is not passed on. `throttles_table`
    says of each call of DynamoDB whether it is throttled.
    """

    async def gateway(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _acknowledge(receive, send)
        elif scope["type"] == "http" and scope["path"].startswith(OWN_PATHS):
            response = await _answer(handle, Request(scope, receive))
            await response(scope, receive, send)
        elif scope["type"] == "http" and _is_unsigned_runtime_call(Request(scope)):
            await _missing_token()(scope, receive, send)
        elif scope["type"] == "http" and _is_for_table(Request(scope)) and throttles_table():
            await _throttled()(scope, receive, send)
        else:
            await ministack(scope, receive, send)

    return gateway


def _is_unsigned_runtime_call(request: Request) -> bool:
    path = request.url.path
    return (
        (path == RUNTIME_PATH or path.startswith(f"{RUNTIME_PATH}/"))
        and "authorization" not in request.headers
        and "X-Amz-Signature" not in request.query_params
    )


def _is_for_table(request: Request) -> bool:
    return request.headers.get("x-amz-target", "").startswith("DynamoDB_")


def _throttled() -> Response:
    return JSONResponse(
        {
            "__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException",
            "message": "Rate exceeded",
        },
        HTTPStatus.BAD_REQUEST,
        {"Content-Type": "application/x-amz-json-1.0"},
    )


def _missing_token() -> Response:
    return JSONResponse(
        {"message": "Missing Authentication Token"},
        HTTPStatus.FORBIDDEN,
        {
            "x-amzn-ErrorType": "MissingAuthenticationTokenException",
            "x-amzn-requestid": str(uuid.uuid4()),
        },
    )


async def _answer(handle: Handler, request: Request) -> Response:
    try:
        content = await read_body(request)
    except BodyRefusedError as error:
        return JSONResponse({"message": str(error)}, error.http_status)
    status, headers, body = await run_in_threadpool(
        handle,
        request.method,
        request.url.path,
        request.headers,
        content,
        request.query_params,
    )
    return Response(body, status, dict(headers))


async def _acknowledge(receive: Receive, send: Send) -> None:
    ended = False
    while not ended:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        ended = message["type"] == "lifespan.shutdown"
