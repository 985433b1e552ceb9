"""Both hosts of the portal over HTTP, with signed-in people, for tests of who may do what."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

import urllib3

from a2i_local.service import Member
from a2i_local.testing import LocalA2I
from a2i_local.testing.local_a2i import CLIENT_ID, USER_POOL
from tests.core.a2i_portal.account_site import AccountSite, object_uri, serving_account
from tests.tools.a2i_local.portal.served_portal import serving_portal

ANN, BEN, EVE = "worker-1", "worker-2", "eve"
"""Two members of the task's team, and one of another team."""
TEMPLATE = '<p>secret words</p><img src="{{ task.input.picture | grant_read_access }}">'
LOOP = "loop"
Headers = Mapping[str, str]


class AccessHost(Protocol):
    """A portal that offers the task of LOOP, one answer wanted, to Ann and Ben."""

    url: str
    api: str
    page: str
    """Path of the portal's page."""

    def sign_in(self, who: str) -> dict[str, str]:
        """Return the headers that carry the session."""

    def forged(self, session: Headers) -> list[dict[str, str]]:
        """Return headers of altered sessions."""

    def sent_by_another_site(self, session: Headers) -> dict[str, str]:
        """Return what a page of another site makes the reviewer's browser send."""

    def task_id(self) -> str:
        """Return the id of the task."""

    def document(self, session: Headers) -> tuple[str, dict[str, str]]:
        """Accept the task; return the path of its document and the headers to open it with."""

    def remove(self, who: str) -> None:
        """Take a person out of the team."""

    def advance(self, delta: timedelta) -> None:
        """Let time pass."""


def send(
    host: AccessHost, method: str, path: str, headers: Headers, body: Any = None
) -> urllib3.BaseHTTPResponse:
    """Send one request; redirects are answers, too."""
    return urllib3.request(
        method, f"{host.url}{path}", json=body, headers=headers, redirect=False, timeout=60
    )


@dataclass
class LocalAccess:
    a2i: LocalA2I
    url: str
    api: str = "/_a2i/api"
    page: str = "/_a2i/portal"

    def sign_in(self, who: str) -> dict[str, str]:
        self.a2i.host.passwords[USER_POOL, who] = "right"
        answer = send(
            self, "POST", f"{self.api}/sign-in", {}, {"username": who, "password": "right"}
        )
        return {"Cookie": answer.headers["set-cookie"].partition(";")[0]}

    def forged(self, session: Headers) -> list[dict[str, str]]:
        name, _, token = session["Cookie"].partition("=")
        payload, _, signature = token.partition(".")
        altered = (f"{payload[:-2]}AA.{signature}", f"{payload}.{'0' * 64}", payload)
        return [{"Cookie": f"{name}={value}"} for value in altered]

    def sent_by_another_site(self, session: Headers) -> dict[str, str]:
        return {**session, "Origin": "https://other.example"}

    def task_id(self) -> str:
        return self.a2i.service.worker_tasks.task_id(
            LOOP, account=self.a2i.account, region=self.a2i.region
        )

    def document(self, session: Headers) -> tuple[str, dict[str, str]]:
        task = self.task_id()
        assert send(self, "POST", f"{self.api}/tasks/{task}/accept", session, {}).status == 200
        return f"/_a2i/task/{task}", dict(session)

    def remove(self, who: str) -> None:
        for group, members in self.a2i.host.groups.items():
            self.a2i.host.groups[group] = [each for each in members if each.username != who]

    def advance(self, delta: timedelta) -> None:
        self.a2i.advance(delta)


@dataclass
class AccountAccess:
    site: AccountSite
    url: str = field(init=False)
    api: str = "/api"
    page: str = "/"

    def __post_init__(self) -> None:
        self.url = self.site.url

    def sign_in(self, who: str) -> dict[str, str]:
        refresh = self.site.pool.new_session(who)
        answer = urllib3.request(
            "POST",
            f"{self.url}/oauth2/token",
            body=f"grant_type=refresh_token&refresh_token={refresh}",
        )
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def forged(self, session: Headers) -> list[dict[str, str]]:
        token = session["Authorization"]
        return [{"Authorization": value} for value in (f"{token[:-8]}{'A' * 8}", token[:-9])]

    def sent_by_another_site(self, session: Headers) -> dict[str, str]:
        """The token is in the page's memory: no browser adds it to what others send."""
        others = {name: value for name, value in session.items() if name != "Authorization"}
        return {**others, "Origin": "https://other.example"}

    def task_id(self) -> str:
        return LOOP

    def document(self, session: Headers) -> tuple[str, dict[str, str]]:
        accepted = send(self, "POST", f"{self.api}/tasks/{LOOP}/accept", session, {})
        return str(accepted.json()["documentPath"]), {}

    def remove(self, who: str) -> None:
        self.site.account.block(who)

    def advance(self, delta: timedelta) -> None:
        self.site.account.advance(delta)


@contextmanager
def _local() -> Iterator[AccessHost]:
    a2i = LocalA2I()
    client = {"UserPool": USER_POOL, "ClientId": CLIENT_ID}
    a2i.host.groups[USER_POOL, "others"] = [Member("eve-sub", EVE, "eve@example.com")]
    a2i.call(
        "CreateWorkteam",
        WorkteamName="others",
        Description="Others",
        MemberDefinitions=[{"CognitoMemberDefinition": {**client, "UserGroup": "others"}}],
    )
    a2i.s3.put_object(Bucket=a2i.bucket, Key="picture.png", Body=b"x")
    picture = f"s3://{a2i.bucket}/picture.png"
    a2i.start(LOOP, a2i.create_flow_definition("review", TEMPLATE), {"picture": picture})
    with serving_portal(a2i, sign_in_required=True) as url:
        yield LocalAccess(a2i, url)
    a2i.close()


@contextmanager
def _account() -> Iterator[AccessHost]:
    with serving_account() as site:
        site.pool.users = {ANN: ["reviewers"], BEN: ["reviewers"], EVE: ["others"]}
        site.offer(LOOP, TEMPLATE, {"picture": object_uri("picture.png")})
        yield AccountAccess(site)


ACCESS_HOSTS: dict[str, Callable[[], Any]] = {"local": _local, "account": _account}
