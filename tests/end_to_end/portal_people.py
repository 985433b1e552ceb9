"""Reviewers of the account's portal who sign in as a browser does: pages, code flow, PKCE."""

import base64
import hashlib
import hmac
import html
import json
import re
import secrets
import struct
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import urllib3

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
_HTTP = urllib3.PoolManager(timeout=60)
_SECRET = re.compile(r'<code id="secret">([A-Z2-7]+)</code>')


@dataclass
class Person:
    """A reviewer with a temporary password, and what signing in gives them.

    Attributes:
        origin: Of the portal.
        client_id: App client of the portal's page.
        secret: Of the authenticator app that was set up.
        tokens: The token endpoint's answer.
    """

    origin: str
    client_id: str
    email: str
    password: str
    secret: str = ""
    tokens: dict[str, Any] = field(default_factory=dict)

    def sign_in(self, new_password: str | None = None) -> None:
        """Go through the sign-in page, and set up an authenticator app where it asks for one."""
        verifier = secrets.token_urlsafe(48)
        page = self._open_sign_in(verifier)
        page = self._submit(page, username=self.email, password=self.password)
        if new_password is not None:
            self.password = new_password
            page = self._submit(page, new_password=new_password, confirm_password=new_password)
        found = _SECRET.search(page)
        if found is not None:
            self.secret = found[1]
        self.tokens = self._redeem(self._code(page), verifier)

    def refresh(self) -> tuple[int, dict[str, Any]]:
        """Ask for new tokens, and keep them."""
        status, answer = self._token(
            grant_type="refresh_token", refresh_token=self.tokens["refresh_token"]
        )
        if status == 200:
            self.tokens = answer
        return status, answer

    def revoke(self) -> None:
        """End the refresh token, as the page does that signs out."""
        answer = _HTTP.request(
            "POST",
            f"{self.origin}/oauth2/revoke",
            body=urlencode({"client_id": self.client_id, "token": self.tokens["refresh_token"]}),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        assert answer.status == 200, answer.data

    def call(
        self, method: str, path: str, body: Any = None, *, token: str | None = None
    ) -> tuple[int, dict[str, Any]]:
        """Call the portal's API below /api. Default: with the access token."""
        answer = _HTTP.request(
            method,
            f"{self.origin}/api/{path}",
            json=body,
            headers={"Authorization": f"Bearer {token or self.tokens['access_token']}"},
        )
        return answer.status, json.loads(answer.data)

    def open_tasks(self) -> set[str]:
        """Return the names of the human loops that are offered to the person."""
        status, answer = self.call("GET", "tasks")
        assert status == 200, answer
        return {task["humanLoopName"] for task in answer["tasks"] if task["state"] == "available"}

    def _open_sign_in(self, verifier: str) -> str:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
        query = urlencode(
            {
                "response_type": "code",
                "client_id": self.client_id,
                "redirect_uri": f"{self.origin}/",
                "scope": "openid",
                "state": "kept",
                "code_challenge": challenge.rstrip(b"=").decode(),
                "code_challenge_method": "S256",
            }
        )
        answer = _HTTP.request("GET", f"{self.origin}/oauth2/authorize?{query}", redirect=False)
        assert answer.status == 200, answer.data
        return answer.data.decode()

    def _submit(self, page: str, **fields: str) -> str:
        """Submit the form of a page; returns the next page, or where it redirects to."""
        hidden = {name: html.unescape(value) for name, value in _HIDDEN.findall(page)}
        answer = _HTTP.request(
            "POST",
            f"{self.origin}/login",
            body=urlencode({**hidden, **fields}),
            headers={
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": self.origin,
            },
            redirect=False,
        )
        return answer.headers.get("Location") or answer.data.decode()

    def _code(self, page: str) -> str:
        """Give the code of the app if need be; return the code that the page returns with."""
        location = page if page.startswith("http") else self._submit(page, code=totp(self.secret))
        assert location.startswith(f"{self.origin}/?"), location
        returned = parse_qs(urlsplit(location).query)
        assert returned["state"] == ["kept"]
        return returned["code"][0]

    def _redeem(self, code: str, verifier: str) -> dict[str, Any]:
        status, answer = self._token(
            grant_type="authorization_code",
            code=code,
            redirect_uri=f"{self.origin}/",
            code_verifier=verifier,
        )
        assert status == 200, answer
        return answer

    def _token(self, **fields: str) -> tuple[int, dict[str, Any]]:
        answer = _HTTP.request(
            "POST",
            f"{self.origin}/oauth2/token",
            body=urlencode({"client_id": self.client_id, **fields}),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        return answer.status, json.loads(answer.data)


def totp(secret: str) -> str:
    """Return the code of RFC 6238 for this half minute."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"
