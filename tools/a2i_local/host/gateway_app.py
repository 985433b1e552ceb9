"""What answers on the AWS endpoint: MiniStack, and beside it the paths of our own."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

OWN_PATHS = "/_a2i/"

Answer = tuple[int, Mapping[str, str], bytes]
Handler = Callable[[str, str, Mapping[str, str], bytes, Mapping[str, Any]], Answer]


def make_gateway_app(ministack: ASGIApp, handle: Handler) -> ASGIApp:
    """Answer `/_a2i/admin` and `/_a2i/templates` by `handle`, the rest by MiniStack.

    The own paths need no credentials. MiniStack must have been started: the server's lifespan
    is not passed on.
    """

    async def gateway(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _acknowledge(receive, send)
        elif scope["type"] == "http" and scope["path"].startswith(OWN_PATHS):
            response = await _answer(handle, Request(scope, receive))
            await response(scope, receive, send)
        else:
            await ministack(scope, receive, send)

    return gateway


async def _answer(handle: Handler, request: Request) -> Response:
    status, headers, body = await run_in_threadpool(
        handle,
        request.method,
        request.url.path,
        request.headers,
        await request.body(),
        request.query_params,
    )
    return Response(body, status, dict(headers))


async def _acknowledge(receive: Receive, send: Send) -> None:
    ended = False
    while not ended:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        ended = message["type"] == "lifespan.shutdown"
