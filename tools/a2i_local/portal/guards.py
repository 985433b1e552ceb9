"""ASGI middleware of the portal: checks Host, Origin and source address."""

from html import escape

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from a2i_core.human_loops.errors import WorkerTaskError
from a2i_local.portal.sessions import source_ip
from a2i_local.portal.sign_in_api import SignIn

FORBIDDEN = 403
SAFE_METHODS = frozenset({"GET", "HEAD"})


class OriginGuard:
    """ASGI middleware that checks `Host` and, on requests that change something, `Origin`.

    `allowed_hosts` holds `name` (any port) or `name:port`. The check of `Host` stops DNS
    rebinding: a foreign name that resolves to 127.0.0.1. The check of `Origin` stops posts from
    other sites and from sandboxed tasks (`null`). Clients that are no browser send no `Origin`.
    """

    def __init__(self, app: ASGIApp, allowed_hosts: frozenset[str]) -> None:
        self._app = app
        self._allowed_hosts = allowed_hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        if refusal is None:
            await self._app(scope, receive, send)
            return
        code, message = refusal
        response = JSONResponse({"error": {"code": code, "message": message}}, FORBIDDEN)
        await response(scope, receive, send)

    def _refusal(self, scope: Scope) -> tuple[str, str] | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._allowed_hosts & {host, host.rpartition(":")[0]}:
            allowed = ", ".join(sorted(self._allowed_hosts))
            return "HostNotAllowed", f"the portal answers to {allowed}, not to '{host}'"
        origin = headers.get("origin", f"{scope['scheme']}://{host}")
        if scope["method"] not in SAFE_METHODS and origin != f"{scope['scheme']}://{host}":
            return "OriginNotAllowed", f"requests from the origin '{origin}' are not accepted"
        return None


_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Not found</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; color: #1c2733; background: #f4f7fa; margin: 0 }}
main {{ max-width: 34rem; margin: 12vh auto 0; padding: 2rem; overflow-wrap: anywhere }}
</style>
<main role="alert"><h1>Not found</h1><p>This portal is closed to your network: {message}.</p></main>
</html>
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


class SourceGuard:
    """ASGI middleware around the whole portal, as SourceIpConfig is around A2I's.

    Where several workforces share the portal, it stays open to whom one of them lets in; each
    reviewer's own workforce is asked as well.
    """

    def __init__(self, app: ASGIApp, sign_in: SignIn) -> None:
        self._app = app
        self._sign_in = sign_in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = await self._refusal(Request(scope)) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send)

    async def _refusal(self, request: Request) -> Response | None:
        try:
            await run_in_threadpool(self._sign_in.check_address, source_ip(request))
        except WorkerTaskError as error:
            return _refused(request, error)
        return None


def _refused(request: Request, error: WorkerTaskError) -> Response:
    if "text/html" in request.headers.get("accept", ""):
        page = _PAGE.format(message=escape(error.message))
        return HTMLResponse(page, error.http_status, {"Content-Security-Policy": _POLICY})
    document = {"error": {"code": type(error).__name__, "message": error.message}}
    return JSONResponse(document, error.http_status)
