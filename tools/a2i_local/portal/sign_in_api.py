"""JSON API to sign in and out."""

import asyncio
from typing import Any, Protocol

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from a2i_core.human_loops.errors import WorkerTaskError
from a2i_core.human_loops.instants import iso_milliseconds
from a2i_local.portal.attempts import Attempts
from a2i_local.portal.json_requests import InvalidRequestError, json_object
from a2i_local.portal.sessions import Sessions, source_ip
from a2i_local.service.errors import NotAuthorized
from a2i_local.service.host import Challenge, Credentials
from a2i_local.service.reviewers import Reviewer

LONGEST_SECRET = 256  # Cognito's limit


class SignIn(Protocol):
    """Interface to the service's sign-in."""

    @property
    def is_possible(self) -> bool: ...

    def sign_in(self, credentials: Credentials, *, source_ip: str | None) -> Reviewer | Challenge:
        """Return who signed in, or what the user pool asks next. Raises a WorkerTaskError."""
        ...

    def check(self, reviewer: Reviewer) -> None:
        """Raise a WorkerTaskError when the reviewer may not work now."""
        ...

    def check_address(self, source_ip: str | None) -> None:
        """Raise a WorkerTaskError when no workforce admits this address."""
        ...


class SignInApi:
    """`GET /_a2i/api/session`, `POST /_a2i/api/sign-in` and `/_a2i/api/sign-out`.

    A sign-in that needs more answers `{"challenge": ...}` with Cognito's name for it; the next
    one carries the same user name and password, and `newPassword` or `mfaCode`.
    """

    def __init__(self, sign_in: SignIn, sessions: Sessions, *, sign_in_required: bool) -> None:
        self._sign_in = sign_in
        self._sessions = sessions
        self._required = sign_in_required
        self._attempts = Attempts(sessions.clock)
        self._one_at_a_time = asyncio.Lock()

    def routes(self) -> list[Route]:
        return [
            Route("/_a2i/api/session", self.session, methods=["GET"]),
            Route("/_a2i/api/sign-in", self.sign_in, methods=["POST"]),
            Route("/_a2i/api/sign-out", self.sign_out, methods=["POST"]),
        ]

    def session(self, request: Request) -> JSONResponse:
        """Return who is signed in, and which ways to sign in there are."""
        reviewer = self._sessions.reviewer_of(request)
        problem = self._problem_with(reviewer)
        ways = {
            "name": reviewer.name if reviewer and not problem else None,
            "problem": problem,
            "signInPossible": self._sign_in.is_possible,
            "signInRequired": self._required,
            "now": iso_milliseconds(self._sessions.now()),
        }
        return JSONResponse(ways)

    async def sign_in(self, request: Request) -> JSONResponse:
        credentials = _credentials(await json_object(request))
        found = await self._try(credentials, source_ip(request))
        if isinstance(found, Challenge):
            return JSONResponse({"challenge": found.value})
        response = JSONResponse({"name": found.name})
        self._sessions.begin(request, response, found)
        return response

    async def _try(self, credentials: Credentials, address: str | None) -> Reviewer | Challenge:
        who = (credentials.username, address)
        async with self._one_at_a_time:  # else many guesses come before the first one is counted
            self._attempts.require_turn(who)
            try:
                found = await run_in_threadpool(
                    self._sign_in.sign_in, credentials, source_ip=address
                )
            except NotAuthorized:
                self._attempts.failed(who)
                raise
        if isinstance(found, Reviewer):
            self._attempts.succeeded(who)
        return found

    async def sign_out(self, request: Request) -> JSONResponse:
        await json_object(request)
        response = JSONResponse({})
        self._sessions.end(request, response)
        return response

    def _problem_with(self, reviewer: Reviewer | None) -> str | None:
        try:
            if reviewer is not None:
                self._sign_in.check(reviewer)
        except WorkerTaskError as error:
            return error.message
        return None


def _credentials(body: dict[str, Any]) -> Credentials:
    return Credentials(
        username=_text(body, "username"),
        password=_text(body, "password"),
        new_password=_text(body, "newPassword") if "newPassword" in body else None,
        mfa_code=_text(body, "mfaCode") if "mfaCode" in body else None,
    )


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_SECRET:
        raise InvalidRequestError(f"'{name}' must be a text of 1 to {LONGEST_SECRET} characters")
    return value
