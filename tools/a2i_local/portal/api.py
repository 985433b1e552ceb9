"""The portal's JSON API: list, show, accept, release and submit tasks."""

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from a2i_core.human_loops.task_list import TaskQuery
from a2i_core.human_loops.worker_task import TaskView
from a2i_local.portal.json_requests import answer_content, json_object
from a2i_local.portal.sessions import RequestReviewers
from a2i_local.portal.worker_tasks import WorkerTasks
from a2i_local.service.reviewers import Reviewer

BAD_REQUEST = 400


class PortalApi:
    """Translates between JSON over HTTP and the service's worker tasks."""

    def __init__(self, worker_tasks: WorkerTasks, reviewers: RequestReviewers) -> None:
        self._tasks = worker_tasks
        self._reviewers = reviewers

    def routes(self) -> list[Route]:
        return [
            Route("/_a2i/api/me", self.show_me, methods=["GET"]),
            Route("/_a2i/api/tasks", self.list_tasks, methods=["GET"]),
            Route("/_a2i/api/tasks/{task_id}", self.show_task, methods=["GET"]),
            Route("/_a2i/api/tasks/{task_id}/accept", self.accept, methods=["POST"]),
            Route("/_a2i/api/tasks/{task_id}/release", self.release, methods=["POST"]),
            Route("/_a2i/api/tasks/{task_id}/submit", self.submit, methods=["POST"]),
        ]

    def show_me(self, request: Request) -> JSONResponse:
        reviewer = self._reviewers.by_query(request)
        return JSONResponse({"answeredToday": self._tasks.answered_today(reviewer)})

    def list_tasks(self, request: Request) -> JSONResponse:
        reviewer = self._reviewers.by_query(request)
        page, waiting = self._tasks.page(reviewer, TaskQuery.of(request.query_params))
        return JSONResponse(page.to_json(waiting))

    def show_task(self, request: Request) -> JSONResponse:
        reviewer = self._reviewers.by_query(request)
        task = self._tasks.show(request.path_params["task_id"], reviewer)
        return JSONResponse({**task.to_json(), "html": task.html})

    async def accept(self, request: Request) -> JSONResponse:
        return await self._change(request, self._tasks.accept)

    async def release(self, request: Request) -> JSONResponse:
        return await self._change(request, self._tasks.release)

    async def submit(self, request: Request) -> JSONResponse:
        body = await json_object(request)
        reviewer, answer = self._reviewers.by_body(request, body), answer_content(body)
        task = await run_in_threadpool(
            self._tasks.submit, request.path_params["task_id"], reviewer, answer
        )
        return JSONResponse(task.to_json())

    async def _change(
        self, request: Request, change: Callable[[str, Reviewer], TaskView]
    ) -> JSONResponse:
        body = await json_object(request)
        reviewer = self._reviewers.by_body(request, body)
        task = await run_in_threadpool(change, request.path_params["task_id"], reviewer)
        return JSONResponse(task.to_json())


def refused(_: Request, error: Exception) -> JSONResponse:
    """Answer an error of the service or of the request; the class's name is the code."""
    status = getattr(error, "http_status", BAD_REQUEST)
    code = type(error).__name__.removesuffix("Error")
    return JSONResponse({"error": {"code": code, "message": str(error)}}, status)
