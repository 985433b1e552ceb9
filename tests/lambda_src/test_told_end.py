"""An event of the account backend announces an end; what ended how is the loop's to say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from results.status_change import StatusChange
from results.told_end import told_end
from tests.lambda_src.account_loops import AccountLoops, reviewer

FORGED: dict[str, Any] = {
    "humanLoopOutput": {"outputS3Uri": "s3://input/other.json"},
    "failureReason": "forged",
}


@pytest.fixture
def account() -> Iterator[AccountLoops]:
    made = AccountLoops()
    made.start("loop", made.create_flow_definition("review"))
    yield made
    made.close()


PUT_AT = "2031-05-06T07:08:09Z"
"""Whoever puts an event says when it happened."""


def _told(account: AccountLoops, source: str, **detail: Any) -> Any:
    told = {"humanLoopName": "loop", "humanLoopStatus": "Completed", **detail}
    return told_end({"source": source, "time": PUT_AT, "detail": told}, account.loops)


def test_an_event_that_anybody_could_have_put_ends_no_open_loop(account: AccountLoops) -> None:
    assert _told(account, "a2i.human-loops", **FORGED) is None
    assert _told(account, "a2i.human-loops", humanLoopName="none") is None
    account.tasks().submit("loop", reviewer("one"), {})
    assert _told(account, "a2i.human-loops", **FORGED) is None, "its answers are not written yet"


def test_of_an_end_that_came_the_event_says_nothing_that_counts(account: AccountLoops) -> None:
    account.tasks().submit("loop", reviewer("one"), {})
    answered_at = account.clock.now()
    account.clock.advance(timedelta(minutes=5))
    account.deliver()
    told = account.told("loop")[0]
    end = _told(account, "a2i.human-loops", **FORGED)
    assert end.at == answered_at
    assert end.change == StatusChange.model_validate(told)


@pytest.mark.parametrize(
    ("end", "after"),
    [("stop", timedelta(minutes=3)), ("decline", timedelta(minutes=3)), ("", timedelta(hours=2))],
)
def test_a_loop_without_answers_ended_when_it_was_stopped_declined_or_over(
    account: AccountLoops, end: str, after: timedelta
) -> None:
    flow = account.create_flow_definition(
        "short", TaskAvailabilityLifetimeInSeconds=7200, WorkerOptions={"MaxDeclines": 1}
    )
    account.start("other", flow)
    started_at = account.clock.now()
    account.clock.advance(timedelta(minutes=3))
    if end == "stop":
        account.runtime().stop_human_loop(HumanLoopName="other")
    elif end == "decline":
        account.tasks().decline("other", reviewer("one"), "Unreadable")
    account.advance(timedelta(hours=3))
    told = _told(account, "a2i.human-loops", humanLoopName="other")
    assert told.at == started_at + after


def test_a2is_own_event_is_taken_at_its_word(account: AccountLoops) -> None:
    end = _told(account, "aws.sagemaker")
    assert (end.change.human_loop_status, end.at.year) == ("Completed", 2031)
    detail = {"humanLoopName": "loop", "humanLoopStatus": "Stopped"}
    of_the_reconciler = {"time": PUT_AT, "detail": detail}
    assert told_end(of_the_reconciler, account.loops) is not None
