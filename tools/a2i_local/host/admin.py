"""The local service's own paths on the AWS endpoint: `/_a2i/admin` and `/_a2i/templates`."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

PREFIX = "/_a2i/"

Answer = tuple[int, Mapping[str, str], bytes]
Handler = Callable[[str, str, Mapping[str, str], bytes, Mapping[str, Any]], Answer]


def with_admin(app: ASGIApp, handle: Handler) -> ASGIApp:
    """Answer the service's own paths, which carry no credentials; leave the rest to `app`."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await app(scope, receive, send)
            return
        request = Request(scope, receive)
        status, headers, body = await run_in_threadpool(
            handle,
            request.method,
            request.url.path,
            request.headers,
            await request.body(),
            request.query_params,
        )
        response = Response(body, status, dict(headers))
        await response(scope, receive, send)

    return answer
