"""Hundreds of reviews whose human loops live in the account, while much goes wrong at each step.

Starter, stream, reviewers, results and reconciler work in an order drawn at random. A quarter of
the calls of tables is throttled, each repeated as boto3 does; functions are killed before and after
calls; requests, stream records and events come twice and in any order, and a third of the events
never. The same on a deployed stack is `tests/end_to_end/test_account_soak.py`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from botocore.exceptions import ClientError

from a2i_core.human_loops.errors import ServiceError, WorkerTaskError
from a2i_core.human_loops.status_event import ACCOUNT_SOURCE, DETAIL_TYPE
from a2i_core.statuses import HumanLoopStatus, ReviewStatus
from a2i_shared.clock import now, timestamp
from a2i_shared.errors import HumanReviewError
from a2i_shared.ledger import LedgerEntry
from reconciler.human_loops import HumanLoops
from reconciler.open_reviews import OpenReviews
from reconciler.results_function import ResultsFunction
from reconciler.starter_queue import StarterQueue
from results.told_end import told_end
from starter.flows import Flow
from starter.queue import QueuedMessage
from tests.effort import IS_SOAK
from tests.lambda_src.account import SENTIMENT_POLICY, Account, sentiment_request
from tests.lambda_src.account_loops import AccountLoops, StreamedDynamoDB, Wrap, reviewer
from tests.lambda_src.fake_lambda import FakeLambda
from tests.lambda_src.fast_clients import FastDynamoDB, FastPages, FastSQS
from tests.lambda_src.faults import Killed, kill
from tests.lambda_src.service_errors import service_error

pytestmark = pytest.mark.soak

REVIEWS = 2_000 if IS_SOAK else 200
THROTTLED, ATTEMPTS = 0.25, 4
KILLED = 0.01
"""Of all calls: a review has some 60."""
LOST, TWICE = 0.3, 0.3
TURNS = 50 * REVIEWS
REFUSALS = (HumanReviewError, ServiceError, WorkerTaskError, ClientError, Killed)


@dataclass
class Trouble:
    """What stands between the functions and their clients."""

    random: Random
    throttled: int = 0
    killed: int = 0

    def around(self, client: Any) -> Any:
        return _Troubled(client, self)

    def call(self, act: Callable[[], Any], *, may_throttle: bool) -> Any:
        moment = self.random.choice(["before", "after"]) if self._draw(KILLED) else None
        self.killed += moment is not None
        if moment == "before":
            kill()
        if may_throttle:
            self._throttle()
        answer = act()
        if moment == "after":
            kill()
        return answer

    def _throttle(self) -> None:
        for _ in range(ATTEMPTS):
            if not self._draw(THROTTLED):
                return
            self.throttled += 1
        raise service_error("ThrottlingException", "said the table")

    def _draw(self, share: float) -> bool:
        return self.random.random() < share


@dataclass
class _Troubled:
    client: Any
    trouble: Trouble

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        if operation == "get_paginator":
            return lambda paged: FastPages(getattr(self, paged))
        call = getattr(self.client, operation)
        is_table = isinstance(self.client, FastDynamoDB)
        return lambda **parameters: self.trouble.call(
            lambda: call(**parameters), may_throttle=is_table
        )


@dataclass
class Stack:
    """One flow's parts, each of which takes one step when it is its turn."""

    random: Random = field(default_factory=lambda: Random(1))  # noqa: S311  # guards nothing
    loops: AccountLoops = field(default_factory=AccountLoops)
    heard: int = 0
    """How many of the events were looked at."""
    told: list[dict[str, Any]] = field(default_factory=list)
    """Events that come to the results function."""
    age: timedelta = timedelta(0)
    """Time that has passed for the reconciler."""

    def __post_init__(self) -> None:
        self.trouble = Trouble(self.random)
        arn = self.loops.create_flow_definition("sentiment")
        flow = Flow(flow="sentiment", flow_definition_arn=arn, review_when=SENTIMENT_POLICY)
        clients: Any = {"dynamodb": FastDynamoDB(), "sqs": FastSQS(), "s3": self.loops.s3}
        self.account = Account([flow], eventbridge=self.loops.eventbridge, **clients)
        self.queue: list[str] = clients["sqs"].queues[self.account.queue_url]
        for number in range(REVIEWS):
            body = json.dumps(sentiment_request(f"review-{number}"))
            self.queue += [body] * (2 if number % 10 == 0 else 1)

    def live(self) -> None:
        """Take turns until nobody waits for anything."""
        parts = [self.start, self.start, self.deliver, self.deliver, self.review, self.finish]
        for turn in range(TURNS):
            with suppress(*REFUSALS):
                self.random.choice(parts)(self.trouble.around)
            if turn % REVIEWS == REVIEWS - 1:
                self.loops.clock.advance(timedelta(minutes=1))
                with suppress(*REFUSALS):
                    self.loops.tick(self.trouble.around)
                self.reconcile()
                if not self.queue and all("toldAt" in each for each in self.account.entries()):
                    return
        raise AssertionError(f"not finished after {TURNS} turns")

    def start(self, wrap: Wrap) -> None:
        """A message comes again unless it was taken."""
        if self.queue:
            body = self.queue[self.random.randrange(len(self.queue))]
            self.account.a2i = self.loops.runtime(wrap)  # type: ignore[assignment]  # the same calls
            self.account.intake(wrap).take_message(
                QueuedMessage(body, "handle", 1, now()), lambda: 0.0
            )
            self.queue.remove(body)

    def deliver(self, wrap: Wrap) -> None:
        """A record comes again unless it was paid, and sometimes then."""
        records = self._streamed.records
        if records:
            record = self.random.choice(records)
            self.loops.debts(wrap).pay(record["dynamodb"]["Keys"]["pk"]["S"][len("LOOP#") :])
            if self.random.random() >= TWICE:
                records.remove(record)

    def review(self, wrap: Wrap) -> None:
        ann, tasks = reviewer("ann"), self.loops.tasks(wrap)
        free = tasks.list(ann)
        for task in self.random.sample(free, min(5, len(free))):
            tasks.submit(task.id, ann, {"sentiment": {"label": "Negative"}})

    def finish(self, wrap: Wrap) -> None:
        """An event comes again unless it was taken, and sometimes then; others are lost."""
        for kind, detail in self.loops.eventbridge.events[self.heard :]:
            self.heard += 1
            if kind == DETAIL_TYPE and self.random.random() >= LOST:
                self.told.append(detail)
        if self.told:
            detail = self.random.choice(self.told)
            event = {"source": ACCOUNT_SOURCE, "detail": detail}
            end = told_end(event, lambda: self.loops.loops(wrap))
            assert end is not None
            self.account.finisher(wrap).finish(end.change, timestamp(end.at))
            if self.random.random() >= TWICE:
                self.told.remove(detail)

    def reconcile(self) -> None:
        self.age += timedelta(minutes=10)  # so that what it began, and was killed at, is old again
        wrap, moment = self.trouble.around, now() + self.age
        runtime: Any = self.loops.runtime(wrap)
        results: Any = _Results(self.account, wrap)
        open_reviews = OpenReviews(
            human_loops=HumanLoops(runtime),
            results_function=ResultsFunction(results, "results"),
            queue=StarterQueue(self.account.sqs, self.account.queue_url),
            flows=frozenset({"sentiment"}),
            clock=lambda: moment,
        )
        with suppress(Killed, ClientError):
            open_reviews.reconcile(list(self.account.ledger().open_entries()))

    @property
    def _streamed(self) -> StreamedDynamoDB:
        return self.loops.dynamodb

    def close(self) -> None:
        self.account.dynamodb.delete_table(TableName=self.account.table)
        self.loops.close()


class _Results(FakeLambda):
    """A function that is killed fails as one that times out."""

    def invoke(self, **parameters: Any) -> dict[str, Any]:
        try:
            return super().invoke(**parameters)
        except (Killed, ClientError) as error:
            self.error = {"errorType": type(error).__name__}
            failed = super().invoke(**parameters)
            self.error = None
            return failed


@pytest.fixture
def stack() -> Iterator[Stack]:
    made = Stack()
    yield made
    made.close()


def test_every_review_is_finished_once(stack: Stack) -> None:
    stack.live()

    entries = {each.review_id: each for each in map(LedgerEntry.from_item, stack.account.entries())}
    assert len(entries) == REVIEWS
    assert {entry.status for entry in entries.values()} == {ReviewStatus.COMPLETED}
    assert not [entry for entry in entries.values() if entry.open_flow is not None]

    pages = stack.loops.runtime().get_paginator("list_human_loops")
    arn = stack.loops.loops().scope.arn("flow-definition", "sentiment")
    loops = [
        loop
        for page in pages.paginate(FlowDefinitionArn=arn)
        for loop in page["HumanLoopSummaries"]
    ]
    names = [entry.human_loop_name for entry in entries.values()]
    assert sorted(loop["HumanLoopName"] for loop in loops) == sorted(names)
    for name in names:
        loop = stack.loops.loop(name)
        assert loop is not None
        assert loop.status is HumanLoopStatus.COMPLETED
        assert len(loop.answers) == len(stack.loops.output(name)["humanAnswers"]) == 1

    for kind in ("Human Review Started", "Human Review Finished"):
        told = stack.loops.eventbridge.details(kind)
        assert {detail["reviewId"] for detail in told} == set(entries)
        assert len({detail["eventId"] for detail in told}) == REVIEWS
    sqs: Any = stack.account.sqs
    assert sqs.queues[stack.account.dead_letter_queue_url] == []
    trouble = stack.trouble
    print(f"{REVIEWS} reviews, {trouble.killed} kills, {trouble.throttled} calls throttled")
