"""Whatever is repeated, reordered or killed between any two steps: each review ends once.

A run sends one review through its life by random attempts. An attempt is a request or one of the
status events that Amazon A2I may deliver, and may be killed at any moment. Afterwards every attempt
is made once more unharmed, as SQS and EventBridge do, and the account must tell one story.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from a2i_shared.errors import HumanReviewError
from a2i_shared.ledger import LedgerEntry, ReviewStatus
from starter.flows import Flow
from starter.request import ReviewRequest
from tests.lambda_src.account import FLOW_ARN, SENTIMENT_POLICY, Account, finish, sentiment_request
from tests.lambda_src.faults import Fuse, Killed

ENDED = {
    ReviewStatus.COMPLETED,
    ReviewStatus.FAILED,
    ReviewStatus.STOPPED,
    ReviewStatus.EXPIRED,
}
UNHARMED = 10_000
# A start burns about 14 moments, a finish about 16: most fuses end inside an attempt.
FUSES = st.one_of(st.integers(0, 20), st.just(UNHARMED))
ATTEMPTS = st.tuples(st.sampled_from(["request", "completed", "stopped", "expired"]), FUSES)


@dataclass
class Life:
    account: Account
    token: str | None
    ends: list[LedgerEntry] = field(default_factory=list)

    def attempt(self, kind: str, fuse: Fuse) -> None:
        with suppress(Killed, HumanReviewError):
            self._attempts(kind)(fuse)
        self._observe()

    def _attempts(self, kind: str) -> Callable[[Fuse], None]:
        if kind == "request":
            return self._request
        if not self.account.a2i.loops:
            return lambda _fuse: None  # nothing that could have ended
        return lambda fuse: finish(self.account.finisher(fuse.around), self._event(kind))

    def _request(self, fuse: Fuse) -> None:
        request = ReviewRequest.model_validate(sentiment_request(taskToken=self.token))
        self.account.starter(fuse.around).start(request, seconds_left=lambda: 0.5)

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


def new_life(token: str) -> Life:
    flow = Flow(flow="sentiment", flow_definition_arn=FLOW_ARN, review_when=SENTIMENT_POLICY)
    account = Account([flow])
    if token != "none":
        account.stepfunctions.waiting.add(token)
    return Life(account, None if token == "none" else token)


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
    # A review that has ended before it could be announced is not announced any more.
    started = {each["eventId"] for each in account.eventbridge.details("Human Review Started")}
    assert len(started) <= 1

    assert not account.stepfunctions.waiting
    answered = {**account.stepfunctions.succeeded, **account.stepfunctions.failed}
    assert set(answered) == ({life.token} if life.token else set())


@settings(deadline=None, max_examples=150)
@given(
    token=st.sampled_from(["none", "token"]),
    attempts=st.lists(ATTEMPTS, min_size=1, max_size=8),
    last=st.sampled_from(["completed", "stopped", "expired"]),
)
def test_each_review_starts_once_ends_once_and_tells_one_story(
    token: str, attempts: list[tuple[str, int]], last: str
) -> None:
    life = new_life(token)

    for kind, moments in attempts:
        life.attempt(kind, Fuse(moments))
    for kind in ("request", last, "request"):
        life.attempt(kind, Fuse(UNHARMED))

    check_one_story(life)


@settings(deadline=None, max_examples=60)
@given(
    tokens=st.lists(st.integers(0, 4), min_size=1, max_size=6),
    fuses=st.lists(st.integers(0, 24), min_size=6, max_size=6),
    end_after=st.integers(0, 6),
)
def test_every_task_that_asks_is_answered_whenever_it_asks(
    tokens: list[int], fuses: list[int], end_after: int
) -> None:
    life = new_life("none")
    life.attempt("request", Fuse(UNHARMED))

    for index, (number, moments) in enumerate(zip(tokens, fuses, strict=False)):
        if index == end_after:
            life.attempt("completed", Fuse(moments))
        life.token = f"token-{number}"
        life.account.stepfunctions.waiting.add(life.token)
        life.attempt("request", Fuse(moments))
        life.attempt("request", Fuse(UNHARMED))
    life.attempt("completed", Fuse(UNHARMED))

    assert not life.account.stepfunctions.waiting
    assert life.account.entry(life.account.a2i.starts[0]).open_flow is None


def test_a_kill_at_every_single_moment_of_start_and_finish() -> None:
    for kind, moments in (("request", 20), ("completed", 24)):
        for moment in range(moments):
            life = new_life("token")
            if kind == "completed":
                life.attempt("request", Fuse(UNHARMED))
            life.attempt(kind, Fuse(moment))
            for again in ("request", "completed"):
                life.attempt(again, Fuse(UNHARMED))
            check_one_story(life)
