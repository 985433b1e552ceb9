"""The preview's web application, and the server that `a2i template preview` runs."""

import asyncio
import mimetypes
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urlsplit

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Mount, Route

from a2i_local.bounded_body import BodyRefusedError
from a2i_local.host.settings import LOOPBACK
from a2i_local.loopback_server import serving
from a2i_local.portal.api import refused
from a2i_local.portal.app import StaticAssets, crowd_elements_route, task_response
from a2i_local.portal.guards import OriginGuard
from a2i_local.portal.json_requests import InvalidRequestError, answer_content, json_object
from a2i_local.preview.envelope import output_envelope
from a2i_local.preview.failure_page import failure_page
from a2i_local.preview.placeholder import placeholder_image
from a2i_local.preview.source import PreviewSource
from a2i_portal import policies
from worker_template import TaskInputError, TemplateRenderError

PAGES = Path(__file__).parent / "pages"
WATCH_SECONDS = 0.3
RENDER_FAILURES = (TemplateRenderError, TaskInputError, OSError, UnicodeDecodeError)


def serve(
    path: Path,
    input_path: Path | None = None,
    *,
    cdn: bool = False,
    port: int = 0,
    on_ready: Callable[[str], None],
) -> None:
    """Preview the template at `path` on 127.0.0.1 until Ctrl-C; port 0 takes any free one.

    `cdn` leaves Amazon's elements in the page: the browser then loads them from the internet.
    `on_ready` gets the address to open.

    Raises:
        LocalAwsError: the port is taken.
    """
    app = create_app(PreviewSource(path, input_path), cdn=cdn)
    with serving(app, port=port) as url, suppress(KeyboardInterrupt):
        on_ready(url)
        threading.Event().wait()


def create_app(source: PreviewSource, *, cdn: bool = False) -> Starlette:
    """Create the preview of `source`; its page is at `/`."""
    preview = Preview(source, cdn=cdn)
    return Starlette(
        routes=[
            Route("/", preview.page),
            Route("/task", preview.task),
            Route("/state", preview.state),
            Route("/changes", preview.changes),
            Route("/answer", preview.answer, methods=["POST"]),
            Route("/_a2i/s3/{key:path}", preview.stored_object),
            Mount("/pages", StaticAssets(PAGES, policies.page_headers())),
            crowd_elements_route(),
        ],
        exception_handlers=dict.fromkeys(
            (InvalidRequestError, TaskInputError, BodyRefusedError), refused
        ),
        middleware=[Middleware(OriginGuard, allowed_hosts=frozenset({LOOPBACK, "localhost"}))],
    )


class Preview:
    """The page, the rendered task in its frame, and what happens when files change."""

    def __init__(self, source: PreviewSource, *, cdn: bool) -> None:
        self._source = source
        self._cdn = cdn

    def page(self, _: Request) -> Response:
        page = (PAGES / "preview.html").read_text(encoding="utf-8")
        return HTMLResponse(page, headers=policies.page_headers())

    def task(self, request: Request) -> Response:
        try:
            html = self._source.render(_address_of_object)
        except RENDER_FAILURES as error:
            return HTMLResponse(failure_page(error), headers=policies.page_headers("'self'"))
        if self._cdn:
            return HTMLResponse(html, headers=policies.cdn_task_headers())
        return task_response(request, html)

    def state(self, _: Request) -> Response:
        """Name the file and what the checks find in it."""
        return JSONResponse(
            {"file": self._source.path.name, "cdn": self._cdn, "findings": self._findings()}
        )

    async def changes(self, _: Request) -> Response:
        """Stream an event at once and for each change of the files, until the browser leaves."""
        headers = {"Cache-Control": "no-store"}
        return StreamingResponse(self._versions(), media_type="text/event-stream", headers=headers)

    async def answer(self, request: Request) -> Response:
        """Wrap `answerContent` as A2I's output.json would hold it."""
        body = await json_object(request)
        opened_at = str(body.get("openedAt", ""))
        return JSONResponse(
            output_envelope(answer_content(body), self._source.task_input(), opened_at)
        )

    def stored_object(self, request: Request) -> Response:
        key = request.path_params["key"]
        path = self._source.object_beside(key)
        if path is None:
            return _image_response(placeholder_image(key))
        content_type = mimetypes.guess_type(path)[0] or "application/octet-stream"
        headers = policies.object_headers(content_type)
        return FileResponse(path, headers=headers, media_type=content_type)

    def _findings(self) -> list[dict[str, object]]:
        try:
            findings = self._source.check()
        except RENDER_FAILURES:
            return []  # the frame says what is wrong
        return [
            {
                "rule": finding.rule,
                "severity": str(finding.severity),
                "message": finding.message,
                "line": finding.line,
            }
            for finding in findings
        ]

    async def _versions(self) -> AsyncIterator[str]:
        last = None
        while True:
            version = self._source.version()
            yield ": watching\n\n" if version == last else "data: changed\n\n"
            last = version
            await asyncio.sleep(WATCH_SECONDS)


def _image_response(image: str) -> Response:
    content_type = "image/svg+xml"
    headers = policies.object_headers(content_type)
    return Response(image, headers=headers, media_type=content_type)


def _address_of_object(uri: str) -> str:
    """Stand in for `grant_read_access`: a file beside the template, or a placeholder."""
    parts = urlsplit(uri)
    return f"/_a2i/s3/{quote(parts.netloc + parts.path)}"
