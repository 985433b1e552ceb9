"""The portal's JSON API, as any HTTP client sees it."""

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest

from a2i_local.service.reviewers import Reviewer
from tests.tools.a2i_local.portal.memory_tasks import FLOW, MemoryTask, MemoryTasks, StoredBytes


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(self.body)
        return parsed

    @property
    def error_code(self) -> str:
        return str(self.json["error"]["code"])


def call(
    portal: str,
    method: str,
    path: str,
    body: Any = None,
    headers: dict[str, str] | None = None,
) -> Reply:
    connection = http.client.HTTPConnection(urlsplit(portal).netloc, timeout=10)
    payload = body if isinstance(body, str | None) else json.dumps(body)
    connection.request(
        method, path, payload, {"Content-Type": "application/json", **(headers or {})}
    )
    response = connection.getresponse()
    reply = Reply(
        response.status,
        {name.lower(): value for name, value in response.getheaders()},
        response.read(),
    )
    connection.close()
    return reply


def test_lists_tasks_with_the_contract_s_fields(portal: str, tasks: MemoryTasks) -> None:
    tasks.add(MemoryTask("t1"))
    reply = call(portal, "GET", "/_a2i/api/tasks?worker=ann")
    assert reply.status == 200
    assert reply.json == {
        "tasks": [
            {
                "id": "t1",
                "humanLoopName": "sentiment-0001",
                "reviewId": None,
                "reviewTitle": None,
                "flow": "sentiment",
                "flowDefinitionArn": FLOW + "sentiment-1a2b3c4d-0123456789",
                "title": "Check the sentiment",
                "description": "Confirm or correct what the model found",
                "keywords": ["text"],
                "createdAt": "2026-11-22T09:00:00.000Z",
                "expiresAt": "2126-11-22T09:00:00.000Z",
                "timeLimitSeconds": 3600,
                "state": "available",
                "acceptedUntil": None,
                "allows": {"decline": False, "flag": False, "extend": None, "undo": None},
            }
        ],
        "waiting": 1,
        "more": None,
    }


def test_the_bare_address_leads_to_the_page(portal: str) -> None:
    reply = call(portal, "GET", "/")
    assert (reply.status, reply.headers["location"]) == (307, "/_a2i/portal")


def test_shows_the_rendered_html_as_the_service_rendered_it(
    portal: str, tasks: MemoryTasks
) -> None:
    html = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'
    tasks.add(MemoryTask("t1", html=html))
    assert call(portal, "GET", "/_a2i/api/tasks/t1?worker=ann").json["html"] == html


def test_accept_release_and_submit(portal: str, tasks: MemoryTasks) -> None:
    tasks.add(MemoryTask("t1"))
    accepted = call(portal, "POST", "/_a2i/api/tasks/t1/accept", {"worker": "ann"})
    assert accepted.json["state"] == "accepted"
    assert accepted.json["acceptedUntil"]
    released = call(portal, "POST", "/_a2i/api/tasks/t1/release", {"worker": "ann"})
    assert released.json["state"] == "available"
    answer = {"sentiment": {"label": "Positive"}}
    submitted = call(
        portal,
        "POST",
        "/_a2i/api/tasks/t1/submit",
        {"worker": "ann", "answerContent": answer},
    )
    assert submitted.status == 200
    assert tasks.answers["t1"] == {"ann": answer}


@pytest.mark.parametrize(
    ("path", "worker", "refusal"),
    [
        ("/_a2i/api/tasks/t1/accept", "eve", (403, "NotATeamMember")),
        ("/_a2i/api/tasks/none/accept", "ann", (404, "TaskNotFound")),
        ("/_a2i/api/tasks/t1/accept", "ben", (409, "SlotTaken")),
    ],
)
def test_refusals_carry_status_code_and_message(
    portal: str, tasks: MemoryTasks, path: str, worker: str, refusal: tuple[int, str]
) -> None:
    tasks.add(MemoryTask("t1"))
    tasks.accept("t1", Reviewer("ann"))
    reply = call(portal, "POST", path, {"worker": worker})
    assert (reply.status, reply.error_code) == refusal
    assert reply.json["error"]["message"]


def test_fails_when_the_time_limit_is_over(portal: str, tasks: MemoryTasks) -> None:
    tasks.add(MemoryTask("t1"))
    tasks.accept("t1", Reviewer("ann"))
    tasks.let_time_run_out("t1", "ann")
    body = {"worker": "ann", "answerContent": {}}
    reply = call(portal, "POST", "/_a2i/api/tasks/t1/submit", body)
    assert (reply.status, reply.error_code) == (409, "TaskTimeLimitExceeded")


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"worker": "", "answerContent": {}}, "worker"),
        ({"worker": "ann"}, "answerContent"),
        ({"worker": "ann", "answerContent": [1]}, "answerContent"),
        ([], "object"),
        ("{not json", "JSON"),
    ],
)
def test_fails_when_the_body_is_wrong(
    portal: str, tasks: MemoryTasks, body: Any, named: str
) -> None:
    tasks.add(MemoryTask("t1"))
    reply = call(portal, "POST", "/_a2i/api/tasks/t1/submit", body)
    assert (reply.status, reply.error_code) == (400, "InvalidRequest")
    assert named in reply.json["error"]["message"]


def test_fails_when_the_body_nests_too_deep_or_is_no_text(portal: str, tasks: MemoryTasks) -> None:
    tasks.add(MemoryTask("t1"))
    for body in ("[" * 100_000, '{"worker": "\\ud800", "answerContent": {}}'):
        reply = call(portal, "POST", "/_a2i/api/tasks/t1/submit", body)
        assert (reply.status, reply.error_code) == (400, "InvalidRequest")


def test_fails_when_nobody_is_named_or_signed_in(portal: str, tasks: MemoryTasks) -> None:
    tasks.add(MemoryTask("t1"))
    reply = call(portal, "POST", "/_a2i/api/tasks/t1/submit", {"answerContent": {}})
    assert (reply.status, reply.error_code) == (401, "NotSignedIn")
    assert "'worker'" in reply.json["error"]["message"]


def test_fails_when_a_form_could_have_posted_it(portal: str, tasks: MemoryTasks) -> None:
    tasks.add(MemoryTask("t1"))
    headers = {"Content-Type": "text/plain"}
    reply = call(portal, "POST", "/_a2i/api/tasks/t1/accept", {"worker": "ann"}, headers)
    assert reply.status == 400
    assert tasks.holders["t1"] == {}


@pytest.mark.parametrize("path", ["/_a2i/portal", "/_a2i/api/tasks?worker=ann", "/_a2i/s3/token"])
def test_refuses_a_foreign_host_name_that_resolves_here(portal: str, path: str) -> None:
    reply = call(portal, "GET", path, headers={"Host": "rebound.example:80"})
    assert (reply.status, reply.error_code) == (403, "HostNotAllowed")


@pytest.mark.parametrize("origin", ["https://other.example", "null", "http://127.0.0.1:1"])
def test_refuses_posts_of_other_origins(portal: str, tasks: MemoryTasks, origin: str) -> None:
    tasks.add(MemoryTask("t1"))
    headers = {"Origin": origin}
    reply = call(portal, "POST", "/_a2i/api/tasks/t1/accept", {"worker": "ann"}, headers)
    assert (reply.status, reply.error_code) == (403, "OriginNotAllowed")
    assert tasks.holders["t1"] == {}


def test_accepts_posts_of_its_own_page(portal: str, tasks: MemoryTasks) -> None:
    tasks.add(MemoryTask("t1"))
    headers = {"Origin": portal}
    reply = call(portal, "POST", "/_a2i/api/tasks/t1/accept", {"worker": "ann"}, headers)
    assert reply.status == 200


def test_serves_objects_as_data_that_never_runs(portal: str, tasks: MemoryTasks) -> None:
    tasks.objects["tok"] = StoredBytes(b"<script>alert(1)</script>", "text/html")
    reply = call(portal, "GET", "/_a2i/s3/tok")
    assert reply.body == b"<script>alert(1)</script>"
    assert "sandbox" in reply.headers["content-security-policy"].split("; ")
    assert reply.headers["access-control-allow-origin"] == "*"
    assert call(portal, "GET", "/_a2i/s3/other").status == 404


def test_serves_a_pdf_so_that_browsers_show_it(portal: str, tasks: MemoryTasks) -> None:
    tasks.objects["tok"] = StoredBytes(b"%PDF-", "application/pdf")
    reply = call(portal, "GET", "/_a2i/s3/tok")
    assert "content-security-policy" not in reply.headers
    assert reply.headers["x-content-type-options"] == "nosniff"


def test_task_document_loads_the_stand_in_under_a_sandbox(portal: str, tasks: MemoryTasks) -> None:
    html = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script><p>x</p>'
    tasks.add(MemoryTask("t1", html=html))
    reply = call(portal, "GET", "/_a2i/task/t1?worker=ann")
    assert b"assets.crowd.aws" not in reply.body
    assert (
        b'<script type="module" src="/_a2i/crowd/index.js" data-stands-in></script>' in reply.body
    )
    policy = reply.headers["content-security-policy"]
    assert "sandbox allow-scripts" in policy
    assert "allow-same-origin" not in policy


def test_task_document_opens_only_in_a_frame(portal: str, tasks: MemoryTasks) -> None:
    tasks.add(MemoryTask("t1"))
    headers = {"Sec-Fetch-Dest": "document"}
    assert call(portal, "GET", "/_a2i/task/t1?worker=ann", headers=headers).status == 403
