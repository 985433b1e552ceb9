"""The store of human loops: how often, how much and how far at once it calls DynamoDB."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from a2i_account import loop_items
from a2i_account.flow_definitions import AccountFlowDefinitions
from a2i_core.human_loops import transitions
from a2i_core.human_loops.errors import ThrottlingException
from a2i_core.human_loops.human_loop import Declined
from benchmarks import human_loop_writes
from tests.lambda_src.account_loops import AccountLoops, StreamedDynamoDB, reviewer


@pytest.fixture
def account() -> Iterator[AccountLoops]:
    made = AccountLoops()
    yield made
    made.close()


@dataclass
class SlowDynamoDB(StreamedDynamoDB):
    """Counts the queries that run at the same time."""

    running: int = 0
    most: int = 0

    def __post_init__(self) -> None:
        self.lock = threading.Lock()

    def query(self, **parameters: Any) -> Any:
        with self.lock:
            self.running += 1
            self.most = max(self.most, self.running)
        time.sleep(0.01)
        with self.lock:
            self.running -= 1
        return super().query(**parameters)


def test_a_team_is_listed_by_eight_queries_at_the_same_time(account: AccountLoops) -> None:
    account.start("loop", account.create_flow_definition("review"))
    slow = SlowDynamoDB()
    account.dynamodb = slow
    assert len(account.tasks().list(reviewer("one"))) == 1
    assert slow.most <= 8
    account.tick()
    assert slow.most <= 8


def test_a_review_takes_25_write_units_and_no_key_600_writes_a_second() -> None:
    """Of 500 reviews: the busiest key of the 2,000 of `make bench` is the same within 8 %."""
    units, busiest, largest = human_loop_writes.measure(reviews=500)
    assert units.value <= 25
    assert busiest.value <= 600, "at 1,000 starts a second"
    assert largest.value <= 2048, "a unit more at every write"


def test_an_item_says_all_of_its_loop(account: AccountLoops) -> None:
    account.start("loop", account.create_flow_definition("review", task_count=3))
    for sub in ("one", "two"):
        account.tasks().accept("loop", reviewer(sub))
    account.tasks().submit("loop", reviewer("one"), {"label": "yes"})
    account.tasks().decline("loop", reviewer("three"), "Unreadable")
    loop = account.loop("loop")
    assert loop is not None
    assert loop_items.loop_of(loop_items.loop_item(loop, 7)) == (loop, 7)
    assert loop.declined == (Declined("three", "Unreadable", account.clock.now()),)


def test_a_loop_that_changes_too_often_is_refused_with_one_message(
    account: AccountLoops,
) -> None:
    account.start("loop", account.create_flow_definition("review"))
    store = account.loops()

    def overtaken(loop: Any) -> Any:
        account.loops().change("loop", lambda loop: transitions.decline(loop, "x", "y", now))
        return transitions.decline(loop, "one", "Unreadable", now)

    now = account.clock.now()
    with pytest.raises(ThrottlingException, match="changes too often: try again"):
        store.change("loop", overtaken)


def test_a_flow_definition_with_open_loops_is_not_deleted(account: AccountLoops) -> None:
    flow = account.create_flow_definition("review", TaskAvailabilityLifetimeInSeconds=60)
    account.start("loop", flow)
    store = account.loops()
    client = AccountFlowDefinitions(store.definitions, store)
    with pytest.raises(ClientError, match="has 1 human loops in progress"):
        client.delete_flow_definition(FlowDefinitionName="review")
    account.advance(timedelta(minutes=1))
    client.delete_flow_definition(FlowDefinitionName="review")
    assert store.definitions.find("review") is None
