"""Who gets at a task, and who does not: the same in both hosts of the portal."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from tests.core.a2i_portal.access_hosts import (
    ACCESS_HOSTS,
    ANN,
    BEN,
    EVE,
    AccessHost,
    Headers,
    send,
)

ANSWER = {"answerContent": {"a": "b"}}


@pytest.fixture(params=ACCESS_HOSTS)
def host(request: pytest.FixtureRequest) -> Iterator[AccessHost]:
    with ACCESS_HOSTS[request.param]() as found:
        yield found


def tried(host: AccessHost, session: Headers) -> dict[str, int]:
    """Statuses of all that the API does with a task."""
    task = f"{host.api}/tasks/{host.task_id()}"
    posts = [(each, "POST", f"{task}/{each}") for each in ("accept", "release", "submit")]
    return {
        name: send(host, method, path, session, ANSWER if method == "POST" else None).status
        for name, method, path in (("show", "GET", task), *posts)
    }


def listed(host: AccessHost, session: Headers) -> list[str]:
    answer = send(host, "GET", f"{host.api}/tasks", session)
    assert answer.status == 200, answer.data
    return [task["id"] for task in answer.json()["tasks"]]


def act(host: AccessHost, session: Headers, action: str) -> tuple[int, Any]:
    path = f"{host.api}/tasks/{host.task_id()}/{action}"
    answer = send(host, "POST", path, session, ANSWER)
    return answer.status, answer.json().get("error", {}).get("code")


def test_another_team_s_member_gets_at_nothing(host: AccessHost) -> None:
    eve = host.sign_in(EVE)
    assert listed(host, eve) == []
    assert set(tried(host, eve).values()) == {403}
    host.document(host.sign_in(ANN))
    assert set(tried(host, eve).values()) == {403}


def test_nobody_and_altered_sessions_get_at_nothing(host: AccessHost) -> None:
    for session in ({}, *host.forged(host.sign_in(ANN))):
        assert set(tried(host, session).values()) == {401}
        assert send(host, "GET", f"{host.api}/tasks", session).status == 401
        assert send(host, "GET", f"{host.api}/me", session).status == 401
    assert listed(host, host.sign_in(BEN)) == [host.task_id()]


def test_a_document_opens_by_what_its_holder_has_alone(host: AccessHost) -> None:
    path, key = host.document(host.sign_in(ANN))
    opened = send(host, "GET", path, key)
    assert (opened.status, b"secret words" in opened.data) == (200, True)
    altered = [(each, path) for each in host.forged(key)] if key else []
    for headers, other in [*altered, ({}, f"{path[:-4]}AAAA"), ({}, f"{path}A")]:
        refused = send(host, "GET", other, headers)
        assert refused.status in {401, 404}
        assert b"secret words" not in refused.data


def test_an_object_opens_by_its_own_link_alone(host: AccessHost) -> None:
    path, key = host.document(host.sign_in(ANN))
    [link] = re.findall(r'<img src="([^"]+)"', send(host, "GET", path, key).data.decode())
    assert send(host, "GET", link, {}).status in {200, 302}
    secret = max(link.split("/"), key=len)
    for forged in (f"{secret[:-4]}AAAA", "A" * len(secret)):
        assert send(host, "GET", link.replace(secret, forged), {}).status in {403, 404}


def test_of_two_who_race_one_gets_the_task(host: AccessHost) -> None:
    sessions = [host.sign_in(ANN), host.sign_in(BEN)]
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda session: act(host, session, "accept"), sessions))
    assert sorted(answers) == [(200, None), (409, "SlotTaken")]
    winner, loser = sessions if answers[0][0] == 200 else reversed(sessions)
    assert listed(host, loser) == []
    assert act(host, loser, "submit") == (409, "SlotTaken")
    assert act(host, winner, "release") == (200, None)
    assert act(host, loser, "accept") == (200, None)


def test_a_hold_ends_with_its_time(host: AccessHost) -> None:
    ann, ben = host.sign_in(ANN), host.sign_in(BEN)
    assert act(host, ann, "accept") == (200, None)
    host.advance(timedelta(hours=1))
    assert act(host, ann, "submit") == (409, "TaskTimeLimitExceeded")
    assert act(host, ben, "submit") == (200, None)


def test_who_is_removed_is_out_at_the_next_call(host: AccessHost) -> None:
    ann = host.sign_in(ANN)
    path, key = host.document(ann)
    host.remove(ANN)
    assert set(tried(host, ann).values()) == {403}
    assert send(host, "GET", f"{host.api}/tasks", ann).status == 403
    assert send(host, "GET", path, key).status in {403, 404}


@pytest.mark.parametrize("content_type", ["application/json", "text/plain"])
def test_other_sites_change_nothing(host: AccessHost, content_type: str) -> None:
    ann = host.sign_in(ANN)
    headers = {**host.sent_by_another_site(ann), "Content-Type": content_type}
    for action in ("accept", "submit"):
        path = f"{host.api}/tasks/{host.task_id()}/{action}"
        refused = send(host, "POST", path, headers, ANSWER)
        assert refused.status in {401, 403}
        assert "access-control-allow-origin" not in refused.headers
    [task] = send(host, "GET", f"{host.api}/tasks", ann).json()["tasks"]
    assert task["state"] == "available"


def test_page_and_document_carry_their_policies(host: AccessHost) -> None:
    path, key = host.document(host.sign_in(ANN))
    page, document = send(host, "GET", host.page, {}), send(host, "GET", path, key)
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]
    sandbox = "sandbox allow-scripts allow-forms allow-modals"
    assert document.headers["Content-Security-Policy"].endswith(sandbox)
    assert "frame-ancestors 'self'" in document.headers["Content-Security-Policy"]
    assert "Connection-Allowlist" in document.headers
    for answer in (page, document):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    alone = send(host, "GET", path, {**key, "Sec-Fetch-Dest": "document"})
    assert alone.status == 403
