"""Who a request is from: a session, or a name, which is the way of development."""

from typing import Any

from starlette.requests import Request

from a2i_local.portal.json_requests import InvalidRequestError
from a2i_local.portal.sessions import Sessions, source_ip
from a2i_local.service.errors import WorkerTaskError
from a2i_local.service.reviewers import Reviewer

_HOW = "sign in at /_a2i/portal"


class NotSignedIn(WorkerTaskError):  # noqa: N818 - named as the service names its refusals
    """The request is nobody's, or its session is over."""

    http_status = 401


class Visitors:
    """Tells who a request is from.

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
