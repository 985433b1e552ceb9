"""What holds in every life of a human loop, whatever happens to it in whatever order."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2i_core.human_loops import optional_transitions, transitions
from a2i_core.human_loops.errors import ValidationException, WorkerTaskError
from a2i_core.human_loops.human_loop import FlowSnapshot, HumanLoop, Owed, StoredAnswer, Worker
from a2i_core.human_loops.scope import Scope
from a2i_core.human_loops.worker_options import NO_OPTIONS, WorkerOptions
from a2i_core.statuses import HumanLoopStatus
from tests.effort import examples

pytestmark = pytest.mark.soak

START = datetime(2030, 1, 1, tzinfo=UTC)
AVAILABLE = timedelta(hours=3)
TIME_LIMIT = timedelta(minutes=50)
SUBS = ["ann", "ben", "cem", "dia"]
ENDED = {HumanLoopStatus.COMPLETED, HumanLoopStatus.FAILED, HumanLoopStatus.STOPPED}

OPTIONS = st.sampled_from(
    [
        NO_OPTIONS,
        WorkerOptions(
            max_declines=2,
            extension=timedelta(minutes=20),
            max_extensions=2,
            answer_grace=timedelta(minutes=10),
        ),
    ]
)
LONGEST_HOLD = TIME_LIMIT + 2 * timedelta(minutes=20)

BY_WORKERS = st.tuples(
    st.sampled_from(["accept", "release", "decline", "answer", "answer", "extend", "undo"]),
    st.sampled_from(SUBS),
)
BY_OTHERS = st.tuples(
    st.sampled_from(["offer", "fail", "stop", "withdraw", "advance", "written", "refused", "told"]),
    st.just(""),
)
MINUTES = st.integers(0, 40)
LIVES = st.lists(
    st.tuples(MINUTES, st.one_of(BY_WORKERS, BY_WORKERS, BY_OTHERS)), min_size=1, max_size=40
)


def new_loop(task_count: int, options: WorkerOptions = NO_OPTIONS) -> HumanLoop:
    flow = FlowSnapshot(
        definition_id="d",
        name="review",
        workteam_arn="team",
        role_arn="role",
        task_title="t",
        task_description="d",
        task_count=task_count,
        availability=AVAILABLE,
        time_limit=TIME_LIMIT,
        template_sha256="0",
        output_bucket="output",
        output_prefix="",
        options=options,
    )
    return transitions.start(
        flow,
        scope=Scope("123456789012", "us-east-1"),
        name="loop",
        task_id="loop",
        request_digest="0",
        now=START,
    )


def _tell(loop: HumanLoop) -> HumanLoop:
    return transitions.told(loop) if loop.owes is Owed.EVENT else loop


HAPPENINGS: dict[str, Callable[[HumanLoop, Worker, datetime], HumanLoop]] = {
    "accept": transitions.accept,
    "release": lambda loop, worker, now: transitions.release(loop, worker.sub, now),
    "decline": lambda loop, worker, now: transitions.decline(loop, worker.sub, "Unreadable", now),
    "answer": lambda loop, worker, now: transitions.answer(
        loop, worker, StoredAnswer(f"s3://b/{worker.sub}", "0"), now
    ),
    "extend": lambda loop, worker, now: optional_transitions.extend(loop, worker.sub, now),
    "undo": lambda loop, worker, now: optional_transitions.undo(loop, worker.sub, now),
    "offer": lambda loop, _, now: transitions.offer(loop, now),
    "fail": lambda loop, _, __: transitions.fail_rendering(loop, "reason"),
    "stop": lambda loop, _, now: transitions.stop(loop, now, stopping=timedelta(minutes=1)),
    "withdraw": lambda loop, _, now: transitions.withdraw(loop, now),
    "advance": lambda loop, _, now: transitions.advance(loop, now),
    "written": lambda loop, _, __: transitions.output_written(loop),
    "refused": lambda loop, _, __: transitions.output_refused(loop, "reason"),
    "told": lambda loop, _, __: _tell(loop),
}


def happen(loop: HumanLoop, what: str, sub: str, now: datetime) -> HumanLoop:
    """Let time do what it does, as every host does first, and then what happens."""
    return HAPPENINGS[what](transitions.advance(loop, now), Worker(sub, sub, "issuer"), now)


def check(before: HumanLoop, after: HumanLoop, what: str, sub: str, now: datetime) -> None:
    held = [assignment.worker.sub for assignment in after.assignments]
    answered = [answer.worker.sub for answer in after.answers]
    assert len({*held, *answered}) == len(held) + len(answered) <= after.flow.task_count
    assert 0 <= after.free_slots <= after.flow.task_count
    kept = tuple(each for each in before.answers if what != "undo" or each.worker.sub != sub)
    assert after.answers[: len(kept)] == kept, "no answer is lost or changed but by its worker"
    for assignment in after.assignments:
        assert assignment.accepted_at < assignment.until <= after.expires_at
        assert assignment.until - now <= LONGEST_HOLD
    if not before.is_open:
        assert (after.status, after.answers) == (before.status, before.answers), "an end is final"
        assert after.owes is (None if after.told else Owed.EVENT)
    if not after.is_open:
        assert after.status in ENDED
        assert not after.assignments
        assert (after.failure_code is None) is (after.status is not HumanLoopStatus.FAILED)
    if after.status is HumanLoopStatus.COMPLETED:
        assert len(after.answers) == after.flow.task_count
        assert after.output_written
    if after.outcome is not None or not after.is_open:
        assert all(after.undo_until(answer) is None for answer in after.answers)
    else:
        assert after.next_due is not None, "time ends what nobody ends"
    declines = after.flow.options.max_declines
    if declines and after.takes_answers and not after.withdrawn_at and not after.is_complete:
        assert len(after.declined) < declines or after.assignments
    if not before.takes_answers:
        assert after.answers == before.answers


@settings(max_examples=examples(300), deadline=None)
@given(task_count=st.integers(1, 3), options=OPTIONS, life=LIVES)
def test_slots_leases_and_ends_hold_in_every_life(
    task_count: int, options: WorkerOptions, life: list[tuple[int, tuple[str, str]]]
) -> None:
    loop, now = new_loop(task_count, options), START
    for minutes, (what, sub) in life:
        now += timedelta(minutes=minutes)
        before = loop
        try:
            loop = happen(before, what, sub, now)
        except (WorkerTaskError, ValidationException):
            continue  # refused, and nothing has changed: the value cannot
        check(before, loop, what, sub, now)


@settings(max_examples=examples(300), deadline=None)
@given(task_count=st.integers(1, 3), options=OPTIONS, life=LIVES)
def test_every_life_comes_to_an_end_by_time_alone(
    task_count: int, options: WorkerOptions, life: list[tuple[int, tuple[str, str]]]
) -> None:
    loop, now = new_loop(task_count, options), START
    for minutes, (what, sub) in life:
        now += timedelta(minutes=minutes)
        try:
            loop = happen(loop, what, sub, now)
        except (WorkerTaskError, ValidationException):
            continue
    for _ in range(20):
        if loop.owes is not None:
            paid = {Owed.RENDER: "offer", Owed.OUTPUT: "written", Owed.EVENT: "told"}[loop.owes]
            loop = happen(loop, paid, "", now)
        elif loop.next_due is not None:
            now = max(now, loop.next_due)
            loop = transitions.advance(loop, now)
    assert loop.told
    assert loop.owes is None
    assert loop.next_due is None
    assert now <= START + AVAILABLE + timedelta(minutes=40 * 40)


@settings(max_examples=examples(200), deadline=None)
@given(task_count=st.integers(1, 3), options=OPTIONS, life=LIVES, at=st.integers(0, 400))
def test_time_that_passed_changes_nothing_twice(
    task_count: int, options: WorkerOptions, life: list[tuple[int, tuple[str, str]]], at: int
) -> None:
    loop, now = new_loop(task_count, options), START
    for minutes, (what, sub) in life:
        now += timedelta(minutes=minutes)
        try:
            loop = happen(loop, what, sub, now)
        except (WorkerTaskError, ValidationException):
            continue
    once = transitions.advance(loop, now + timedelta(minutes=at))
    assert transitions.advance(once, now + timedelta(minutes=at)) == once


def test_a_worker_whose_time_ran_out_has_to_accept_again() -> None:
    loop = transitions.offer(new_loop(1), START)
    loop = happen(loop, "accept", "ann", START)
    loop = transitions.advance(loop, START + TIME_LIMIT)
    with pytest.raises(WorkerTaskError, match="accept it again"):
        happen(loop, "answer", "ann", START + TIME_LIMIT)
    loop = happen(loop, "accept", "ann", START + TIME_LIMIT)
    assert happen(loop, "answer", "ann", START + TIME_LIMIT).outcome is HumanLoopStatus.COMPLETED
