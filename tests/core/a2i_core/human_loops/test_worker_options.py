"""What workers may do beyond A2I: decline until a loop fails, hold longer, take answers back."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from a2i_core.human_loops.errors import ActionNotAllowed, SlotTaken
from a2i_core.human_loops.human_loop import FailureCode, HumanLoop, Owed
from a2i_core.human_loops.worker_options import NO_OPTIONS, WorkerOptions
from a2i_core.statuses import HumanLoopStatus
from tests.core.a2i_core.human_loops.test_transitions import (
    AVAILABLE,
    START,
    TIME_LIMIT,
    happen,
    new_loop,
)

MINUTE = timedelta(minutes=1)
END = START + AVAILABLE


def lived(
    options: WorkerOptions, *steps: tuple[timedelta, str, str], task_count: int = 1
) -> HumanLoop:
    """Return a loop to which steps have happened, each so long after the start."""
    loop = happen(new_loop(task_count, options), "offer", "", START)
    for after, what, sub in steps:
        loop = happen(loop, what, sub, START + after)
    return loop


def at(minutes: float) -> timedelta:
    return timedelta(minutes=minutes)


def test_the_last_decline_that_the_flow_allows_fails_the_loop() -> None:
    twice = WorkerOptions(max_declines=2)
    loop = lived(twice, (at(1), "decline", "ann"), (at(2), "decline", "ann"))
    assert loop.takes_answers, "one worker counts once"
    loop = happen(loop, "decline", "ben", START + at(3))
    assert (loop.status, loop.failure_code) == (HumanLoopStatus.FAILED, FailureCode.DECLINED)
    assert loop.failure_reason == "2 workers declined the task: Unreadable"
    assert loop.owes is Owed.EVENT
    assert lived(NO_OPTIONS, (at(1), "decline", "ann"), (at(2), "decline", "ben")).takes_answers


def test_an_answer_takes_the_workers_own_decline_back() -> None:
    loop = lived(NO_OPTIONS, (at(1), "decline", "ann"), (at(2), "decline", "ben"), task_count=2)
    answered = happen(loop, "answer", "ann", START + at(3))
    assert [declined.sub for declined in answered.declined] == ["ben"]
    assert [answer.accepted_at for answer in answered.answers] == [START + at(3)]
    assert len(loop.declined) == 2, "the loop as it was has not changed"


def test_who_holds_the_task_may_finish_before_declines_fail_the_loop() -> None:
    once = WorkerOptions(max_declines=1)
    held = lived(once, (at(1), "accept", "ann"), (at(2), "decline", "ben"), task_count=2)
    assert held.takes_answers
    assert happen(held, "release", "ann", START + at(3)).failure_code is FailureCode.DECLINED
    late = happen(held, "advance", "", START + at(1) + TIME_LIMIT)
    assert late.failure_code is FailureCode.DECLINED
    both = happen(held, "answer", "cem", START + at(3))
    both = happen(both, "answer", "ann", START + at(4))
    assert both.outcome is HumanLoopStatus.COMPLETED


def test_time_is_extended_as_often_as_the_flow_allows_and_until_the_expiry() -> None:
    twice = WorkerOptions(extension=at(60), max_extensions=2)
    loop = lived(twice, (at(0), "accept", "ann"), (at(49), "extend", "ann"))
    assert loop.assignments[0].until == START + TIME_LIMIT + at(60)
    loop = happen(loop, "extend", "ann", START + at(100))
    assert loop.assignments[0].until == START + TIME_LIMIT + at(120)
    with pytest.raises(ActionNotAllowed):
        happen(loop, "extend", "ann", START + at(160))
    with pytest.raises(SlotTaken):
        happen(loop, "extend", "ann", START + TIME_LIMIT + at(120))
    with pytest.raises(SlotTaken):
        happen(loop, "extend", "ben", START + at(100))
    near = lived(twice, (at(100), "accept", "ann"), (at(110), "extend", "ann"))
    assert near.assignments[0].until == END
    with pytest.raises(ActionNotAllowed):
        happen(near, "extend", "ann", START + at(120))
    with pytest.raises(ActionNotAllowed):
        happen(lived(NO_OPTIONS, (at(0), "accept", "ann")), "extend", "ann", START + at(1))


GRACE = WorkerOptions(answer_grace=at(5))


def test_an_answer_can_be_taken_back_until_its_grace_period_ends() -> None:
    loop = lived(GRACE, (at(0), "accept", "ann"), (at(10), "answer", "ann"))
    assert (loop.owes, loop.free_slots, loop.next_due) == (None, 0, START + at(15))
    again = happen(loop, "undo", "ann", START + at(14))
    assert again.answers == ()
    (held,) = again.assignments
    assert (held.accepted_at, held.until) == (START, START + at(14) + TIME_LIMIT)
    assert happen(again, "undo", "ann", START + at(14)) is again, "a repeat changes nothing"
    answered = happen(again, "answer", "ann", START + at(20))
    assert answered.next_due == START + at(25)
    ended = happen(answered, "advance", "", START + at(25))
    assert (ended.outcome, ended.owes) == (HumanLoopStatus.COMPLETED, Owed.OUTPUT)
    with pytest.raises(ActionNotAllowed):
        happen(answered, "undo", "ann", START + at(25))
    with pytest.raises(ActionNotAllowed):
        happen(answered, "undo", "ben", START + at(21))


def test_one_answer_of_several_is_final_before_the_others() -> None:
    loop = lived(GRACE, (at(0), "answer", "ann"), (at(20), "answer", "ben"), task_count=2)
    with pytest.raises(ActionNotAllowed):
        happen(loop, "undo", "ann", START + at(21))
    assert happen(loop, "undo", "ben", START + at(21)).answer_of("ann") is not None


@pytest.mark.parametrize(
    ("what", "outcome"),
    [
        (lambda loop: happen(loop, "advance", "", END), HumanLoopStatus.COMPLETED),
        (lambda loop: happen(loop, "withdraw", "", END - MINUTE), HumanLoopStatus.COMPLETED),
        (
            lambda loop: happen(happen(loop, "stop", "", END - MINUTE), "advance", "", END),
            HumanLoopStatus.STOPPED,
        ),
    ],
    ids=["expiry", "removal of the flow", "stop"],
)
def test_no_answer_in_its_grace_period_is_lost(
    what: Callable[[HumanLoop], HumanLoop], outcome: HumanLoopStatus
) -> None:
    loop = lived(GRACE, (AVAILABLE - 2 * MINUTE, "answer", "ann"))
    ended = what(loop)
    assert (ended.outcome, ended.owes) == (outcome, Owed.OUTPUT)
    with pytest.raises(ActionNotAllowed):
        happen(ended, "undo", "ann", datetime.min.replace(tzinfo=START.tzinfo))
