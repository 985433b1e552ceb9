"""Whatever is repeated, reordered, killed or done at the same time: each review ends once.

A run sends one review through its life by random attempts. An attempt is a request, another one
under the same reviewId, or one of the status events that Amazon A2I may deliver; A2I is busy at
random. At any moment it may be killed, or be overtaken by
another attempt. Afterwards every attempt is made once more unharmed, as SQS and EventBridge do, and
the account must tell one story.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2i_core.statuses import ReviewStatus
from a2i_shared.errors import HumanReviewError, ReviewIdConflictError
from a2i_shared.ledger import LedgerEntry
from starter.flows import Flow
from starter.request import ReviewRequest
from tests.effort import examples
from tests.lambda_src.account import FLOW_ARN, SENTIMENT_POLICY, Account, finish, sentiment_request
from tests.lambda_src.faults import Fuse, Killed

pytestmark = pytest.mark.soak

ENDED = {
    ReviewStatus.COMPLETED,
    ReviewStatus.FAILED,
    ReviewStatus.STOPPED,
    ReviewStatus.EXPIRED,
}
ENDS = ("completed", "stopped", "expired")
KINDS = st.sampled_from(["request", "conflict", *ENDS])
BUSY = st.sampled_from(
    ["ThrottlingException", "ServiceQuotaExceededException", "InternalServerException"]
)
# A start has about 10 moments, a finish about 18: most fuses end inside an attempt.
MOMENTS = st.integers(0, 20)
ATTEMPTS = st.one_of(
    st.tuples(KINDS),
    st.tuples(KINDS, MOMENTS),
    st.tuples(KINDS, MOMENTS, KINDS),
)


@dataclass
class Life:
    account: Account
    token: str | None
    ends: list[LedgerEntry] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    """Tokens of the tasks that have asked for the review."""

    def attempt(self, kind: str, moment: int | None = None, overtaking: str | None = None) -> None:
        """Try to move the review on; at `moment` it is overtaken by another attempt, or killed."""
        if moment is None:
            fuse = Fuse()
        elif overtaking is None:
            fuse = Fuse(moment)
        else:
            fuse = Fuse(moment, lambda: self.attempt(overtaking))
        with suppress(Killed, HumanReviewError):
            self._run(kind, fuse)
        self._observe()

    def _run(self, kind: str, fuse: Fuse) -> None:
        starter = self.account.starter(fuse.around)
        if kind == "request":
            request = ReviewRequest.model_validate(sentiment_request(taskToken=self.token))
            starter.start(request, seconds_left=lambda: 0.5)
            self.asked |= {self.token} if self.token else set()
        elif kind == "conflict":
            if self.account.entries():  # else it would be the first
                other = ReviewRequest.model_validate(sentiment_request(input={"taskObject": "?"}))
                with pytest.raises((ReviewIdConflictError, Killed)):
                    starter.start(other, seconds_left=lambda: 0.5)
        elif self.account.a2i.loops:
            finish(self.account.finisher(fuse.around), self._event(kind))

    def _event(self, kind: str) -> dict[str, Any]:
        (name,) = self.account.a2i.loops
        if kind == "completed":
            return self.account.a2i.complete(name, {"sentiment": {"label": "Negative"}})
        if kind == "stopped":
            return self.account.a2i.end(name, "Stopped")
        return self.account.a2i.end(name, "Failed", failure_code="Expired")

    def _observe(self) -> None:
        for item in self.account.entries():
            entry = LedgerEntry.from_item(item)
            if entry.status in ENDED:
                self.ends.append(entry)


def new_life(token: str | None) -> Life:
    flow = Flow(flow="sentiment", flow_definition_arn=FLOW_ARN, review_when=SENTIMENT_POLICY)
    account = Account([flow])
    account.stepfunctions.waiting.update([] if token is None else [token])
    return Life(account, token)


def check_one_story(life: Life) -> None:
    account = life.account
    (name,) = account.a2i.starts
    entry = account.entry(name)
    assert entry.status in ENDED
    assert entry.open_flow is None

    outcomes = {(end.status, end.finished_at, end.result_uri, end.output_uri) for end in life.ends}
    assert len(outcomes) == 1

    assert entry.result_uri is not None
    result = account.read(entry.result_uri)
    assert result["status"] == entry.status
    finished = account.eventbridge.details("Human Review Finished")
    assert finished
    assert all(detail == finished[0] for detail in finished)
    assert finished[0]["eventId"] == result["eventId"]
    started = account.eventbridge.details("Human Review Started")
    assert started
    assert all(detail == started[0] for detail in started)

    kinds = [kind for kind, _ in account.eventbridge.events]
    assert kinds.index("Human Review Started") < kinds.index("Human Review Finished")

    assert not account.stepfunctions.waiting
    answered = {**account.stepfunctions.succeeded, **account.stepfunctions.failed}
    assert set(answered) == ({life.token} if life.token else set())


@settings(deadline=None, max_examples=examples(150))
@given(
    token=st.sampled_from([None, "token"]),
    names_are_free_again=st.booleans(),
    refusals=st.lists(BUSY, max_size=12),
    attempts=st.lists(ATTEMPTS, min_size=1, max_size=8),
    last=st.sampled_from(ENDS),
)
def test_each_review_starts_once_ends_once_and_tells_one_story(
    token: str | None,
    *,
    names_are_free_again: bool,
    refusals: list[str],
    attempts: list[tuple[Any, ...]],
    last: str,
) -> None:
    life = new_life(token)
    life.account.a2i.names_are_free_again = names_are_free_again
    life.account.a2i.refusals = refusals

    for attempt in attempts:
        life.attempt(*attempt)
    life.account.a2i.refusals = []
    for kind in ("request", last, "request"):
        life.attempt(kind)

    check_one_story(life)


def test_a_kill_at_every_single_moment_of_start_and_finish() -> None:
    for kind, moments in (("request", 20), ("completed", 24)):
        for moment in range(moments):
            life = new_life("token")
            if kind == "completed":
                life.attempt("request")
            life.attempt(kind, moment)
            for again in ("request", "completed"):
                life.attempt(again)
            check_one_story(life)


def test_a_review_that_ends_before_it_was_announced_is_announced_first() -> None:
    for moment in range(20):
        life = new_life(None)
        life.attempt("request", moment)
        if not life.account.a2i.loops:
            continue
        life.attempt("completed")
        check_one_story(life)


def test_two_ends_at_the_same_time_whichever_overtakes_when() -> None:
    for moment in range(24):
        life = new_life("token")
        life.attempt("request")
        life.attempt("completed", moment, "stopped")
        life.attempt("request")
        check_one_story(life)


@settings(deadline=None, max_examples=examples(60))
@given(
    numbers=st.lists(st.integers(0, 4), min_size=1, max_size=6),
    moments=st.lists(MOMENTS, min_size=6, max_size=6),
    end_after=st.integers(0, 6),
)
def test_every_task_that_asks_is_answered_whenever_it_asks(
    numbers: list[int], moments: list[int], end_after: int
) -> None:
    life = new_life(None)
    life.attempt("request")

    for index, (number, moment) in enumerate(zip(numbers, moments, strict=False)):
        if index == end_after:
            life.attempt("completed", moment)
        life.token = f"token-{number}"
        life.account.stepfunctions.waiting.add(life.token)
        life.attempt("request", moment)
        life.attempt("request")
    life.attempt("completed")

    assert not life.account.stepfunctions.waiting
    assert life.account.entry(life.account.a2i.starts[0]).open_flow is None


def test_a_task_that_asks_while_the_end_is_told_is_answered_too() -> None:
    asked: set[str] = set()
    for moment in range(24):
        life = new_life("first")
        life.attempt("request")
        life.token = "second"
        life.account.stepfunctions.waiting.add("second")
        life.attempt("completed", moment, "request")
        life.attempt("completed")
        assert not life.account.stepfunctions.waiting & life.asked
        asked |= life.asked
    assert asked == {"first", "second"}
