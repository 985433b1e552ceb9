"""What loops owe is done, in whatever order and however often the stream says so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from a2i_core.statuses import HumanLoopStatus
from a2i_shared.errors import EventNotPublishedError
from loop_stream import handler
from loop_stream.debts import Debts
from tests.lambda_src.account_loops import (
    OUTPUT_BUCKET,
    ROLE_ARN,
    AccountLoops,
    reviewer,
)
from tests.lambda_src.faults import Fuse
from tests.lambda_src.invocation import lambda_context

ONE = reviewer("one")


@pytest.fixture
def account() -> Iterator[AccountLoops]:
    made = AccountLoops()
    yield made
    made.close()


def _answered(account: AccountLoops, name: str = "loop") -> None:
    account.start(name, account.create_flow_definition("review"))
    account.tasks().submit(name, ONE, {"label": "yes"})


def test_an_answer_is_written_with_the_flows_role_then_told(account: AccountLoops) -> None:
    _answered(account)
    account.deliver()
    assert account.sts.assumed == [ROLE_ARN]
    assert account.output("loop")["humanAnswers"][0]["answerContent"] == {"label": "yes"}
    (told,) = account.told("loop")
    assert told["humanLoopStatus"] == "Completed"
    key = account.loops().find("loop").output_key  # type: ignore[union-attr]
    assert told["humanLoopOutput"] == {"outputS3Uri": f"s3://{OUTPUT_BUCKET}/{key}"}


def test_records_that_come_again_change_nothing(account: AccountLoops) -> None:
    _answered(account)
    records = list(account.dynamodb.records)
    account.deliver()
    version = account.items()
    account.dynamodb.records = records
    account.deliver()
    assert account.items() == version
    assert len(account.told("loop")) == 1


def test_a_task_that_does_not_render_fails_with_a2is_words(account: AccountLoops) -> None:
    flow = account.create_flow_definition("review", "{{ task.input.text | grant_read_access }}")
    account.start("loop", flow, {"text": "no address"})
    (told,) = account.told("loop")
    assert told["humanLoopStatus"] == "Failed"
    assert told["failureCode"] == "ValidationError"
    assert told["failureReason"].startswith("Task failed to render: [ InvalidParameters: '")


def test_a_page_that_the_portal_could_not_show_fails_at_once(account: AccountLoops) -> None:
    flow = account.create_flow_definition("review", "{{ task.input.text }}" * 6)
    account.start("loop", flow, {"text": "x" * 1024 * 1024})
    (told,) = account.told("loop")
    assert "the portal shows 5242880" in told["failureReason"]


def test_a_role_that_may_not_write_ends_the_loop_after_a_while(account: AccountLoops) -> None:
    """Permissions that were granted just now take a moment to be in effect."""
    _answered(account)
    account.sts.denied.add(ROLE_ARN)
    with pytest.raises(ClientError):
        account.deliver()
    assert account.loop("loop").is_open  # type: ignore[union-attr]
    account.clock.advance(timedelta(minutes=15))
    account.tick()
    account.deliver()
    (told,) = account.told("loop")
    assert told["humanLoopStatus"] == "Failed"
    assert told["failureReason"].startswith("Failed to write the answers to s3://output/answers/")


def test_an_event_that_is_refused_is_put_again_when_the_clock_shows_the_loop(
    account: AccountLoops,
) -> None:
    _answered(account)
    account.eventbridge.failed_entries = 1
    with pytest.raises(EventNotPublishedError):
        account.deliver()
    account.dynamodb.records.clear()  # retries are over: they are in the dead-letter queue
    account.advance(timedelta(minutes=5))
    assert len(account.told("loop")) == 1
    assert account.tick() == 0


def test_a_loop_that_was_deleted_meanwhile_owes_nothing(account: AccountLoops) -> None:
    _answered(account)
    records = list(account.dynamodb.records)
    account.deliver()
    account.runtime().delete_human_loop(HumanLoopName="loop")
    account.dynamodb.records = records
    account.deliver()
    assert [item["pk"]["S"] for item in account.items() if "loop" in item] == []


def test_a_later_loop_of_the_name_is_told_for_itself(account: AccountLoops) -> None:
    """A run that was late with noting what it told must not note it on another loop."""
    _answered(account)
    flow = account.loop("loop").flow_definition_arn  # type: ignore[union-attr]

    def overtake() -> None:
        account.debts().pay("loop")
        account.runtime().delete_human_loop(HumanLoopName="loop")
        account.clock.advance(timedelta(seconds=1))
        account.start("loop", flow, {"text": "another"})
        account.tasks().submit("loop", ONE, {"label": "no"})

    late = account.debts()
    events = Fuse(1, overtake).around(account.eventbridge)  # after the event, before it is noted
    Debts(late.loops, late.credentials, events, late.clock).pay("loop")
    account.deliver()
    assert [event["humanLoopStatus"] for event in account.told("loop")] == ["Completed"] * 3
    assert len({event["creationTime"] for event in account.told("loop")}) == 2
    assert account.output("loop")["inputContent"] == {"text": "another"}


def test_a_write_that_comes_late_meets_no_later_loop_of_the_name(account: AccountLoops) -> None:
    flow = account.create_flow_definition("review")
    account.start("loop", flow)

    def overtake() -> None:
        account.tasks().submit("loop", ONE, {})
        account.deliver()
        account.runtime().delete_human_loop(HumanLoopName="loop")
        account.clock.advance(timedelta(seconds=1))
        account.start("loop", flow, {"text": "another"})

    before_writing = Fuse(6, overtake)  # two reads of the item, then the hint
    account.tasks(before_writing.around).accept("loop", reviewer("two"))
    loop = account.loop("loop")
    assert loop is not None
    assert loop.created_at == account.clock.now(), "it is the later one that was accepted"
    assert "another" in account.tasks().show("loop", reviewer("two"))["html"]


def test_the_handler_names_the_first_record_that_has_to_come_again(
    account: AccountLoops, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow = account.create_flow_definition("review")
    for name in ("a", "b", "c"):
        account.start(name, flow)
    for name in ("a", "b", "c"):
        account.tasks().submit(name, ONE, {"label": "yes"})
    monkeypatch.setattr(handler, "debts", account.debts)
    account.eventbridge.failed_entries = 1
    records = list(account.dynamodb.records)
    first = records[0]["dynamodb"]["SequenceNumber"]
    answer = handler.lambda_handler({"Records": records}, lambda_context())
    assert answer == {"batchItemFailures": [{"itemIdentifier": first}]}
    assert [len(account.told(name)) for name in ("a", "b", "c")] == [0, 1, 1]
    assert account.loop("b").status is HumanLoopStatus.COMPLETED  # type: ignore[union-attr]
