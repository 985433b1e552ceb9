"""Signing in and out over HTTP, in both ways of running the portal."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from a2i_local.portal.sessions import LIFETIME
from a2i_local.testing import LocalA2I
from a2i_local.testing.local_a2i import USER_POOL
from tests.tools.a2i_local.portal.served_portal import serving_portal
from tests.tools.a2i_local.portal.test_portal_api import Reply, call
from tests.tools.a2i_local.service.test_sign_in import with_oidc_team

FLOW_TEMPLATE = """<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form><crowd-input name="a" label="Answer"></crowd-input></crowd-form>"""


class Portal:
    """A portal over a service with one open task; `worker-1` has the password `right`."""

    def __init__(self, a2i: LocalA2I, url: str) -> None:
        self.a2i = a2i
        self.url = url

    def call(self, method: str, path: str, body: object = None, cookie: str = "") -> Reply:
        headers = {"Cookie": cookie} if cookie else {}
        return call(self.url, method, f"/_a2i/{path}", body, headers)

    def sign_in(self, *credentials: str, **more: str) -> Reply:
        """Sign in with a name and a password; without them as `worker-1`."""
        username, password = credentials or ("worker-1", "right")
        body = {"username": username, "password": password, **more}
        return self.call("POST", "api/sign-in", body)

    def tasks(self, cookie: str = "") -> Reply:
        return self.call("GET", "api/tasks", cookie=cookie)


def cookie_of(reply: Reply) -> str:
    return reply.headers["set-cookie"].partition(";")[0]


@contextmanager
def running(*, sign_in_required: bool, with_oidc: bool = False) -> Iterator[Portal]:
    a2i = LocalA2I()
    if with_oidc:
        with_oidc_team(a2i)
    else:
        a2i.host.passwords[USER_POOL, "worker-1"] = "right"
        a2i.start("loop", a2i.create_flow_definition("review", FLOW_TEMPLATE), {})
    with serving_portal(a2i, sign_in_required=sign_in_required) as url:
        yield Portal(a2i, url)


@pytest.fixture
def open_portal() -> Iterator[Portal]:
    """One that also takes a name for a reviewer."""
    with running(sign_in_required=False) as portal:
        yield portal


@pytest.fixture
def strict_portal() -> Iterator[Portal]:
    """One that only takes who signed in."""
    with running(sign_in_required=True) as portal:
        yield portal


def test_a_session_carries_a_reviewer_through_a_task(strict_portal: Portal) -> None:
    cookie = cookie_of(strict_portal.sign_in())
    (task,) = strict_portal.tasks(cookie).json["tasks"]
    document = strict_portal.call("GET", f"task/{task['id']}", cookie=cookie)
    assert b"crowd-input" in document.body
    submitted = strict_portal.call(
        "POST", f"api/tasks/{task['id']}/submit", {"answerContent": {"a": "b"}}, cookie
    )
    assert submitted.status == 200
    (answer,) = strict_portal.a2i.output("loop")["humanAnswers"]
    assert answer["workerMetadata"]["identityData"]["sub"] == "worker-1-sub"


def test_the_cookie_is_for_this_portal_and_no_script(strict_portal: Portal) -> None:
    name, *attributes = strict_portal.sign_in().headers["set-cookie"].split("; ")
    assert name.startswith(f"a2i-session-{strict_portal.url.rpartition(':')[2]}=")
    assert {"HttpOnly", "Path=/_a2i/", "SameSite=strict", "Max-Age=28800"} <= set(attributes)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "api/tasks?worker=worker-1"),
        ("GET", "task/{task}?worker=worker-1"),
        ("POST", "api/tasks/{task}/accept"),
        ("POST", "api/tasks/{task}/submit"),
    ],
)
def test_a_name_is_no_reviewer_where_sign_in_is_required(
    strict_portal: Portal, method: str, path: str
) -> None:
    (task,) = strict_portal.a2i.service.worker_tasks.list("worker-1")
    body = {"worker": "worker-1", "answerContent": {}} if method == "POST" else None
    reply = strict_portal.call(method, path.format(task=task.id), body)
    assert (reply.status, reply.error_code) == (401, "NotSignedIn")
    assert "worker" not in reply.json["error"]["message"]


def test_a_name_is_enough_in_development_and_goes_before_the_session(open_portal: Portal) -> None:
    cookie = cookie_of(open_portal.sign_in())
    (task,) = open_portal.tasks(cookie).json["tasks"]
    path = f"api/tasks/{task['id']}/accept"
    assert open_portal.call("POST", path, {"worker": "worker-2"}, cookie).status == 200
    assert open_portal.tasks(cookie).json["tasks"] == []


def test_signing_out_ends_the_session_and_its_copies(strict_portal: Portal) -> None:
    cookie = cookie_of(strict_portal.sign_in())
    reply = strict_portal.call("POST", "api/sign-out", {}, cookie)
    assert "Max-Age=0" in reply.headers["set-cookie"]
    assert strict_portal.tasks(cookie).status == 401
    assert strict_portal.tasks(cookie_of(strict_portal.sign_in())).status == 200


def test_a_session_ends_after_eight_hours(strict_portal: Portal) -> None:
    cookie = cookie_of(strict_portal.sign_in())
    strict_portal.a2i.advance(LIFETIME - timedelta(minutes=1))
    assert strict_portal.tasks(cookie).status == 200
    strict_portal.a2i.advance(timedelta(minutes=1))
    assert strict_portal.tasks(cookie).status == 401


def test_a_cookie_that_was_altered_is_nobody_s(strict_portal: Portal) -> None:
    name, _, token = cookie_of(strict_portal.sign_in()).partition("=")
    payload, _, signature = token.partition(".")
    for forged in (f"{payload[:-2]}AA.{signature}", f"{payload}.{'0' * 64}", payload, "", "é"):
        assert strict_portal.tasks(f"{name}={forged}").status == 401


def test_who_is_asked_for_a_new_password_is_not_signed_in_yet(strict_portal: Portal) -> None:
    strict_portal.a2i.host.temporary_passwords[USER_POOL, "worker-2"] = "temporary"
    first = strict_portal.sign_in("worker-2", "temporary")
    assert first.json == {"challenge": "NEW_PASSWORD_REQUIRED"}
    assert "set-cookie" not in first.headers
    refused = strict_portal.sign_in("worker-2", "temporary", newPassword="short")
    assert (refused.status, refused.error_code) == (400, "InvalidPassword")
    second = strict_portal.sign_in("worker-2", "temporary", newPassword="long enough")
    assert second.json == {"name": "worker-2@example.com"}
    assert strict_portal.tasks(cookie_of(second)).status == 200


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"username": "worker-1", "password": "wrong"}, 401, "NotAuthorized"),
        ({"username": "worker-1"}, 400, "InvalidRequest"),
        ({"username": "worker-1", "password": 1}, 400, "InvalidRequest"),
        ({"username": "w" * 257, "password": "right"}, 400, "InvalidRequest"),
        ({"username": "worker-1", "password": "right", "mfaCode": None}, 400, "InvalidRequest"),
        ([], 400, "InvalidRequest"),
    ],
)
def test_refuses_to_sign_in(strict_portal: Portal, body: object, status: int, code: str) -> None:
    reply = strict_portal.call("POST", "api/sign-in", body)
    assert (reply.status, reply.error_code) == (status, code)
    assert "set-cookie" not in reply.headers


@pytest.mark.parametrize("path", ["sign-in", "sign-out"])
def test_other_sites_can_neither_sign_in_nor_out(strict_portal: Portal, path: str) -> None:
    body = json.dumps({"username": "worker-1", "password": "right"})
    for headers in ({"Origin": "https://other.example"}, {"Content-Type": "text/plain"}):
        reply = call(strict_portal.url, "POST", f"/_a2i/api/{path}", body, headers)
        assert reply.status in {400, 403}
        assert "set-cookie" not in reply.headers


def test_the_page_learns_who_is_signed_in_and_how_to(strict_portal: Portal) -> None:
    nobody = {"name": None, "problem": None, "signInPossible": True, "signInRequired": True}
    answer = strict_portal.call("GET", "api/session").json
    assert answer.items() >= nobody.items()
    cookie = cookie_of(strict_portal.sign_in())
    signed_in = strict_portal.call("GET", "api/session", cookie=cookie).json
    assert (signed_in["name"], signed_in["problem"]) == ("worker-1@example.com", None)
    assert signed_in["now"] >= answer["now"]
    strict_portal.a2i.host.groups.clear()
    gone = strict_portal.call("GET", "api/session", cookie=cookie).json
    assert gone["name"] is None
    assert gone["problem"] == "worker-1@example.com is not a member of any work team"


@pytest.mark.parametrize("accept", ["text/html,*/*", "application/json"])
def test_an_address_outside_the_ranges_finds_no_portal(open_portal: Portal, accept: str) -> None:
    open_portal.a2i.call(
        "UpdateWorkforce", WorkforceName="default", SourceIpConfig={"Cidrs": ["192.0.2.0/24"]}
    )
    forwarded = {"X-Forwarded-For": "192.0.2.1", "Accept": accept}
    for path in ("/_a2i/portal", "/_a2i/portal/portal.js", "/_a2i/api/tasks?worker=worker-1"):
        reply = call(open_portal.url, "GET", path, headers=forwarded)
        assert reply.status == 404
        assert b"192.0.2.0/24" in reply.body
