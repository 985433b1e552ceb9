"""Destroying a stack: refused with a count while anything is pending, allowed afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from a2i_shared.errors import PendingReviewsError
from destroy_guard.guard import SETTLING_SECONDS, DestroyGuard
from destroy_guard.pending import Counter
from destroy_guard.starter_function import StarterFunction
from tests.lambda_src.account import Account
from tests.lambda_src.faults import Killed
from tests.lambda_src.flow_stack import FlowStack


class FakeLambda:
    """The starter's reserved concurrency; None where nobody reserved any."""

    def __init__(self, reserved: int | None = None) -> None:
        self.reserved = reserved

    def get_function_concurrency(self, **_: str) -> dict[str, int]:
        return {} if self.reserved is None else {"ReservedConcurrentExecutions": self.reserved}

    def put_function_concurrency(self, **parameters: Any) -> None:
        self.reserved = parameters["ReservedConcurrentExecutions"]

    def delete_function_concurrency(self, **_: str) -> None:
        self.reserved = None


class Guarded:
    """A stack with a flow definition, a ledger, queues, and a starter."""

    def __init__(self, stack: FlowStack, account: Account) -> None:
        self.stack, self.account = stack, account
        self.starter = FakeLambda()
        self.slept: list[float] = []
        stack.deploy(stack.wanted())

    def destroy(self) -> None:
        self.stack.cloudformation.status = "DELETE_IN_PROGRESS"
        counter = Counter(
            draining=self.stack.draining(),
            ledger=self.account.ledger(),
            sqs=self.account.sqs,
            queue_url=self.account.queue_url,
            dead_letter_queue_url=self.account.dead_letter_queue_url,
        )
        starter = StarterFunction(self.starter, "starter")  # type: ignore[arg-type]  # what it uses
        DestroyGuard(starter, counter, self.sleep).allow_destruction()

    def sleep(self, seconds: float) -> None:
        assert self.starter.reserved == 0
        self.slept.append(seconds)
        self.stack.a2i.advance(timedelta(seconds=seconds))


@pytest.fixture
def guarded(stack: FlowStack, account: Account) -> Guarded:
    return Guarded(stack, account)


def test_nothing_pending_is_allowed_and_leaves_the_starter_paused(guarded: Guarded) -> None:
    guarded.destroy()
    assert guarded.starter.reserved == 0
    assert guarded.slept == [SETTLING_SECONDS]


def test_pending_loops_of_current_and_retired_definitions_are_counted(guarded: Guarded) -> None:
    guarded.stack.start_loop("one")
    guarded.stack.deploy(guarded.stack.wanted(TaskTitle="Changed"))
    guarded.stack.start_loop("two")
    with pytest.raises(PendingReviewsError, match="2 human loops in progress") as refused:
        guarded.destroy()
    assert "a2i flow discard-pending" in str(refused.value)


def test_reviews_of_the_ledger_and_requests_of_the_queues_are_counted(guarded: Guarded) -> None:
    account = guarded.account
    loop = account.start().human_loop_name
    assert loop is not None
    account.eventbridge.failed_entries = 1
    with pytest.raises(Exception, match="did not take"):
        account.finish(account.a2i.end(loop, "Stopped"))
    for queue in (account.queue_url, account.queue_url, account.dead_letter_queue_url):
        account.sqs.send_message(QueueUrl=queue, MessageBody="{}")
    with pytest.raises(PendingReviewsError) as refused:
        guarded.destroy()
    for count in (
        "1 reviews with an end that is not told",
        "2 requests in the queue",
        "1 requests in the dead-letter queue",
    ):
        assert count in str(refused.value)


@pytest.mark.parametrize("reserved", [None, 7])
def test_a_refusal_resumes_the_starter_as_it_was(guarded: Guarded, reserved: int | None) -> None:
    guarded.starter.reserved = reserved
    guarded.stack.start_loop("one")
    with pytest.raises(PendingReviewsError):
        guarded.destroy()
    assert guarded.starter.reserved == reserved


def test_the_pause_that_a_killed_guard_left_is_lifted_by_the_next(guarded: Guarded) -> None:
    guarded.starter.reserved = 0
    guarded.stack.start_loop("one")
    with pytest.raises(PendingReviewsError):
        guarded.destroy()
    assert guarded.starter.reserved is None


def test_any_error_resumes_the_starter(guarded: Guarded) -> None:
    def killed(_seconds: float) -> None:
        raise Killed

    guarded.sleep = killed  # type: ignore[assignment, method-assign]  # sleeps no more
    with pytest.raises(Killed):
        guarded.destroy()
    assert guarded.starter.reserved is None


def test_drained_retired_definitions_go_first_and_the_current_one_stays(guarded: Guarded) -> None:
    stack = guarded.stack
    stack.start_loop("one")
    stack.deploy(stack.wanted(TaskTitle="Changed"))
    stack.a2i.submit("one", {"ok": "yes"})
    guarded.destroy()
    stack.a2i.advance(timedelta(minutes=1))
    assert stack.names() == [stack.physical_id]
