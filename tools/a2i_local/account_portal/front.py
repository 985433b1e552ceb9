"""Reverse proxy of the account's worker portal: API and sign-in page on one plain-HTTP origin.

On AWS the portal has the address of its HTTP API, and signs in at the user pool's domain. Here both
are paths of the gateway, which speaks HTTPS with a certificate that no browser knows. So the
portal's own port passes their requests on, and exchanges the addresses that requests and responses
name: the pool is asked to return to the address that its client has, as on AWS.
"""

import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from a2i_local.bounded_body import read_body

OWN_PATHS = "/_a2i/"
OBJECTS = f"{OWN_PATHS}aws"
"""URL path below which objects of S3 are served that the portal redirects to."""
_SIGN_IN = re.compile(r"/(oauth2/.*|login|logout)")
_SIGN_IN_ADDRESS = re.compile(rb'https://[^"/]+[.]auth[.][a-z0-9-]+[.]amazoncognito[.]com')
_ADDRESSES = {"redirect_uri", "logout_uri"}
_BODIES_WITH_ADDRESSES = {"/oauth2/token"}


class AccountPortalFront:
    """ASGI application of the portal's port.

    The portal of the stack that was deployed last answers, where any has human loops in the
    account. Without one, and below `/_a2i/`, the portal of the local A2I does.
    """

    def __init__(
        self,
        aws: ASGIApp,
        a2i_portal: ASGIApp,
        *,
        gateway: str,
        find_api: Callable[[], str | None],
    ) -> None:
        """Pass requests on.

        Args:
            aws: The gateway's application.
            a2i_portal: Portal of the local A2I.
            gateway: Origin of the gateway.
            find_api: Returns the path of the portal's API at the gateway; None where there is none.
        """
        self._aws = aws
        self._a2i_portal = a2i_portal
        self._gateway = gateway
        self._find_api = find_api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        is_object = path.startswith(f"{OBJECTS}/")
        if scope["type"] != "http" or (path.startswith(OWN_PATHS) and not is_object):
            await self._a2i_portal(scope, receive, send)
        elif is_object:
            await self._pass_object(scope, receive, send)
        elif (api := self._find_api()) is None:
            await self._a2i_portal(scope, receive, send)
        else:
            await _Exchange(self._aws, self._gateway, api, scope).answer(receive, send)

    async def _pass_object(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a signed link on under the host that it was signed for."""
        signed = b"X-Amz-Signature=" in scope["query_string"]
        if scope["method"] != "GET" or not signed:
            await self._a2i_portal(scope, receive, send)  # it knows no such path
            return
        host = self._gateway.partition("://")[2]
        headers = [(name, value) for name, value in scope["headers"] if name != b"host"]
        to_aws = {
            **_at(scope, scope["path"].removeprefix(OBJECTS), _raw(scope).removeprefix(OBJECTS)),
            "headers": [*headers, (b"host", host.encode())],
            # Signed for HTTPS, and buckets take nothing else; here it stays in this process.
            "scheme": "https",
        }
        await self._aws(to_aws, receive, send)


class _Exchange:
    """One request to the API or the sign-in page, with the addresses of each side."""

    def __init__(self, aws: ASGIApp, gateway: str, api: str, scope: Scope) -> None:
        self._aws = aws
        self._scope = scope
        self._api = api
        self._own = f"http://{Request(scope).headers['host']}"
        self._there = f"{gateway}{api}"
        self._gateway = gateway
        self._is_sign_in = _SIGN_IN.fullmatch(scope["path"]) is not None

    async def answer(self, receive: Receive, send: Send) -> None:
        scope, path = self._scope, self._scope["path"]
        if self._is_sign_in:
            query = self._with_their_addresses(scope["query_string"].decode())
            to_aws = {**scope, "query_string": query.encode()}
        else:
            to_aws = _at(scope, f"{self._api}{path}", f"{self._api}{_raw(scope)}")
        if path in _BODIES_WITH_ADDRESSES:
            body = (await read_body(Request(scope, receive))).decode()
            to_aws, receive = _with_body(to_aws, self._with_their_addresses(body).encode())
        rewrite = self._rewritten_settings if path == "/config.json" else None
        await self._aws(to_aws, receive, self._with_own_addresses(send, rewrite))

    def _with_their_addresses(self, form: str) -> str:
        """Name the API's address in a query or a form where the page named the portal's."""
        fields = parse_qsl(form, keep_blank_values=True)
        return urlencode([(name, self._theirs(name, value)) for name, value in fields])

    def _theirs(self, name: str, value: str) -> str:
        if name in _ADDRESSES and value.startswith(f"{self._own}/"):
            return self._there + value.removeprefix(self._own)
        return value

    def _with_own_addresses(
        self, send: Send, rewrite: Callable[[bytes], bytes] | None
    ) -> Callable[[Message], Awaitable[None]]:
        started: list[Message] = []
        parts: list[bytes] = []

        async def send_rewritten(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": self._rewritten(message["headers"])}
                if rewrite is not None:
                    started.append(message)
                    return
            elif rewrite is not None:
                parts.append(message.get("body", b""))
                if message.get("more_body"):
                    return
                body = rewrite(b"".join(parts))
                MutableHeaders(scope=started[0])["Content-Length"] = str(len(body))
                await send(started[0])
                message = {**message, "body": body}
            await send(message)

        return send_rewritten

    def _rewritten(self, headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        rewritten = MutableHeaders(raw=[(name.lower(), value) for name, value in headers])
        location = rewritten.get("location", "")
        if location.startswith(f"{self._there}/"):
            rewritten["location"] = self._own + location.removeprefix(self._there)
        elif location.startswith(f"{self._gateway}/"):
            rewritten["location"] = self._own + OBJECTS + location.removeprefix(self._gateway)
        return rewritten.raw

    def _rewritten_settings(self, settings: bytes) -> bytes:
        """Have the page sign in here: the domain of a user pool is not on this computer."""
        return _SIGN_IN_ADDRESS.sub(self._own.encode(), settings)


def _at(scope: Scope, path: str, raw_path: str) -> dict[str, Any]:
    return {**scope, "path": path, "raw_path": raw_path.encode()}


def _raw(scope: Scope) -> str:
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw.decode().partition("?")[0]


def _with_body(scope: Scope, body: bytes) -> tuple[dict[str, Any], Receive]:
    headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
    others = [(name, value) for name, value in headers if name != b"content-length"]
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> Message:
        return next(messages, {"type": "http.disconnect"})

    return {**scope, "headers": [*others, (b"content-length", str(len(body)).encode())]}, receive
