"""Routes that need no token: the page, its files, and tasks and objects by view key."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from a2i_core.human_loops.errors import TaskNotFound
from a2i_portal import policies
from a2i_portal.bundle import Bundle
from a2i_portal.task_document import task_document
from portal.responses import Event, Response, as_json, as_text
from portal.task_views import TaskViews

_TYPES = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8"}
_HTML = "text/html; charset=utf-8"
_TASK_IN_PATH = r"(?P<name>[A-Za-z0-9-]{1,63})/(?P<key>[A-Za-z0-9_-]{32})"


@dataclass(frozen=True)
class SignInSettings:
    """The public app client, and the origin of the sign-in, without a slash at its end."""

    client_id: str
    address: str


@dataclass(frozen=True)
class OpenPages:
    """The routes that need no token: GET alone."""

    bundle: Bundle
    sign_in: SignInSettings
    views: TaskViews

    def answer(self, event: Event) -> Response:
        """Answer one request."""
        path = event["rawPath"]
        for pattern, action in _ROUTES:
            if found := pattern.fullmatch(path):
                return action(self, event, **found.groupdict())
        return _words(HTTPStatus.NOT_FOUND, "There is no such page.")

    def page(self, event: Event) -> Response:
        headers = policies.page_headers(sign_in=self.sign_in.address)
        return as_text(event, self.bundle.page, {**headers, "Content-Type": _HTML})

    def config(self, _: Event) -> Response:
        sign_in = {"clientId": self.sign_in.client_id, "address": self.sign_in.address}
        return as_json(HTTPStatus.OK, {"signIn": sign_in})

    def static(self, event: Event, digest: str, file: str) -> Response:
        text = self.bundle.files.get(file) if digest == self.bundle.hash else None
        if text is None:
            return _words(HTTPStatus.NOT_FOUND, "This version is gone: load the page again.")
        content_type = _TYPES[file.rpartition(".")[2]]
        return as_text(event, text, {**policies.static_headers(), "Content-Type": content_type})

    def task(self, event: Event, name: str, key: str) -> Response:
        if event.get("headers", {}).get("sec-fetch-dest", "iframe") != "iframe":
            # On its own, a task could navigate its tab away with what it read.
            return _words(HTTPStatus.FORBIDDEN, "Open this task through the portal.")
        try:
            document = self.views.document(name, key)
        except TaskNotFound as error:
            return _words(error.http_status, error.message)
        # The document has no cookies, and what reads the API needs a token: so all of this host.
        headers = policies.task_headers(
            elements="'self'", objects="'self'", beyond=document.object_origins
        )
        html = task_document(document.html, self.bundle.elements_path)
        return as_text(event, html, {**headers, "Content-Type": _HTML})

    def stored_object(self, _: Event, name: str, key: str, number: str) -> Response:
        try:
            address = self.views.object_link(name, key, int(number))
        except TaskNotFound as error:
            return _words(error.http_status, error.message)
        headers = {**policies.text_headers(), **policies.readable_by_tasks(), "Location": address}
        return {"statusCode": int(HTTPStatus.FOUND), "headers": headers, "body": ""}


_ROUTES: list[tuple[re.Pattern[str], Callable[..., Response]]] = [
    (re.compile(pattern, re.DOTALL), action)
    for pattern, action in (
        (r"/", OpenPages.page),
        (r"/config\.json", OpenPages.config),
        (r"/static/(?P<digest>[0-9a-f]+)/(?P<file>[a-z_.]+)", OpenPages.static),
        (rf"/task/{_TASK_IN_PATH}", OpenPages.task),
        (rf"/object/{_TASK_IN_PATH}/(?P<number>[0-9]{{1,4}})/.*", OpenPages.stored_object),
    )
]


def _words(status: int, text: str) -> Response:
    headers = {**policies.text_headers(), "Content-Type": "text/plain; charset=utf-8"}
    return {"statusCode": int(status), "headers": headers, "body": text}
