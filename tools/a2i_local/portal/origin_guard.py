"""Refuses requests that a web page of another origin made the browser send."""

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

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
