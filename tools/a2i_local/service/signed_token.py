"""Tokens that carry what they stand for, signed: nothing is stored for them.

They end with the process, because its key does.
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from typing import Any


class InvalidTokenError(Exception):
    """The token is none of this process's, or was altered."""


class SignedTokens:
    """Makes and reads tokens that are safe in a path and in a cookie."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)

    def issue(self, claims: list[Any]) -> str:
        payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        return f"{payload}.{self._sign(payload)}"

    def read(self, token: str) -> list[Any]:
        """Return the claims of a token of this object's own; InvalidTokenError for any other."""
        payload, _, signature = token.partition(".")
        if not hmac.compare_digest(signature.encode(), self._sign(payload).encode()):
            raise InvalidTokenError("the signature does not match")
        claims: list[Any] = json.loads(_decode(payload))
        return claims

    def _sign(self, payload: str) -> str:
        return hmac.new(self._secret, payload.encode(), hashlib.sha256).hexdigest()


def _decode(payload: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    except binascii.Error as error:
        raise InvalidTokenError("the payload is not Base64") from error
