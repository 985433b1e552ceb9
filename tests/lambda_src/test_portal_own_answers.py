"""Portal API: numbers of one's own, and one's last answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.lambda_src.account_loops import TEAM, AccountLoops, portal_event
from tests.lambda_src.test_portal import call, error


@pytest.fixture
def account() -> Iterator[AccountLoops]:
    made = AccountLoops()
    yield made
    made.close()


def start(
    account: AccountLoops, name: str = "loop", *, task_count: int = 1, **options: int
) -> None:
    flow = account.create_flow_definition(name, task_count=task_count, WorkerOptions=options)
    account.start(name, flow)


def answer(account: AccountLoops, name: str, label: str, sub: str = "one") -> None:
    call(account, "POST", f"/api/tasks/{name}/accept", sub=sub)
    account.clock.advance(timedelta(seconds=40))
    body = {"answerContent": {"label": label}}
    assert call(account, "POST", f"/api/tasks/{name}/submit", body, sub=sub)[0] == 200


def numbers(account: AccountLoops, sub: str = "one") -> dict[str, Any]:
    status, me = call(account, "GET", "/api/me", sub=sub)
    assert (status, me.pop("sub"), me.pop("name"), me.pop("teams")) == (200, sub, sub, [TEAM])
    return dict(me)


def test_numbers_are_of_the_reviewers_own_answers(account: AccountLoops) -> None:
    nothing = {"answeredToday": 0, "answeredLast7Days": 0, "medianSeconds": None, "agreement": None}
    start(account, task_count=2)
    assert numbers(account) == nothing
    answer(account, "loop", "yes")
    assert numbers(account) == {
        "answeredToday": 1,
        "answeredLast7Days": 1,
        "medianSeconds": 40,
        "agreement": None,
    }
    answer(account, "loop", "no", sub="two")
    account.deliver()
    assert numbers(account)["agreement"] == 0
    assert numbers(account, "three") == nothing


def test_a_single_answer_counts_once_however_often_the_stream_brings_it(
    account: AccountLoops,
) -> None:
    start(account)
    answer(account, "loop", "yes")
    records = [*account.dynamodb.records]
    account.deliver()
    account.dynamodb.records = records
    account.deliver()
    assert numbers(account)["answeredToday"] == 1


def test_an_answer_that_is_taken_back_does_not_count(account: AccountLoops) -> None:
    start(account, AnswerGraceInSeconds=60)
    answer(account, "loop", "yes")
    assert numbers(account)["answeredToday"] == 1
    call(account, "POST", "/api/tasks/loop/undo")
    assert numbers(account)["answeredToday"] == 0
    answer(account, "loop", "no")
    account.advance(timedelta(seconds=60))
    assert numbers(account)["answeredToday"] == 1


def test_last_answers_are_listed_and_read_while_the_flow_shows_them(account: AccountLoops) -> None:
    for name in ("first", "second"):
        start(account, name, OwnAnswersInSeconds=3600)
        answer(account, name, name)
        account.deliver()
    start(account, "hidden")
    answer(account, "hidden", "x")
    account.deliver()
    listed = call(account, "GET", "/api/answers")[1]["answers"]
    assert [each["id"] for each in listed] == ["second", "first"]
    assert (listed[0]["state"], listed[0]["workingSeconds"]) == ("submitted", 40)
    shown = call(account, "GET", "/api/answers/first")[1]
    assert shown == {**listed[1], "answerContent": {"label": "first"}}
    for name, sub in (("hidden", "one"), ("first", "two"), ("none", "one")):
        error(404, "TaskNotFound", call(account, "GET", f"/api/answers/{name}", sub=sub))
    account.clock.advance(timedelta(hours=1))
    assert call(account, "GET", "/api/answers")[1] == {"answers": []}
    error(404, "TaskNotFound", call(account, "GET", "/api/answers/first"))


def test_an_answer_that_can_be_taken_back_is_listed_until_it_is_final(
    account: AccountLoops,
) -> None:
    start(account, AnswerGraceInSeconds=60)
    answer(account, "loop", "yes")
    (listed,) = call(account, "GET", "/api/answers")[1]["answers"]
    assert listed["allows"]["undo"] is not None
    account.clock.advance(timedelta(seconds=60))
    assert call(account, "GET", "/api/answers")[1] == {"answers": []}


@pytest.mark.parametrize("path", ["/api/me", "/api/answers", "/api/answers/loop"])
def test_only_members_ask_about_themselves(account: AccountLoops, path: str) -> None:
    start(account, OwnAnswersInSeconds=3600)
    answer(account, "loop", "yes")
    outside = portal_event("GET", path, "one", groups=["another-team"])["requestContext"]
    if path == "/api/answers/loop":
        error(404, "TaskNotFound", call(account, "GET", path, requestContext=outside))
    account.block("one")
    error(403, "NotATeamMember", call(account, "GET", path))
