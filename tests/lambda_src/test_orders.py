"""Concurrent attempts at one review, in thousands of orders of their AWS calls, with faults.

An order casts two or three attempts (direct starts, a queue message, a status event, a run of the
reconciler), and may refuse, throttle, lose or kill any of their calls. Afterwards the world settles
as it does in the account: messages come again, people answer, the reconciler runs.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

import pytest

from a2i_shared.clock import now
from a2i_shared.errors import HumanReviewError
from a2i_shared.ledger import LedgerEntry
from reconciler.human_loops import HumanLoops
from reconciler.open_reviews import OpenReviews
from reconciler.results_function import ResultsFunction
from reconciler.starter_queue import StarterQueue
from starter.flows import Flow
from starter.queue import QueuedMessage
from starter.review import ReviewDecision, StartResponse
from tests.effort import IS_SOAK, examples
from tests.lambda_src.account import FLOW_ARN, SENTIMENT_POLICY, Account, finish, sentiment_request
from tests.lambda_src.fake_lambda import FakeLambda
from tests.lambda_src.fast_clients import FastDynamoDB, FastS3, FastSQS
from tests.lambda_src.faults import Killed
from tests.lambda_src.orders import Attempt, Fault, FaultKind, Wrap, play

ORDERS = 100_000 if IS_SOAK else examples(2_000)
CASTS = [
    ("start", "start"),
    ("start", "start", "start"),
    ("start", "message"),
    ("start", "message", "start"),
    ("start", "finish"),
    ("start", "start", "finish"),
    ("start", "reconcile"),
    ("start", "start", "reconcile"),
    ("message", "finish", "reconcile"),
    ("start", "finish", "reconcile"),
]
CALLS = [*range(12), *["start_human_loop"] * 12]
"""Of each attempt; half of the faults strike the call that makes the human loop."""
HOUR = timedelta(hours=1)
NEGATIVE = {"sentiment": {"label": "Negative"}}
ROUNDS_TO_SETTLE = 8


@dataclass
class World:
    """An account with one review that several attempts are at."""

    account: Account
    messages: list[str] = field(default_factory=list)
    """Bodies that the queue still has to deliver."""
    age: timedelta = HOUR

    def run(self, kind: str, index: int, wrap: Wrap) -> Any:
        return getattr(self, kind)(f"token-{index}", wrap)

    def start(self, token: str, wrap: Wrap) -> StartResponse:
        self.account.stepfunctions.waiting.add(token)
        payload = sentiment_request(taskToken=token)
        return self.account.intake(wrap).take_direct(payload, lambda: 0.0)

    def message(self, token: str, wrap: Wrap) -> None:
        self.account.stepfunctions.waiting.add(token)
        self.deliver(json.dumps(sentiment_request(taskToken=token)), wrap)

    def deliver(self, body: str, wrap: Wrap) -> None:
        """A message comes again unless its delivery ends well."""
        self.messages.append(body)
        message = QueuedMessage(body, "handle", 1, now())
        self.account.intake(wrap).take_message(message, lambda: 0.0)
        self.messages.remove(body)

    def finish(self, _token: str, wrap: Wrap) -> None:
        """The event of a loop that has started by now, if one has."""
        for name, loop in self.account.a2i.loops.items():
            if loop.status == "InProgress":
                event = self.account.a2i.complete(name, NEGATIVE)
                finish(self.account.finisher(wrap), event)

    def reconcile(self, _token: str, wrap: Wrap) -> None:
        moment = now() + self.age
        open_reviews = OpenReviews(
            human_loops=HumanLoops(wrap(self.account.a2i)),
            results_function=ResultsFunction(FakeLambda(self.account, wrap), "results"),  # type: ignore[arg-type]  # the part it uses
            queue=StarterQueue(wrap(self.account.sqs), self.account.queue_url),
            flows=frozenset({"sentiment"}),
            clock=lambda: moment,
        )
        open_reviews.reconcile(list(self.account.ledger(wrap).open_entries()))

    def settle(self) -> None:
        """What the account does by itself once nothing fails any more."""
        for _ in range(ROUNDS_TO_SETTLE):
            self.messages += self.account.sqs.queues[self.account.queue_url]  # type: ignore[attr-defined]
            self.account.sqs.queues[self.account.queue_url].clear()  # type: ignore[attr-defined]
            waiting, self.messages = self.messages, []
            self.age += HOUR
            steps = [partial(self.deliver, body) for body in waiting]
            for step in (*steps, partial(self.finish, ""), partial(self.reconcile, "")):
                with suppress(HumanReviewError):  # what it fails on is what the review waits for
                    step(lambda client: client)

    def clear(self) -> None:
        self.account.dynamodb.delete_table(TableName=self.account.table)


@dataclass
class Order:
    """An order by its number, with what became of it."""

    number: int

    def __post_init__(self) -> None:
        random = Random(self.number)  # noqa: S311  # an order, not a secret
        self.cast = random.choice(CASTS)
        self.faults = [
            Fault(random.choice(list(FaultKind)), random.randrange(len(self.cast)), call)
            for call in random.sample(CALLS, random.choice([0, 1, 1, 2]))
        ]
        flow = Flow(flow="sentiment", flow_definition_arn=FLOW_ARN, review_when=SENTIMENT_POLICY)
        clients: Any = {"dynamodb": FastDynamoDB(), "s3": FastS3(), "sqs": FastSQS()}
        self.world = World(Account([flow], prefix=f"order{self.number}", **clients))
        self.world.account.a2i.names_are_free_again = random.random() < 0.5
        runs = [partial(self.world.run, kind, index) for index, kind in enumerate(self.cast)]
        self.attempts = play(runs, random.randrange, self.faults)
        self.world.settle()
        self.losses = [*self._losses()]
        self.world.clear()

    def _losses(self) -> Iterator[str]:
        """Each promise that was not kept."""
        account = self.world.account
        entries = [LedgerEntry.from_item(item) for item in account.entries()]
        names = {entry.human_loop_name for entry in entries}
        for name in set(account.a2i.starts) - names:
            yield f"human loop {name} has no entry"
        if len(account.a2i.starts) > 1:
            yield "the review has two human loops"
        if self.world.messages:
            yield "a message comes again and again"
        for entry in entries:
            yield from self._losses_of(entry)
        for attempt, kind, index in zip(self.attempts, self.cast, itertools.count()):
            yield from self._broken_words(attempt, kind, f"token-{index}", entries)

    def _losses_of(self, entry: LedgerEntry) -> Iterator[str]:
        if entry.open_flow is not None or entry.result_uri is None:
            yield f"the review never ends: it stays {entry.status}"
            return
        account = self.world.account
        if not account.eventbridge.details("Human Review Finished"):
            yield "nobody was told of the end"
        result = account.read(entry.result_uri)
        if result["status"] == "Completed" and result["prediction"] is None:
            yield "the kept request is gone"

    def _broken_words(
        self, attempt: Attempt, kind: str, token: str, entries: list[LedgerEntry]
    ) -> Iterator[str]:
        if not isinstance(attempt.outcome, StartResponse):
            return
        decision = attempt.outcome.decision
        if not entries:
            yield f"{kind} was told {decision}, and there is no review"
        if decision is ReviewDecision.STARTED and not self.world.account.a2i.starts:
            yield f"{kind} was told {decision}, and there is no human loop"
        if token in self.world.account.stepfunctions.waiting:
            yield f"{kind} was told {decision}, and its task waits for ever"


def test_no_order_of_calls_loses_a_review(capsys: pytest.CaptureFixture[str]) -> None:
    casts: Counter[int] = Counter()
    lost = {}
    for number in range(ORDERS):  # one at a time: an order keeps its account in memory
        order = Order(number)
        casts[len(order.cast)] += 1
        if order.losses:
            lost[number] = order.losses
    with capsys.disabled():
        print(f"\norders tried: {ORDERS} ({dict(casts)} attempts), lost: {len(lost)}")
    assert not lost


def test_an_order_is_the_same_each_time() -> None:
    for number in range(20):
        first, second = Order(number), Order(number)
        assert [each.calls for each in first.attempts] == [each.calls for each in second.attempts]


def test_a_fault_strikes_the_call_that_it_names() -> None:
    def run(wrap: Wrap) -> None:
        wrap(FastS3()).put_object(Bucket="b", Key="k", Body=b"")

    for kind in FaultKind:
        [attempt] = play([run], lambda _count: 0, [Fault(kind, 0, 0)])
        assert isinstance(attempt.outcome, Exception | Killed), kind
