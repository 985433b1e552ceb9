"""The portal as an ASGI application: page, API, task documents, S3 objects, crowd elements."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from a2i_core.human_loops.errors import WorkerTaskError
from a2i_local.bounded_body import BodyRefusedError
from a2i_local.portal.api import PortalApi, refused
from a2i_local.portal.guards import OriginGuard, SourceGuard
from a2i_local.portal.json_requests import InvalidRequestError
from a2i_local.portal.sessions import RequestReviewers, Sessions
from a2i_local.portal.sign_in_api import SignIn, SignInApi
from a2i_local.portal.worker_tasks import WorkerTasks
from a2i_local.service.clock import Clock, SystemClock
from a2i_portal import PAGES, crowd_elements, policies
from a2i_portal.task_document import task_document


class StaticAssets(StaticFiles):
    """Serves `directory`; every response carries `headers` and is checked for changes."""

    def __init__(self, directory: Path, headers: Mapping[str, str]) -> None:
        super().__init__(directory=directory)
        fixed = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache"}
        self._headers = {**headers, **fixed}

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(self._headers)
        return response


FORBIDDEN = 403


def create_app(
    worker_tasks: WorkerTasks,
    sign_in: SignIn,
    *,
    allowed_hosts: AbstractSet[str],
    sign_in_required: bool = False,
    clock: Clock | None = None,
) -> Starlette:
    """Create the portal over `worker_tasks`; its page is at `/_a2i/portal`.

    `allowed_hosts` are the names it answers to, with or without port: `127.0.0.1:4580`. Unless
    `sign_in_required`, a request may name its reviewer in `worker` instead of signing in.
    """
    sessions = Sessions(clock or SystemClock())
    reviewers = RequestReviewers(sessions, sign_in_required=sign_in_required)
    return Starlette(
        routes=[
            *SignInApi(sign_in, sessions, sign_in_required=sign_in_required).routes(),
            *PortalApi(worker_tasks, reviewers).routes(),
            *PortalPages(worker_tasks, reviewers).routes(),
            crowd_elements_route(),
        ],
        middleware=[
            Middleware(OriginGuard, allowed_hosts=frozenset(allowed_hosts)),
            Middleware(SourceGuard, sign_in=sign_in),
        ],
        exception_handlers=dict.fromkeys(
            (WorkerTaskError, InvalidRequestError, BodyRefusedError), refused
        ),
    )


def crowd_elements_route() -> BaseRoute:
    """Serve the modules of the crowd elements to sandboxed tasks."""
    assets = StaticAssets(crowd_elements.STATIC_DIRECTORY, policies.readable_by_tasks())
    return Mount(crowd_elements.STATIC_PATH, assets)


class PortalPages:
    """Pages for the browser: the portal, the tasks in it, and the objects in the tasks."""

    def __init__(self, worker_tasks: WorkerTasks, reviewers: RequestReviewers) -> None:
        self._tasks = worker_tasks
        self._reviewers = reviewers

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/", lambda _: RedirectResponse("/_a2i/portal")),
            Route("/_a2i/portal", self.portal),
            Mount("/_a2i/portal", StaticAssets(PAGES, policies.page_headers())),
            Route("/_a2i/task/{task_id}", self.task),
            Route("/_a2i/s3/{token:path}", self.stored_object),
        ]

    def portal(self, _: Request) -> Response:
        page = (PAGES / "portal.html").read_text(encoding="utf-8")
        return HTMLResponse(page, headers=policies.page_headers())

    def task(self, request: Request) -> Response:
        if request.headers.get("sec-fetch-dest", "iframe") != "iframe":
            # On its own, a task could navigate its tab away with what it read.
            return PlainTextResponse("open this task through the portal", FORBIDDEN)
        reviewer = self._reviewers.by_query(request)
        task = self._tasks.show(request.path_params["task_id"], reviewer)
        return task_response(request, task.html)

    def stored_object(self, request: Request) -> Response:
        stored = self._tasks.open_object(request.path_params["token"])
        headers = policies.object_headers(stored.content_type)
        return Response(stored.body, headers={**headers, "Content-Type": stored.content_type})


def task_response(request: Request, html: str) -> HTMLResponse:
    """Respond with a rendered task for the frame of a page on the same server."""
    origin = f"{request.url.scheme}://{request.headers['host']}"
    headers = policies.task_headers(
        elements=f"{origin}{crowd_elements.STATIC_PATH}/", objects=f"{origin}/_a2i/s3/"
    )
    return HTMLResponse(task_document(html), headers=headers)
