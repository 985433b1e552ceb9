"""Sign-in page of user pools, with the steps of Cognito's that MiniStack leaves out."""

import base64
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, quote

from ministack import app
from ministack.services import cognito

Answer = tuple[int, dict[str, str], bytes]
_SESSION_SECONDS = 180
_ROTATION_GRACE_SECONDS = 30
_TOTP = "SOFTWARE_TOKEN_MFA"
_FIELD = "mfa_token"


@dataclass(frozen=True)
class _Waiting:
    """A person who gave the password and is asked for the code of an authenticator app."""

    grant: tuple[Any, ...]
    user: dict[str, Any]
    new_secret: str | None
    """Of the app that is set up with this sign-in."""
    until: float


def ask_for_second_factor() -> None:
    """Ask for the code of an authenticator app before a sign-in page returns to its application.

    Who has an app is asked for its code unless the pool has no second factor. Where the pool
    demands one, who has none sets an app up first. MiniStack's API asks, its page does not.
    """
    issue, submit = cognito._issue_auth_code_redirect, cognito.handle_login_submit
    waiting: dict[str, _Waiting] = {}

    def issue_after_code(*grant: Any) -> Any:
        pool_id, username = grant[1], grant[4]
        pool = cognito._get_pool_unscoped(pool_id)
        user = pool["_users"][username]
        demanded = pool.get("MfaConfiguration", "OFF")
        has_app = _TOTP in user.get("_mfa_enabled", [])
        if demanded == "OFF" or (demanded == "OPTIONAL" and not has_app):
            return issue(*grant)
        secret = None if has_app else base64.b32encode(secrets.token_bytes(20)).decode()
        token = secrets.token_urlsafe(24)
        waiting[token] = _Waiting(grant, user, secret, time.time() + _SESSION_SECONDS)
        return _code_page(token, waiting[token])

    def submit_code(*request: Any) -> Any:
        form = _form_of(request[3])
        token = form.get(_FIELD)
        if token is None:
            return submit(*request)
        asked = waiting.get(token)
        if asked is None or asked.until < time.time():
            return cognito._oauth2_error("invalid_request", "The session has expired: sign in.")
        secret = asked.new_secret or asked.user.get("_totp_secret", "")
        if not cognito._totp_matches(secret, form.get("code", "")):
            return _code_page(token, asked, "Invalid code received for user")
        del waiting[token]
        if asked.new_secret:
            _enrol(asked.user, asked.new_secret)
        return issue(*asked.grant)

    cognito._issue_auth_code_redirect = issue_after_code
    cognito.handle_login_submit = submit_code


def _enrol(user: dict[str, Any], secret: str) -> None:
    user["_totp_secret"] = secret
    cognito._apply_mfa_preference(
        user, {"SoftwareTokenMfaSettings": {"Enabled": True, "PreferredMfa": True}}
    )


def _code_page(token: str, asked: _Waiting, error: str = "") -> Answer:
    set_up = ""
    if asked.new_secret:
        name = quote(asked.user["Username"])
        link = f"otpauth://totp/{name}?secret={asked.new_secret}"
        set_up = (
            "<p>Add this key to your authenticator app:</p>"
            f'<p><a href="{link}"><code id="secret">{asked.new_secret}</code></a></p>'
        )
    heading = "Set up an authenticator app" if asked.new_secret else "Enter the code of your app"
    problem = f'<div class="error" role="alert">{escape(error)}</div>' if error else ""
    body = f"""{problem}{set_up}
<form method="POST" action="/login">
<input type="hidden" name="{_FIELD}" value="{token}">
<label for="code">Code</label>
<input type="text" id="code" name="code" inputmode="numeric" autocomplete="one-time-code"
  required autofocus>
<button type="submit">Sign in</button>
</form>"""
    page = cognito._page_shell("Sign in", heading, body)
    return HTTPStatus.OK, {"Content-Type": "text/html; charset=utf-8"}, page.encode()


def rotate_refresh_tokens(now: Callable[[], float] = time.time) -> None:
    """Answer a refresh token of a public client with a new one, and take the old for 30 s more.

    Only a client whose settings rotate tokens may refresh without ALLOW_REFRESH_TOKEN_AUTH;
    MiniStack does not keep that setting. Access tokens have the user's groups, as the first one.
    """
    redeem = cognito._oauth2_token
    used: dict[str, float] = {}

    def redeem_once(
        data: Any, query: Any, raw_body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Any:
        form = _form_of(raw_body)
        old = form.get("refresh_token", "")
        if old in used and used[old] < now():
            cognito._revoked_tokens.add(old)
        answer = redeem(data, query, raw_body, headers)
        client = cognito._find_pool_by_client_id(form.get("client_id", ""))[2]
        refreshed = form.get("grant_type") == "refresh_token" and answer[0] == HTTPStatus.OK
        if not refreshed or client is None or not _rotates(client):
            return answer
        used.setdefault(old, now() + _ROTATION_GRACE_SECONDS)
        return _with_new_token(answer, old)

    cognito._oauth2_token = redeem_once
    _name_groups_in_refreshed_tokens()


def revoke_tokens_of_pages() -> None:
    """Answer `/oauth2/revoke`, where a page that signs out ends its refresh token."""
    handle = app._handle_cognito_body_request

    async def handle_revocation_too(*request: Any) -> Any:
        method, path, _, body, _ = request
        if (method, path) != ("POST", "/oauth2/revoke"):
            return await handle(*request)
        return cognito._revoke_token({"Token": _form_of(body).get("token", "")})

    app._handle_cognito_body_request = handle_revocation_too


def _rotates(client: dict[str, Any]) -> bool:
    flows = client.get("ExplicitAuthFlows", [])
    return not client.get("ClientSecret") and "ALLOW_REFRESH_TOKEN_AUTH" not in flows


def _with_new_token(answer: Answer, old: str) -> Answer:
    status, headers, body = answer
    claims = cognito._token_claims(old)
    entry = cognito._refresh_tokens[old]
    new = cognito._fake_token(
        claims["sub"],
        entry["pool_id"],
        entry["client_id"],
        "refresh",
        origin_jti=claims["origin_jti"],
        scope=claims.get("scope"),
    )
    cognito._refresh_tokens[new] = entry
    added = b'{"refresh_token": "' + new.encode() + b'", ' + body.removeprefix(b"{")
    return status, headers, added


def _name_groups_in_refreshed_tokens() -> None:
    make = cognito._fake_token

    def make_with_groups(sub: str, pool_id: str, *more: Any, **named: Any) -> Any:
        if named.get("trigger_source") == "TokenGeneration_RefreshTokens" and not more[2:]:
            pool = cognito._get_pool_unscoped(pool_id)
            user = pool["_users"].get(named.get("username")) if pool else None
            named.setdefault("groups", (user or {}).get("_groups", []))
        return make(sub, pool_id, *more, **named)

    cognito._fake_token = make_with_groups


def _form_of(body: bytes) -> dict[str, str]:
    fields = parse_qs((body or b"").decode(errors="replace"), keep_blank_values=True)
    return {name: values[0] for name, values in fields.items()}
