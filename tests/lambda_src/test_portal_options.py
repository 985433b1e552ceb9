"""Portal API of flows with worker options: decline to the end, extend, take an answer back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from a2i_core.human_loops.instants import iso_milliseconds
from tests.lambda_src.account_loops import AccountLoops, portal_event, reviewer
from tests.lambda_src.test_portal import call, error

OPTIONS = {
    "MaxDeclines": 2,
    "ExtensionInSeconds": 900,
    "MaxExtensions": 1,
    "AnswerGraceInSeconds": 60,
}


@pytest.fixture
def account() -> Iterator[AccountLoops]:
    made = AccountLoops()
    flow = made.create_flow_definition("review", TaskTimeLimitInSeconds=600, WorkerOptions=OPTIONS)
    made.start("loop", flow)
    yield made
    made.close()


def act(account: AccountLoops, action: str, body: Any = None, sub: str = "one") -> Any:
    status, answer = call(account, "POST", f"/api/tasks/loop/{action}", body, sub=sub)
    assert status == 200, answer
    return answer


def test_a_task_says_what_its_reviewer_may_do(account: AccountLoops) -> None:
    (listed,) = call(account, "GET", "/api/tasks")[1]["tasks"]
    assert listed["allows"] == {"decline": True, "flag": True, "extend": None, "undo": None}
    held = act(account, "accept")
    assert held["allows"]["extend"] == {"seconds": 900, "left": 1}
    longer = act(account, "extend")
    assert longer["allows"]["extend"] is None
    until = account.clock.now() + timedelta(seconds=1500)
    assert longer["acceptedUntil"] == iso_milliseconds(until)
    error(409, "ActionNotAllowed", call(account, "POST", "/api/tasks/loop/extend"))
    submitted = act(account, "submit", {"answerContent": {"x": 1}})
    undone_until = account.clock.now() + timedelta(seconds=60)
    assert submitted["allows"] == {
        "decline": False,
        "flag": True,
        "extend": None,
        "undo": {"until": iso_milliseconds(undone_until)},
    }


def test_declines_end_the_loop_and_their_comments_are_in_s3_alone(account: AccountLoops) -> None:
    for sub in ("one", "two"):
        assert account.told("loop") == []
        comment = f"{sub} says: Jane Doe's scan is blurred"
        act(account, "decline", {"reason": "Unreadable", "comment": comment}, sub=sub)
    account.deliver()
    (told,) = account.told("loop")
    assert (told["humanLoopStatus"], told["failureCode"]) == ("Failed", "Declined")
    error(404, "TaskNotFound", call(account, "POST", "/api/tasks/loop/accept"))
    kept = [body for (_, key), body in account.s3.objects.items() if "/declines/" in key]
    assert sorted(json.loads(body)["comment"][:3] for body in kept) == ["one", "two"]
    assert "Jane Doe" not in json.dumps([account.items(), told])


def test_a_flag_is_a_comment_in_s3_whatever_becomes_of_the_task(account: AccountLoops) -> None:
    before = account.items()
    act(account, "flag", {"comment": "two people are on it"})
    act(account, "submit", {"answerContent": {}}, sub="two")
    act(account, "flag", {"comment": "Jane Doe's scan, twice"})
    (flag,) = [body for (_, key), body in account.s3.objects.items() if "/flags/" in key]
    assert json.loads(flag) == {"comment": "Jane Doe's scan, twice"}
    assert "Jane" not in json.dumps([before, account.items()])
    empty = call(account, "POST", "/api/tasks/loop/flag", {"comment": " "})
    assert "what is the matter" in error(400, "InvalidRequest", empty)
    outside = portal_event("POST", "/", "one", groups=["another-team"])["requestContext"]
    flagged = call(
        account, "POST", "/api/tasks/loop/flag", {"comment": "x"}, requestContext=outside
    )
    error(403, "NotATeamMember", flagged)


@pytest.mark.parametrize("comment", [7, "x" * 2001])
def test_a_comment_is_a_text_of_some_length(account: AccountLoops, comment: Any) -> None:
    body = {"reason": "Unreadable", "comment": comment}
    refused = call(account, "POST", "/api/tasks/loop/decline", body)
    assert "up to 2000 characters" in error(400, "InvalidRequest", refused)


def test_an_answer_that_is_taken_back_is_the_draft_of_its_reviewer(account: AccountLoops) -> None:
    act(account, "submit", {"answerContent": {"label": "wrong"}})
    account.deliver()
    assert account.told("loop") == []
    assert act(account, "undo")["state"] == "accepted"
    assert act(account, "undo")["state"] == "accepted", "a repeat changes nothing"
    draft = call(account, "GET", "/api/tasks/loop/draft")[1]
    assert draft == {"answerContent": {"label": "wrong"}}
    assert [task.state for task in account.tasks().list(reviewer("one"))] == ["accepted"]
    act(account, "submit", {"answerContent": {"label": "right"}})
    account.advance(timedelta(seconds=59))
    assert account.told("loop") == []
    account.advance(timedelta(seconds=1))
    (answer,) = account.output("loop")["humanAnswers"]
    assert answer["answerContent"] == {"label": "right"}
    assert [told["humanLoopStatus"] for told in account.told("loop")] == ["Completed"]
    error(409, "ActionNotAllowed", call(account, "POST", "/api/tasks/loop/undo"))


def test_an_answer_is_final_though_the_clock_has_not_run_yet(account: AccountLoops) -> None:
    act(account, "submit", {"answerContent": {}})
    account.clock.advance(timedelta(seconds=60))
    error(409, "ActionNotAllowed", call(account, "POST", "/api/tasks/loop/undo"))


def test_an_extended_lease_is_held_and_ends(account: AccountLoops) -> None:
    act(account, "accept")
    act(account, "extend")
    account.advance(timedelta(seconds=1499))
    assert [task.state for task in account.tasks().list(reviewer("one"))] == ["accepted"]
    account.advance(timedelta(seconds=1))
    assert [task.state for task in account.tasks().list(reviewer("one"))] == ["available"]


@pytest.mark.parametrize("action", ["extend", "undo"])
def test_a_removed_worker_can_do_nothing(account: AccountLoops, action: str) -> None:
    act(account, "submit" if action == "undo" else "accept", {"answerContent": {}})
    account.block("one")
    error(403, "NotATeamMember", call(account, "POST", f"/api/tasks/loop/{action}"))
