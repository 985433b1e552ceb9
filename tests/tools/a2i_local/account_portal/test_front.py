"""One origin for API and sign-in page: which request goes where, and which address it names."""

import json
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

import pytest
import urllib3
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from a2i_local.account_portal import AccountPortalFront
from a2i_local.loopback_server import serving

GATEWAY = "https://127.0.0.1:4566"
API = "/_aws/execute-api/0a1b2c3d"


class Aws:
    """The gateway: notes each request, and answers as the test says."""

    def __init__(self) -> None:
        self.answer: Response = PlainTextResponse("aws")
        self.asked: list[dict[str, Any]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = Request(scope, receive)
        self.asked.append(
            {
                "target": asked.url.path,
                "query": parse_qs(asked.url.query),
                "host": asked.headers["host"],
                "scheme": scope["scheme"],
                "form": parse_qs((await asked.body()).decode()),
            }
        )
        await self.answer(scope, receive, send)


async def a2i_portal(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("the local A2I's portal")(scope, receive, send)


def request(method: str, url: str, form: dict[str, str] | None = None) -> urllib3.BaseHTTPResponse:
    """Send a request, and follow no redirect."""
    return urllib3.request(
        method,
        url,
        body=None if form is None else urlencode(form),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        redirect=False,
    )


@pytest.fixture
def aws() -> Aws:
    return Aws()


@pytest.fixture
def origin(aws: Aws) -> Any:
    front = AccountPortalFront(aws, a2i_portal, gateway=GATEWAY, find_api=lambda: API)
    with serving(front) as url:
        yield url


@pytest.mark.parametrize(
    "path", ["/", "/static/0a/portal.js", "/api/tasks", "/task/loop/key", "/object/l/k/1/a%20b.png"]
)
def test_the_api_answers_pages_calls_tasks_and_objects(aws: Aws, origin: str, path: str) -> None:
    assert request("GET", f"{origin}{path}").data == b"aws"
    assert quote(aws.asked[0]["target"]) == f"{API}{path}"


@pytest.mark.parametrize("path", ["/_a2i/portal", "/_a2i/api/tasks", "/_a2i/aws/bucket/key"])
def test_the_portal_of_the_local_a2i_stays_where_it_was(aws: Aws, origin: str, path: str) -> None:
    assert request("GET", f"{origin}{path}").data == b"the local A2I's portal"
    assert aws.asked == []


def test_without_a_portal_in_the_account_the_local_a2i_answers(aws: Aws) -> None:
    front = AccountPortalFront(aws, a2i_portal, gateway=GATEWAY, find_api=lambda: None)
    with serving(front) as url:
        assert request("GET", f"{url}/").data == b"the local A2I's portal"


def test_the_pool_is_asked_to_return_to_the_address_of_its_client(aws: Aws, origin: str) -> None:
    request("GET", f"{origin}/oauth2/authorize?state=a&redirect_uri={quote(f'{origin}/', '')}")
    request("GET", f"{origin}/logout?logout_uri={quote(f'{origin}/', '')}")
    request("POST", f"{origin}/oauth2/token", {"redirect_uri": f"{origin}/", "code": "c"})
    authorize, logout, token = aws.asked
    assert authorize["target"] == "/oauth2/authorize"
    assert authorize["query"] == {"state": ["a"], "redirect_uri": [f"{GATEWAY}{API}/"]}
    assert logout["query"] == {"logout_uri": [f"{GATEWAY}{API}/"]}
    assert token["form"] == {"redirect_uri": [f"{GATEWAY}{API}/"], "code": ["c"]}


def test_an_address_of_somebody_else_stays_for_the_pool_to_refuse(aws: Aws, origin: str) -> None:
    request("GET", f"{origin}/oauth2/authorize?redirect_uri=https%3A%2F%2Fevil.example%2F")
    assert aws.asked[0]["query"] == {"redirect_uri": ["https://evil.example/"]}


def test_sign_in_returns_to_the_portal(aws: Aws, origin: str) -> None:
    aws.answer = RedirectResponse(f"{GATEWAY}{API}/?code=c&state=s", 302)
    returned = request("POST", f"{origin}/login", {"username": "ann"})
    assert returned.headers["location"] == f"{origin}/?code=c&state=s"


def test_the_page_is_told_to_sign_in_here(aws: Aws, origin: str) -> None:
    address = "https://a2i-0a1b.auth.us-east-1.amazoncognito.com"
    aws.answer = Response(json.dumps({"signIn": {"clientId": "c", "address": address}}))
    settings = json.loads(request("GET", f"{origin}/config.json").data)
    assert settings == {"signIn": {"clientId": "c", "address": origin}}


def test_a_link_to_an_object_is_followed_under_the_host_that_it_is_signed_for(
    aws: Aws, origin: str
) -> None:
    aws.answer = RedirectResponse(f"{GATEWAY}/bucket/a%20b.png?X-Amz-Signature=0a", 302)
    link = request("GET", f"{origin}/object/l/k/1/a").headers["location"]
    assert link == f"{origin}/_a2i/aws/bucket/a%20b.png?X-Amz-Signature=0a"
    aws.answer = PlainTextResponse("object")
    assert request("GET", link).data == b"object"
    assert aws.asked[-1]["target"] == "/bucket/a b.png"
    assert aws.asked[-1]["host"] == "127.0.0.1:4566"
    assert aws.asked[-1]["scheme"] == "https", "buckets refuse anything else"
