"""The account's portal in this process: functions' logic, a sign-in, and S3 on another origin."""

import base64
import hashlib
import io
import json
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from PIL import Image
from playwright.sync_api import Page
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from a2i_local.loopback_server import serving
from a2i_local.service import ManualClock
from a2i_portal.bundle import make_bundle
from portal.api import PortalApi
from portal.open_pages import OpenPages, SignInSettings
from portal.reviewer import Reviewer
from portal.task_views import TaskViews
from portal.worker_tasks import WorkerTasks
from tests.lambda_src.account_loops import (
    INPUT_BUCKET,
    POOL_ID,
    SCOPE,
    TEAM,
    AccountLoops,
    portal_event,
)

CLIENT_ID = "portal-client"


def picture(color: str = "#cfe3ee") -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (400, 300), color).save(content, "PNG")
    return content.getvalue()


@dataclass
class Pool:
    """Users and their tokens: signs in whoever is clicked, and demands PKCE."""

    users: dict[str, list[str]] = field(default_factory=lambda: {"ann": [TEAM], "ben": [TEAM]})
    """Groups by user name, which is the `sub` too."""
    token_seconds: int = 900
    codes: dict[str, tuple[str, str]] = field(default_factory=dict)
    refresh_tokens: dict[str, str] = field(default_factory=dict)
    access_tokens: dict[str, str] = field(default_factory=dict)
    signed_out: list[str] = field(default_factory=list)

    def routes(self) -> list[Route]:
        return [
            Route("/oauth2/authorize", self.authorize),
            Route("/oauth2/token", self.token, methods=["POST"]),
            Route("/oauth2/revoke", self.revoke, methods=["POST"]),
            Route("/logout", self.logout),
        ]

    def authorize(self, request: Request) -> Response:
        query = request.query_params
        asked = {name: query[name] for name in ("response_type", "client_id", "scope")}
        assert asked == {"response_type": "code", "client_id": CLIENT_ID, "scope": "openid"}
        assert query["code_challenge_method"] == "S256"
        links = []
        for user in self.users:
            code = secrets.token_hex(8)
            self.codes[code] = (user, query["code_challenge"])
            answer = urlencode({"code": code, "state": query["state"]})
            links.append(f'<a href="{query["redirect_uri"]}?{answer}">{user}</a>')
        return HTMLResponse("<h1>Pool</h1>" + " ".join(links))

    async def token(self, request: Request) -> Response:
        form = await _form(request)
        if form["grant_type"] == "refresh_token":
            user = self.refresh_tokens.pop(form["refresh_token"], "")
        else:
            user, challenge = self.codes.pop(form["code"], ("", ""))
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != challenge:
                user = ""
        if not user:
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse(self._tokens(user))

    async def revoke(self, request: Request) -> Response:
        self.refresh_tokens.pop((await _form(request))["token"], None)
        return Response()

    def logout(self, request: Request) -> Response:
        self.signed_out.append(request.query_params["client_id"])
        return RedirectResponse(request.query_params["logout_uri"])

    def new_session(self, user: str) -> str:
        """Return a refresh token."""
        refresh = secrets.token_hex(16)
        self.refresh_tokens[refresh] = user
        return refresh

    def _tokens(self, user: str) -> dict[str, Any]:
        access = _token({"username": user, "nonce": secrets.token_hex(4)})
        self.access_tokens[access] = user
        return {
            "access_token": access,
            "id_token": _token({"email": f"{user}@example.com"}),
            "refresh_token": self.new_session(user),
            "expires_in": self.token_seconds,
            "token_type": "Bearer",
        }


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode()))


def _token(claims: dict[str, str]) -> str:
    parts = [
        base64.urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=").decode()
        for each in ({"alg": "none"}, claims)
    ]
    return ".".join([*parts, "signature"])


@dataclass
class AccountSite:
    """The portal at `url`, over the loops of `account`."""

    account: AccountLoops
    pool: Pool
    objects: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    """Content and type of the input bucket's objects, by key."""
    asked: list[str] = field(default_factory=list)
    """Paths that were asked for at the portal."""
    url: str = ""
    s3_origin: str = ""

    def offer(self, name: str, html: str, task_input: Any = None, **flow: Any) -> None:
        """Start a loop whose template is `html`."""
        arn = self.account.create_flow_definition(name, html, **flow)
        self.account.start(name, arn, task_input or {"text": "a"})

    def sign_in(self, page: Page, user: str) -> None:
        """Give a page the session of a user, which the portal finds when it opens."""
        token = self.pool.new_session(user)
        page.goto(f"{self.url}/config.json")
        page.evaluate("token => sessionStorage.setItem('a2i-refresh-token', token)", token)

    def advance(self, delta: timedelta) -> None:
        """Let time pass between two requests: a draft may be on its way."""
        with _ONE_AT_A_TIME:
            self.account.advance(delta)

    def answers(self, name: str) -> list[Any]:
        """What was submitted for a loop."""
        loop = self.account.loop(name)
        assert loop is not None
        contents = self.account.loops().contents
        return [contents.read_answer(answer) for answer in loop.answers]

    def app(self) -> Starlette:
        routes = [
            *self.pool.routes(),
            Route("/api/{rest:path}", self._api, methods=["GET", "POST", "PUT"]),
            Route("/{rest:path}", self._open),
        ]
        return Starlette(routes=routes)

    def s3(self) -> Starlette:
        return Starlette(routes=[Route("/{key:path}", self._object)])

    async def _api(self, request: Request) -> Response:
        self.asked.append(request.url.path)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        user = self.pool.access_tokens.get(token)
        if user is None:  # as an HTTP API's authorizer refuses
            return JSONResponse({"message": "Unauthorized"}, 401)
        event = portal_event(
            request.method, request.url.path, user, groups=self.pool.users.get(user, [])
        )
        event["queryStringParameters"] = dict(request.query_params)
        event["body"] = (await request.body()).decode()
        return await run_in_threadpool(self._call_api, event)

    def _call_api(self, event: dict[str, Any]) -> Response:
        tasks = WorkerTasks(self.account.loops(), self._credentials(), self.account.clock.now)
        api = PortalApi(tasks, lambda e: Reviewer.of(e, user_pool_id=POOL_ID, scope=SCOPE))
        with _ONE_AT_A_TIME:
            answer = api.answer(event)
            self.account.deliver()
        return _response(answer)

    def _open(self, request: Request) -> Response:
        self.asked.append(request.url.path)
        views = TaskViews(self.account.loops(), self._credentials(), self.account.clock.now)
        pages = OpenPages(make_bundle(), SignInSettings(CLIENT_ID, self.url), views)
        event = {"rawPath": request.url.path, "headers": dict(request.headers)}
        with _ONE_AT_A_TIME:
            return _response(pages.answer(event))

    def _credentials(self) -> Any:
        credentials = self.account.credentials()
        object.__setattr__(credentials, "s3_of", lambda _: self)
        return credentials

    def generate_presigned_url(self, _: str, **parameters: Any) -> str:
        """As S3's client does."""
        return f"{self.s3_origin}/{quote(parameters['Params']['Key'])}?X-Amz-Signature=s"

    def _object(self, request: Request) -> Response:
        found = self.objects.get(request.path_params["key"])
        if found is None or "X-Amz-Signature" not in request.query_params:
            return Response("denied", 403)
        headers = {"Access-Control-Allow-Origin": "*", "Content-Type": found[1]}
        return Response(found[0], headers=headers)


_ONE_AT_A_TIME = Lock()


def _response(answer: dict[str, Any]) -> Response:
    body = answer["body"]
    content = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
    return Response(content, answer["statusCode"], answer["headers"])


def object_uri(key: str) -> str:
    return f"s3://{INPUT_BUCKET}/{key}"


@contextmanager
def serving_account(ahead: timedelta = timedelta()) -> Iterator[AccountSite]:
    """Serve a portal and its S3, on a port each; its time is `ahead` of this computer's."""
    site = AccountSite(AccountLoops(clock=ManualClock(datetime.now(UTC) + ahead)), Pool())
    with ExitStack() as servers:
        servers.callback(site.account.close)
        site.url = servers.enter_context(serving(site.app()))
        site.s3_origin = servers.enter_context(serving(site.s3()))
        yield site
