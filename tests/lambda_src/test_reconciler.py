"""Reviews that left their way: stuck before the start, ended unnoticed, or not told to all."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from a2i_core.statuses import ReviewStatus
from a2i_shared.clock import now, timestamp
from a2i_shared.ledger import LedgerEntry
from reconciler.human_loops import HumanLoops
from reconciler.open_reviews import LOOKED_AT, OpenReviews
from reconciler.report import Action, ReviewAction
from reconciler.results_function import ResultsFunction
from reconciler.starter_queue import StarterQueue
from starter.queue import QueuedMessage
from starter.request import ReviewRequest
from tests.lambda_src.account import Account, sentiment_request
from tests.lambda_src.fake_lambda import FakeLambda
from tests.lambda_src.faults import Fuse, Killed

NEGATIVE = {"sentiment": {"label": "Negative"}}
SOON = timedelta(minutes=1)
LATER = timedelta(minutes=10)
DAYS_LATER = timedelta(days=2)


class Reconciling:
    def __init__(self, account: Account) -> None:
        self.account = account
        self.results_function = FakeLambda(account)
        self.flows = frozenset({"sentiment"})
        self.queue_max_age = timedelta(days=1)

    def run(self, after: timedelta, *, discard_starting: bool = False) -> list[ReviewAction]:
        moment = now() + after
        open_reviews = OpenReviews(
            human_loops=HumanLoops(self.account.a2i),  # type: ignore[arg-type]  # the part it uses
            results_function=ResultsFunction(self.results_function, "results"),  # type: ignore[arg-type]
            queue=StarterQueue(self.account.sqs, self.account.queue_url),
            flows=self.flows,
            queue_max_age=self.queue_max_age,
            clock=lambda: moment,
        )
        entries = list(self.account.ledger().open_entries())
        return open_reviews.reconcile(entries, discard_starting=discard_starting)

    def actions(self, after: timedelta, **options: bool) -> list[Action]:
        return [each.action for each in self.run(after, **options)]


@pytest.fixture
def reconciling(account: Account) -> Reconciling:
    return Reconciling(account)


@pytest.fixture
def loop(account: Account) -> str:
    """The human loop of a review that waits for its reviewers."""
    name = account.start().human_loop_name
    assert name is not None
    return name


@pytest.fixture
def stuck(account: Account) -> LedgerEntry:
    """A review whose start died between the ledger entry and the human loop."""
    calls_before_the_loop = 2 * 2  # keep the request, write the entry
    fuse = Fuse(calls_before_the_loop)
    with pytest.raises(Killed):
        start_until(account, fuse)
    [entry] = account.ledger().open_entries()
    assert entry.status is ReviewStatus.STARTING
    return entry


def start_until(account: Account, fuse: Fuse) -> None:
    request = ReviewRequest.model_validate(sentiment_request())
    account.starter(fuse.around).start(request, seconds_left=lambda: 1.0)


def open_entry(
    name: str, started: datetime, status: ReviewStatus = ReviewStatus.IN_PROGRESS
) -> LedgerEntry:
    return LedgerEntry(
        human_loop_name=name,
        review_id=name,
        flow="sentiment",
        status=status,
        input_digest="d",
        reasons=(),
        started_at=timestamp(started),
        request_uri="s3://b/k",
        open_flow="sentiment",
    )


class ManyLoops:
    """A2I, the results function and the queue for human loops of which those named `lost` ended."""

    def __init__(self) -> None:
        self.ended: set[str] = set()
        self.resumed = 0

    def describe_human_loop(self, *, HumanLoopName: str) -> dict[str, str]:  # noqa: N803  # the API's name
        status = "Completed" if HumanLoopName.startswith("lost") else "InProgress"
        return {"HumanLoopArn": "arn", "HumanLoopStatus": status}

    def invoke(self, *, Payload: bytes, **_: Any) -> dict[str, Any]:  # noqa: N803  # the API's name
        self.ended.add(json.loads(Payload)["detail"]["humanLoopName"])
        return {}

    def get_queue_attributes(self, *, AttributeNames: list[str], **_: Any) -> dict[str, Any]:  # noqa: N803  # the API's name
        return {"Attributes": dict.fromkeys(AttributeNames, "0")}

    def send_message(self, **_: Any) -> None:
        self.resumed += 1


def deliver(account: Account, body: str) -> None:
    """Have the starter take a message of its queue."""
    account.intake().take_message(QueuedMessage(body, "handle", 1, now()), lambda: 1.0)


def test_a_review_that_waits_for_reviewers_is_left_alone(
    reconciling: Reconciling, loop: str
) -> None:
    assert reconciling.actions(DAYS_LATER) == [Action.WAITING]
    assert reconciling.results_function.invoked == []


def test_an_end_that_no_event_told_is_told(
    reconciling: Reconciling, account: Account, loop: str
) -> None:
    account.a2i.complete(loop, NEGATIVE)

    assert reconciling.actions(LATER) == [Action.FINISHED]

    [told] = account.eventbridge.details("Human Review Finished")
    assert account.read(told["resultUri"])["answer"] == NEGATIVE
    assert reconciling.actions(LATER) == []


@pytest.mark.parametrize(
    ("failure_code", "expected"),
    [("Expired", ReviewStatus.EXPIRED), ("ValidationError", ReviewStatus.FAILED)],
)
def test_a_loop_that_expired_or_failed_unnoticed_ends_its_review(
    reconciling: Reconciling,
    account: Account,
    loop: str,
    failure_code: str,
    expected: ReviewStatus,
) -> None:
    account.a2i.end(loop, "Failed", failure_code=failure_code)

    reconciling.run(LATER)

    assert account.entry(loop).status is expected


def test_a_loop_that_is_gone_ends_its_review_as_stopped(
    reconciling: Reconciling, account: Account, loop: str
) -> None:
    del account.a2i.loops[loop]

    reconciling.run(LATER)

    [told] = account.eventbridge.details("Human Review Finished")
    assert (told["status"], told["failureCode"]) == ("Stopped", "HumanLoopGone")


def test_an_event_that_is_on_its_way_is_waited_for(
    reconciling: Reconciling, account: Account, loop: str
) -> None:
    account.a2i.complete(loop, NEGATIVE)
    assert reconciling.actions(SOON) == [Action.WAITING]


def test_an_end_that_was_recorded_but_not_told_is_told(
    reconciling: Reconciling, account: Account, loop: str
) -> None:
    event = account.a2i.end(loop, "Failed", failure_code="Expired")
    account.eventbridge.failed_entries = 1
    with pytest.raises(Exception, match="did not take"):
        account.finish(event)
    assert account.entry(loop).status is ReviewStatus.EXPIRED

    ended = datetime.fromisoformat(str(account.entry(loop).finished_at))
    assert reconciling.actions(ended - now() + LATER) == [Action.FINISHED]

    assert len(account.eventbridge.details("Human Review Finished")) == 1
    assert account.entry(loop).open_flow is None


def test_a_stuck_start_goes_back_to_the_queue_and_starts_one_loop(
    reconciling: Reconciling, account: Account, stuck: LedgerEntry
) -> None:
    assert reconciling.actions(LATER) == [Action.RESUMED]

    [(body, _)] = account.messages(account.queue_url)
    deliver(account, body)
    assert account.a2i.starts == [stuck.human_loop_name]
    assert account.entry(stuck.human_loop_name).status is ReviewStatus.IN_PROGRESS


@pytest.mark.parametrize("change", ["a new required input", "the kept request is gone"])
def test_a_stuck_start_that_can_never_start_ends_as_failed(
    reconciling: Reconciling, account: Account, stuck: LedgerEntry, change: str
) -> None:
    if change == "a new required input":
        [flow] = account.flows
        account.flows = [flow.model_copy(update={"required_inputs": ("question",)})]
    else:
        (key,) = account.keys(account.input_bucket)
        account.s3.delete_object(Bucket=account.input_bucket, Key=key)
    expected = "MissingInputError" if change.startswith("a new") else "DocumentNotFoundError"

    assert reconciling.actions(LATER) == [Action.RESUMED]
    [(body, _)] = account.messages(account.queue_url)
    deliver(account, body)
    assert reconciling.actions(LATER) == [Action.FINISHED]

    [told] = account.eventbridge.details("Human Review Finished")
    assert (told["status"], told["failureCode"]) == ("Failed", expected)
    assert account.messages(account.dead_letter_queue_url) == []
    assert reconciling.actions(LATER) == []


def test_a_start_that_was_refused_once_may_succeed_before_the_next_run(
    reconciling: Reconciling, account: Account, stuck: LedgerEntry
) -> None:
    account.ledger().note_failure(stuck.human_loop_name, "HumanLoopRefusedError")

    account.start()

    assert reconciling.actions(LATER) == [Action.WAITING]
    assert account.entry(stuck.human_loop_name).failure_code is None


def test_a_loop_that_ended_before_its_start_was_noted_is_announced_first(
    reconciling: Reconciling, account: Account
) -> None:
    calls_before_the_announcement = 2 * 3
    with pytest.raises(Killed):
        start_until(account, Fuse(calls_before_the_announcement))
    [loop] = account.a2i.loops
    account.a2i.complete(loop, NEGATIVE)

    reconciling.run(SOON, discard_starting=True)

    kinds = [kind for kind, _ in account.eventbridge.events]
    assert kinds == ["Human Review Started", "Human Review Finished"]


def test_a_start_may_take_a_moment(reconciling: Reconciling, stuck: LedgerEntry) -> None:
    assert reconciling.actions(SOON) == [Action.WAITING]


def test_a_start_whose_request_may_still_be_queued_is_not_queued_twice(
    reconciling: Reconciling, account: Account, stuck: LedgerEntry
) -> None:
    account.sqs.send_message(QueueUrl=account.queue_url, MessageBody="{}")

    assert reconciling.actions(LATER) == [Action.WAITING]
    assert reconciling.actions(DAYS_LATER) == [Action.RESUMED]
    reconciling.queue_max_age = DAYS_LATER
    assert reconciling.actions(DAYS_LATER) == [Action.WAITING]


def test_a_stuck_start_of_a_removed_flow_ends_as_stopped(
    reconciling: Reconciling, account: Account, stuck: LedgerEntry
) -> None:
    reconciling.flows = frozenset({"another"})

    reconciling.run(LATER)

    [told] = account.eventbridge.details("Human Review Finished")
    assert told["status"] == "Stopped"
    assert told["failureCode"] == "FlowRemoved"
    reason = account.read(told["resultUri"])["failureReason"]
    assert reason == "flow sentiment was removed before the review started"
    assert account.eventbridge.details("Human Review Started") == []


def test_discarding_ends_what_has_not_started_and_leaves_what_runs(
    reconciling: Reconciling, account: Account, stuck: LedgerEntry
) -> None:
    running = account.start(reviewId="runs").human_loop_name
    assert running is not None

    reconciling.run(SOON, discard_starting=True)

    assert account.entry(stuck.human_loop_name).status is ReviewStatus.STOPPED
    assert account.entry(running).status is ReviewStatus.IN_PROGRESS
    assert account.a2i.starts == [running]


def test_reviews_that_rightly_wait_hide_none_that_is_stuck() -> None:
    """Five runs' worth of reviews wait; newer ones lost their event, or are stuck."""
    moment = now()
    entries = [
        open_entry(f"waits-{number}", moment - timedelta(days=3)) for number in range(5 * LOOKED_AT)
    ]
    lost = [open_entry(f"lost-{number}", moment - timedelta(hours=20)) for number in range(50)]
    stuck = [
        open_entry(f"stuck-{number}", moment - timedelta(hours=19), ReviewStatus.STARTING)
        for number in range(20)
    ]
    services = ManyLoops()
    open_reviews = OpenReviews(
        human_loops=HumanLoops(services),  # type: ignore[arg-type]  # the part it uses
        results_function=ResultsFunction(services, "results"),  # type: ignore[arg-type]  # likewise
        queue=StarterQueue(services, "queue"),  # type: ignore[arg-type]  # likewise
        flows=frozenset({"sentiment"}),
        clock=lambda: moment,
    )

    open_reviews.reconcile([*entries, *lost, *stuck])
    assert services.resumed == len(stuck)

    runs_a_day = 24 * 4
    for _ in range(runs_a_day):
        open_reviews.reconcile(
            [*entries, *(e for e in lost if e.human_loop_name not in services.ended)]
        )
        if len(services.ended) == len(lost):
            break
    assert services.ended == {entry.human_loop_name for entry in lost}


def test_what_the_results_function_fails_on_is_reported_and_tried_again(
    reconciling: Reconciling, account: Account, loop: str
) -> None:
    account.a2i.complete(loop, NEGATIVE)
    reconciling.results_function.error = {"errorType": "SomeError", "errorMessage": "said it"}

    [failed] = reconciling.run(LATER)

    assert (failed.action, failed.reason) == (Action.FAILED, "results function: SomeError")
    reconciling.results_function.error = None
    assert reconciling.actions(LATER) == [Action.FINISHED]
