"""The clock: leases, expiry, and what the stream has left undone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from a2i_account import backend
from loop_clock import handler
from loop_clock.clock import LoopClock
from tests.lambda_src.account_loops import AccountLoops, StreamedDynamoDB, reviewer
from tests.lambda_src.invocation import lambda_context

ONE = reviewer("one")


@pytest.fixture
def account() -> Iterator[AccountLoops]:
    made = AccountLoops()
    yield made
    made.close()


def test_nothing_is_due_while_nothing_happens(account: AccountLoops) -> None:
    account.start("loop", account.create_flow_definition("review"))
    account.clock.advance(timedelta(hours=1))
    assert account.tick() == 0


class CountingDynamoDB(StreamedDynamoDB):
    """Notes which operations are called."""

    def __init__(self) -> None:
        super().__init__()
        self.called: list[str] = []

    def scan(self, **parameters: Any) -> Any:
        self.called.append("scan")
        return super().scan(**parameters)

    def query(self, **parameters: Any) -> Any:
        self.called.append("query")
        return super().query(**parameters)


def test_a_minute_at_rest_costs_one_read_and_an_open_loop_is_looked_at(
    account: AccountLoops, monkeypatch: pytest.MonkeyPatch, fresh_execution_environment: None
) -> None:
    counting = CountingDynamoDB()
    account.dynamodb = counting
    monkeypatch.setattr(backend, "loops", account.loops)
    monkeypatch.setattr(backend, "now_in_milliseconds", account.clock.now)
    flow = account.create_flow_definition("review", TaskAvailabilityLifetimeInSeconds=3600)
    handler.lambda_handler({}, lambda_context())
    assert counting.called == ["scan"]
    account.start("loop", flow)
    account.clock.advance(timedelta(hours=1))
    handler.lambda_handler({}, lambda_context())
    account.deliver()
    assert [each["failureCode"] for each in account.told("loop")] == ["Expired"]
    counting.called.clear()
    handler.lambda_handler({}, lambda_context())
    assert counting.called == ["scan"]


def test_a_task_that_was_held_for_too_long_goes_back_to_the_team(account: AccountLoops) -> None:
    account.start("loop", account.create_flow_definition("review", TaskTimeLimitInSeconds=60))
    account.tasks().accept("loop", ONE)
    assert account.tasks().list(reviewer("two")) == []
    account.advance(timedelta(seconds=61))
    assert [task.id for task in account.tasks().list(reviewer("two"))] == ["loop"]
    assert [item["sk"]["S"] for item in account.items() if "HOLD" in item["sk"]["S"]] == []


def test_what_a_removed_worker_holds_goes_back_to_the_team(account: AccountLoops) -> None:
    flow = account.create_flow_definition("review", task_count=2)
    for name in ("one", "both", "ended"):
        account.start(name, flow)
        account.tasks().accept(name, ONE)
    account.tasks().accept("both", reviewer("two"))
    account.runtime().stop_human_loop(HumanLoopName="ended")
    clock = LoopClock(account.loops(), account.clock.now)
    assert clock.release_all("one") == 3
    assert clock.release_all("one") == 0
    held = {loop.name: loop for loop in account.loops().held_by("two")}
    assert [each.worker.sub for each in held["both"].assignments] == ["two"]
    assert {task.id for task in account.tasks().list(reviewer("three"))} == {"one", "both"}


def test_a_loop_expires(account: AccountLoops) -> None:
    flow = account.create_flow_definition("review", TaskAvailabilityLifetimeInSeconds=3600)
    account.start("loop", flow)
    account.advance(timedelta(hours=1))
    (told,) = account.told("loop")
    assert told["failureCode"] == "Expired"


def test_a_loop_that_the_stream_never_brought_is_shown_again(account: AccountLoops) -> None:
    flow = account.create_flow_definition("review")
    account.runtime().start_human_loop(
        HumanLoopName="loop",
        FlowDefinitionArn=flow,
        HumanLoopInput={"InputContent": '{"text": "a"}'},
    )
    account.dynamodb.records.clear()
    account.advance(timedelta(minutes=4))
    assert account.tasks().list(ONE) == []
    account.advance(timedelta(minutes=1))
    assert [task.id for task in account.tasks().list(ONE)] == ["loop"]


def test_what_there_is_no_time_for_waits_for_the_next_minute(account: AccountLoops) -> None:
    flow = account.create_flow_definition("review", TaskAvailabilityLifetimeInSeconds=60)
    for number in range(20):
        account.start(f"loop-{number}", flow)
    account.clock.advance(timedelta(minutes=1))
    left = iter([True, False])
    seen = LoopClock(account.loops(), account.clock.now).tick(lambda: next(left))
    assert 0 < seen < 20
    assert seen + account.tick() == 20


def test_a_loop_that_fails_keeps_no_other_one_waiting(
    account: AccountLoops, caplog: pytest.LogCaptureFixture
) -> None:
    flow = account.create_flow_definition("review", TaskAvailabilityLifetimeInSeconds=60)
    for name in ("broken", "loop"):
        account.start(name, flow)
    key = {"pk": {"S": "LOOP#broken"}, "sk": {"S": "LOOP"}}
    (item,) = [item for item in account.items() if item["pk"] == key["pk"]]
    item["loop"]["M"].pop("flow")
    account.dynamodb.put_item(TableName=account.table, Item=item)
    account.clock.advance(timedelta(minutes=1))
    account.tick()
    assert account.loop("loop").failure_code == "Expired"  # type: ignore[union-attr]
    assert "loop is still due" in caplog.text
