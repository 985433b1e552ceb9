"""Transitions that only flows with worker options have: more time, and an answer taken back."""

from dataclasses import replace
from datetime import datetime

from a2i_core.human_loops.errors import ActionNotAllowed, SlotTaken
from a2i_core.human_loops.human_loop import Assignment, HumanLoop
from a2i_core.human_loops.transitions import require_takes_answers


def extend(loop: HumanLoop, sub: str, now: datetime) -> HumanLoop:
    """Let a worker hold the task longer: by the flow's extension, or until the loop's expiry.

    Raises:
        TaskNotFound: the loop takes no answers.
        SlotTaken: the worker does not hold the task.
        ActionNotAllowed: the flow has no extensions, or none is left.
    """
    require_takes_answers(loop)
    held = loop.assignment_of(sub)
    if held is None or held.until <= now:
        raise SlotTaken("this task is not yours: accept it first")
    if loop.extensions_left(held) < 1:
        raise ActionNotAllowed("this task can be held no longer: answer it, or release it")
    until = min(held.until + loop.flow.options.extension, loop.expires_at)
    longer = replace(held, until=until, extensions=held.extensions + 1)
    return loop.changed(
        assignments=tuple(longer if each is held else each for each in loop.assignments)
    )


def undo(loop: HumanLoop, sub: str, now: datetime) -> HumanLoop:
    """Take a worker's answer back: the task is theirs again, for its time limit.

    The time of the first acceptance stays, so that the time spent covers all of the work. Nothing
    changes for a worker who holds the task already.

    Raises:
        ActionNotAllowed: there is no answer of the worker, or it can no longer be taken back.
    """
    if loop.assignment_of(sub) is not None:
        return loop
    given = loop.answer_of(sub)
    until = None if given is None else loop.undo_until(given)
    if given is None or until is None or now >= until:
        raise ActionNotAllowed("this answer can no longer be taken back")
    again = Assignment(
        given.worker, given.accepted_at, min(now + loop.flow.time_limit, loop.expires_at)
    )
    return loop.changed(
        answers=tuple(answer for answer in loop.answers if answer is not given),
        assignments=(*loop.assignments, again),
    )
