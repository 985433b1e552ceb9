"""View keys open a task for who holds it, for as long as they do."""

from datetime import UTC, datetime, timedelta

from a2i_core.human_loops import transitions
from a2i_core.human_loops.human_loop import FlowSnapshot, HumanLoop, Worker
from a2i_core.human_loops.scope import Scope
from a2i_core.human_loops.view_keys import (
    KEPT,
    assignment_of_key,
    new_view_key,
    with_view_key,
)

NOW = datetime(2026, 11, 29, tzinfo=UTC)
ANN, BOB = (Worker(sub, sub, "issuer") for sub in ("ann", "bob"))
FLOW = FlowSnapshot(
    definition_id="d",
    name="d",
    workteam_arn="team",
    role_arn="role",
    task_title="title",
    task_description="description",
    task_count=2,
    availability=timedelta(days=1),
    time_limit=timedelta(hours=1),
    template_sha256="0",
    output_bucket="bucket",
    output_prefix="prefix",
)


def held_loop() -> HumanLoop:
    """A loop that Ann and Bob hold."""
    loop = transitions.start(
        FLOW, scope=Scope("1", "r"), name="loop", task_id="loop", request_digest="0", now=NOW
    )
    loop = transitions.offer(loop, NOW)
    for worker in (ANN, BOB):
        loop = transitions.accept(loop, worker, NOW)
    return loop


def test_a_key_leads_to_the_assignment_that_it_was_given_for() -> None:
    ann, bob = new_view_key(), new_view_key()
    loop = with_view_key(with_view_key(held_loop(), "ann", ann), "bob", bob)
    found = [assignment_of_key(loop, key) for key in (ann, bob)]
    assert [each and each.worker for each in found] == [ANN, BOB]
    for forged in ("", ann[:-1], ann + "A", new_view_key()):
        assert assignment_of_key(loop, forged) is None
    assert assignment_of_key(held_loop(), ann) is None


def test_the_loop_does_not_hold_the_key_itself() -> None:
    key = new_view_key()
    assert key not in repr(with_view_key(held_loop(), "ann", key))


def test_as_many_windows_as_are_kept_show_a_task() -> None:
    keys = [new_view_key() for _ in range(KEPT + 1)]
    loop = held_loop()
    for key in keys:
        loop = with_view_key(loop, "ann", key)
    assert [assignment_of_key(loop, key) is not None for key in keys] == [False] + [True] * KEPT


def test_who_holds_nothing_gets_no_key() -> None:
    loop = transitions.release(held_loop(), "ann", NOW)
    assert with_view_key(loop, "ann", new_view_key()) is loop


def test_a_key_ends_with_the_assignment() -> None:
    key = new_view_key()
    loop = with_view_key(held_loop(), "ann", key)
    ended = [
        transitions.release(loop, "ann", NOW),
        transitions.decline(loop, "ann", "Unreadable", NOW),
        transitions.answer(loop, ANN, {}, NOW),
        transitions.advance(loop, NOW + timedelta(hours=1)),
        transitions.advance(loop, NOW + timedelta(days=1)),
    ]
    assert [assignment_of_key(each, key) for each in ended] == [None] * len(ended)
    again = transitions.accept(ended[0], ANN, NOW)
    assert assignment_of_key(again, key) is None
