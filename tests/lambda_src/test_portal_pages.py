"""The portal's open routes: page, files, tasks and objects by view key."""

from __future__ import annotations

import base64
import gzip
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from a2i_portal.bundle import make_bundle
from a2i_shared import aws_clients
from portal.api import PortalApi
from portal.open_pages import OpenPages, SignInSettings
from portal.reviewer import Reviewer
from portal.task_views import TaskViews
from portal.worker_tasks import WorkerTasks
from tests.lambda_src.account_loops import (
    INPUT_BUCKET,
    POOL_ID,
    ROLE_ARN,
    SCOPE,
    AccountLoops,
    portal_event,
)

TEMPLATE = """<!doctype html>
<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<img src="{{ task.input.picture | grant_read_access }}">
<a href="{{ task.input.scan | grant_read_access }}">Scan</a>
<img src="{{ task.input.picture | grant_read_access }}">
"""
PICTURE, SCAN = f"s3://{INPUT_BUCKET}/a b#1.png", f"s3://{INPUT_BUCKET}/in/Jane Doe.pdf"
SIGN_IN = "https://sign-in.example"


class Portal:
    """The portal of an account with the loop `pictures`, whose template refers to objects."""

    def __init__(self, account: AccountLoops) -> None:
        self.account = account
        secrets = {"AccessKeyId": "ASIA", "SecretAccessKey": "s", "SessionToken": "t"}
        client = aws_clients.s3_of(secrets)  # type: ignore[arg-type]  # all that it reads
        credentials = account.credentials()
        object.__setattr__(credentials, "s3_of", lambda _: client)
        self.pages = OpenPages(
            make_bundle(),
            SignInSettings("client", SIGN_IN),
            TaskViews(account.loops(), credentials, account.clock.now),
        )
        self.api = PortalApi(
            WorkerTasks(account.loops(), credentials, account.clock.now),
            lambda event: Reviewer.of(event, user_pool_id=POOL_ID, scope=SCOPE),
        )

    def get(self, path: str, **headers: str) -> dict[str, Any]:
        event = {"rawPath": path, "headers": {"sec-fetch-dest": "iframe", **headers}}
        return self.pages.answer(event)

    def call(self, method: str, path: str, body: Any = None, sub: str = "one") -> dict[str, Any]:
        answer = self.api.answer(portal_event(method, path, sub, body))
        assert answer["statusCode"] == 200, answer
        content: dict[str, Any] = json.loads(answer["body"])
        return content

    def open(self, name: str = "pictures", sub: str = "one") -> str:
        """Accept a task; return the path of its document."""
        return str(self.call("POST", f"/api/tasks/{name}/accept", sub=sub)["documentPath"])

    def statuses(self, document: str) -> list[int]:
        """Statuses of a document and of the first object in it."""
        first_object = document.replace("/task/", "/object/") + "/0/a.png"
        return [self.get(path)["statusCode"] for path in (document, first_object)]


@pytest.fixture
def portal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    account = AccountLoops()
    for name in ("pictures", "others"):
        flow = account.create_flow_definition(name, TEMPLATE, task_count=2)
        account.start(name, flow, {"picture": PICTURE, "scan": SCAN})
    yield Portal(account)
    account.close()


def policy(answer: dict[str, Any]) -> dict[str, str]:
    """Directives of an answer's content security policy."""
    directives = answer["headers"]["Content-Security-Policy"].split("; ")
    return {each.split(" ", 1)[0]: each.partition(" ")[2] for each in directives}


def test_the_page_may_load_its_files_and_get_tokens_at_the_sign_in_only(portal: Portal) -> None:
    page = portal.get("/")
    assert (page["statusCode"], page["body"]) == (200, make_bundle().page)
    directives = policy(page)
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == "'self'"
    assert directives["connect-src"] == f"'self' {SIGN_IN}"
    assert directives["frame-ancestors"] == "'none'"
    assert page["headers"]["Cache-Control"] == "no-store"
    assert json.loads(portal.get("/config.json")["body"]) == {
        "signIn": {"clientId": "client", "address": SIGN_IN}
    }


def test_files_are_kept_for_ever_by_the_hash_in_their_path(portal: Portal) -> None:
    bundle = make_bundle()
    for name, text in bundle.files.items():
        answer = portal.get(f"/static/{bundle.hash}/{name}")
        assert (answer["statusCode"], answer["body"]) == (200, text)
        assert "immutable" in answer["headers"]["Cache-Control"]
        assert answer["headers"]["Access-Control-Allow-Origin"] == "*", "tasks have no origin"
    for path in (f"/static/{'0' * 16}/portal.js", f"/static/{bundle.hash}/index.html"):
        gone = portal.get(path)
        assert (gone["statusCode"], gone["headers"]["Cache-Control"]) == (404, "no-store")


def test_files_are_compressed_for_who_takes_that(portal: Portal) -> None:
    bundle = make_bundle()
    answer = portal.get(bundle.elements_path, **{"accept-encoding": "br;q=1.0, gzip;q=0.8"})
    assert (answer["isBase64Encoded"], answer["headers"]["Content-Encoding"]) == (True, "gzip")
    assert gzip.decompress(base64.b64decode(answer["body"])).decode() == bundle.files["crowd.js"]
    assert len(answer["body"]) < len(bundle.files["crowd.js"]) / 2


@pytest.mark.parametrize(
    "path", ["/no", "/static/", "/task/pictures", "/task/a/b", "/object/a/b/0"]
)
def test_other_paths_are_no_pages(portal: Portal, path: str) -> None:
    assert portal.get(path)["statusCode"] == 404


def test_a_task_opens_under_its_own_policy_with_links_to_its_objects(portal: Portal) -> None:
    document = portal.open()
    answer = portal.get(document)
    objects = document.replace("/task/", "/object/")
    body = answer["body"]
    assert f'<script type="module" src="{make_bundle().elements_path}"></script>' in body
    assert body.count(f'<img src="{objects}/0/a%20b%231.png">') == 2
    assert f'<a href="{objects}/1/Jane%20Doe.pdf">' in body
    directives = policy(answer)
    assert directives["sandbox"] == "allow-scripts allow-forms allow-modals"
    assert directives["frame-ancestors"] == "'self'"
    bucket = f"https://{INPUT_BUCKET}.s3.amazonaws.com"
    assert directives["img-src"] == f"'self' {bucket} data: blob:"
    assert directives["connect-src"] == f"'self' {bucket} data: blob:"
    assert directives["script-src"] == "'self' 'unsafe-inline' 'unsafe-eval'"
    assert answer["headers"]["Connection-Allowlist"] == "(response-origin);redirects=allow"
    assert answer["headers"]["Cache-Control"] == "no-store"


def test_an_object_is_a_minute_of_reading_with_the_flows_role(portal: Portal) -> None:
    objects = portal.open().replace("/task/", "/object/")
    for number, key in ((0, "/a%20b%231.png?"), (1, "/in/Jane%20Doe.pdf?")):
        answer = portal.get(f"{objects}/{number}/any name / at all")
        assert answer["statusCode"] == 302
        assert answer["headers"]["Access-Control-Allow-Origin"] == "*"
        assert answer["headers"]["Cache-Control"] == "no-store"
        address = answer["headers"]["Location"]
        assert key in address
        assert "X-Amz-Expires=60" in address
    assert set(portal.account.sts.assumed) == {ROLE_ARN}
    assert portal.get(f"{objects}/2/none")["statusCode"] == 404


def test_a_task_opens_in_a_frame_only(portal: Portal) -> None:
    answer = portal.get(portal.open(), **{"sec-fetch-dest": "document"})
    assert (answer["statusCode"], answer["body"]) == (403, "Open this task through the portal.")


def test_the_holder_is_told_the_path_again_and_each_one_is_another(portal: Portal) -> None:
    accepted = portal.open()
    shown = portal.call("GET", "/api/tasks/pictures")["documentPath"]
    again = portal.open()
    assert len({accepted, shown, again}) == 3
    for path in (accepted, shown, again):
        assert portal.statuses(path) == [200, 302]
    assert "documentPath" not in portal.call("GET", "/api/tasks/pictures", sub="two")


@pytest.mark.parametrize(
    "key",
    ["Oo5daHiHmN2i30upqI9Twkcu_I_tg5Ln", "A" * 32, "A" * 31, "A" * 33, "../../../config.json"],
)
def test_a_forged_key_opens_nothing(portal: Portal, key: str) -> None:
    portal.open()
    assert portal.statuses(f"/task/pictures/{key}") == [404, 404]


def test_a_key_opens_its_own_loop_only(portal: Portal) -> None:
    document = portal.open()
    portal.open("others")
    assert portal.statuses(document.replace("pictures", "others")) == [404, 404]
    assert portal.statuses(document.replace("pictures", "no-such-loop")) == [404, 404]
    assert portal.statuses(document) == [200, 302]


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("release", None),
        ("decline", {"reason": "Unreadable"}),
        ("submit", {"answerContent": {}}),
    ],
)
def test_a_key_ends_with_what_its_worker_does(portal: Portal, action: str, body: Any) -> None:
    document, other = portal.open(), portal.open(sub="two")
    portal.call("POST", f"/api/tasks/pictures/{action}", body)
    assert portal.statuses(document) == [404, 404]
    assert portal.statuses(other) == [200, 302], "another worker's stays"


def test_a_key_ends_with_the_workers_time_though_the_clock_has_not_run(portal: Portal) -> None:
    document = portal.open()
    portal.account.clock.advance(timedelta(hours=1))
    assert portal.statuses(document) == [404, 404]


def test_a_key_ends_with_the_removal_of_its_worker(portal: Portal) -> None:
    document = portal.open()
    portal.account.block("one")
    assert portal.statuses(document) == [404, 404]


def test_a_key_ends_with_the_loop(portal: Portal) -> None:
    document = portal.open()
    portal.account.runtime().stop_human_loop(HumanLoopName="pictures")
    assert portal.statuses(document) == [200, 302], "who holds a stopped task may answer it"
    portal.account.advance(timedelta(days=30))
    assert portal.statuses(document) == [404, 404]


def test_looks_at_documents_and_objects_are_noted_without_what_opens_them(
    portal: Portal, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    document = portal.open()
    portal.statuses(document)
    noted = [
        (line.message, vars(line)["human_loop_name"], vars(line)["sub"])
        for line in caplog.records
        if line.message.endswith("opened")
    ]
    assert noted == [
        ("document opened", "pictures", "one"),
        ("object opened", "pictures", "one"),
    ]
    logged = " ".join(str(vars(line)) for line in caplog.records)
    for secret in (document.rsplit("/", 1)[-1], "a b", "a%20b", "Jane"):
        assert secret not in logged


def test_no_key_is_in_the_table(portal: Portal) -> None:
    document = portal.open()
    assert document.rsplit("/", 1)[-1] not in json.dumps(portal.account.items())
