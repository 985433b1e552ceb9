"""Reviewers of requests: signed session cookies, or a name given for development."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from itsdangerous import BadData, URLSafeSerializer
from starlette.requests import Request
from starlette.responses import Response

from a2i_core.human_loops.errors import WorkerTaskError
from a2i_local.portal.json_requests import InvalidRequestError
from a2i_local.service.clock import Clock
from a2i_local.service.reviewers import Reviewer

LIFETIME = timedelta(hours=8)
_PATH = "/_a2i/"


class Sessions:
    """Signed cookies that end after eight hours, with the sign-out, or with the process.

    The cookie says who signed in and nothing about what they may do: that is looked up at every
    request. `SameSite=Strict` keeps other sites from using it. It is not `Secure`: the portal
    speaks plain HTTP, on the loopback only.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._tokens = URLSafeSerializer(
            secrets.token_bytes(32), signer_kwargs={"digest_method": hashlib.sha256}
        )
        self._signed_out: dict[str, datetime] = {}

    def now(self) -> datetime:
        """Return the service's time, which can be ahead of the browser's."""
        return self.clock.now()

    def begin(self, request: Request, response: Response, reviewer: Reviewer) -> None:
        """Set the session cookie of the reviewer who signed in."""
        ends_at = (self.clock.now() + LIFETIME).timestamp()
        token = self._tokens.dumps(
            [secrets.token_hex(16), ends_at, reviewer.name, reviewer.user_pool_id, reviewer.sub]
        )
        response.set_cookie(
            _cookie_name(request),
            token,
            max_age=int(LIFETIME.total_seconds()),
            path=_PATH,
            httponly=True,
            samesite="strict",
        )

    def reviewer_of(self, request: Request) -> Reviewer | None:
        """Return who is signed in; None without a session, or when it is over."""
        session = self._read(request)
        if session is None:
            return None
        _, _, name, user_pool_id, sub = session
        return Reviewer(name, user_pool_id, sub, source_ip(request))

    def end(self, request: Request, response: Response) -> None:
        """Sign out: neither this browser nor a copy of its cookie is let in again."""
        session = self._read(request)
        if session is not None:
            self._forget_ended()
            self._signed_out[session[0]] = self._moment(session[1])
        response.delete_cookie(_cookie_name(request), path=_PATH, httponly=True, samesite="strict")

    def _read(self, request: Request) -> tuple[str, float, str, str, str] | None:
        try:
            session = self._tokens.loads(request.cookies.get(_cookie_name(request), ""))
        except BadData:
            return None
        identifier, ends_at, name, user_pool_id, sub = session
        if identifier in self._signed_out or self._moment(ends_at) <= self.clock.now():
            return None
        return identifier, ends_at, name, user_pool_id, sub

    def _forget_ended(self) -> None:
        now = self.clock.now()
        for identifier in [i for i, ends_at in self._signed_out.items() if ends_at <= now]:
            del self._signed_out[identifier]

    def _moment(self, timestamp: float) -> datetime:
        return datetime.fromtimestamp(timestamp, tz=self.clock.now().tzinfo)


def source_ip(request: Request) -> str | None:
    """Return the peer's address; `X-Forwarded-For` could be anybody's word."""
    return request.client.host if request.client else None


def _cookie_name(request: Request) -> str:
    # Browsers keep cookies by host, whatever the port: two portals must not share one.
    return f"a2i-session-{request.url.port or 'default'}"


_HOW = "sign in at /_a2i/portal"


class NotSignedIn(WorkerTaskError):  # noqa: N818 - named as the service names its refusals
    """The request has no session, or an ended one."""

    http_status = 401


class RequestReviewers:
    """Finds the reviewer of a request.

    With `sign_in_required`, only sessions count and `worker` is not looked at; otherwise `worker`
    comes first, so that scripts and several tabs of one browser can be different reviewers.
    """

    def __init__(self, sessions: Sessions, *, sign_in_required: bool) -> None:
        self._sessions = sessions
        self.sign_in_required = sign_in_required

    def by_query(self, request: Request) -> Reviewer:
        """Return whom session or `?worker=` name; NotSignedIn."""
        return self._reviewer(request, request.query_params.get("worker"))

    def by_body(self, request: Request, body: dict[str, Any]) -> Reviewer:
        """Return whom session or `"worker"` name; NotSignedIn, InvalidRequestError."""
        return self._reviewer(request, body.get("worker"))

    def _reviewer(self, request: Request, worker: Any) -> Reviewer:
        if worker is not None and not self.sign_in_required:
            return _named(request, worker)
        reviewer = self._sessions.reviewer_of(request)
        if reviewer is None:
            development = "" if self.sign_in_required else ", or name a reviewer in 'worker'"
            raise NotSignedIn(f"nobody is signed in: {_HOW}{development}")
        return reviewer


def _named(request: Request, worker: Any) -> Reviewer:
    if not isinstance(worker, str) or not worker:
        raise InvalidRequestError(
            "'worker' must name a member of the work team by user name or e-mail"
        )
    return Reviewer(worker, source_ip=source_ip(request))
