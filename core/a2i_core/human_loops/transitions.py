"""Life of a human loop, from its start to Completed, Failed or Stopped.

Each function takes a loop as it is and returns it as it is afterwards, or raises and changes
nothing. Whoever calls one stores what it returns, and then does what the loop `owes`.
"""

from datetime import datetime, timedelta
from typing import Any

from a2i_core.human_loops.errors import (
    SlotTaken,
    TaskNotFound,
    TaskTimeLimitExceeded,
    ValidationException,
)
from a2i_core.human_loops.human_loop import (
    Answer,
    Assignment,
    Declined,
    FailureCode,
    FlowSnapshot,
    HumanLoop,
    StoredAnswer,
    Worker,
)
from a2i_core.human_loops.scope import Scope
from a2i_core.statuses import HumanLoopStatus

MAX_FAILURE_REASON = 1024
"""Characters of FailureReason in the API."""


def start(
    flow: FlowSnapshot,
    *,
    scope: Scope,
    name: str,
    task_id: str,
    request_digest: str,
    now: datetime,
    rendering: timedelta = timedelta(0),
    review_id: str | None = None,
) -> HumanLoop:
    """Return a new loop, whose task is to be rendered after `rendering`."""
    return HumanLoop(
        scope=scope,
        name=name,
        created_at=now,
        flow=flow,
        task_id=task_id,
        request_digest=request_digest,
        render_at=now + rendering,
        review_id=review_id,
    )


def offer(loop: HumanLoop, now: datetime, *, review_title: str | None = None) -> HumanLoop:
    """Offer the task to the workers: it renders.

    Args:
        loop: In progress.
        now: The moment.
        review_title: Names the review to the workers. Default: its id does.
    """
    if not _waits_for_rendering(loop):
        return loop
    return _settle(loop.changed(rendered=True, review_title=review_title), now)


def fail_rendering(loop: HumanLoop, reason: str) -> HumanLoop:
    """End a loop whose task does not render."""
    if not _waits_for_rendering(loop):
        return loop
    return _fail(loop, FailureCode.VALIDATION_ERROR, reason)


def accept(loop: HumanLoop, worker: Worker, now: datetime) -> HumanLoop:
    """Assign the task to a worker for its time limit, or until its expiry if sooner.

    A repeat changes nothing.

    Raises:
        TaskNotFound: the loop takes no answers.
        SlotTaken: every slot is with another worker, or the worker has answered already.
    """
    require_takes_answers(loop)
    if loop.assignment_of(worker.sub) is not None:
        return loop
    return loop.changed(
        assignments=(*loop.assignments, _assignment(loop, worker, now)),
        lapsed=tuple(sub for sub in loop.lapsed if sub != worker.sub),
        declined=_declined_by_others(loop, worker.sub),
    )


def release(loop: HumanLoop, sub: str, now: datetime) -> HumanLoop:
    """Remove a worker's assignment: the slot is free again, or gone if the loop was stopped.

    Nothing changes for a worker who holds none.

    Raises:
        TaskNotFound: the loop takes no answers.
    """
    require_takes_answers(loop)
    if loop.assignment_of(sub) is None:
        return loop
    return _settle(_without_assignment(loop, sub), now)


def decline(loop: HumanLoop, sub: str, reason: str, now: datetime) -> HumanLoop:
    """Remove a worker's assignment, if there is one, and do not offer the task to them again.

    They may still accept it of their own accord, which takes the decline back. Where the flow
    limits declines, the loop fails with the last of them, or once nobody holds the task any more;
    as at its expiry, answers that it has are not written.

    Raises:
        TaskNotFound: the loop takes no answers.
    """
    require_takes_answers(loop)
    declined = (*_declined_by_others(loop, sub), Declined(sub, reason, now))
    return _settle(_without_assignment(loop, sub, declined=declined), now)


def answer(
    loop: HumanLoop, worker: Worker, content: StoredAnswer | dict[str, Any], now: datetime
) -> HumanLoop:
    """Take a worker's answer; the task is accepted first if need be.

    Raises:
        TaskNotFound: the loop takes no answers.
        SlotTaken: every slot is with another worker, or the worker has answered already.
        TaskTimeLimitExceeded: the worker accepted it, and the time ran out since.
    """
    require_takes_answers(loop)
    if worker.sub in loop.lapsed:
        raise TaskTimeLimitExceeded(
            "the time for this task is over and it went back to the team: accept it again"
        )
    held = loop.assignment_of(worker.sub) or _assignment(loop, worker, now)
    answered = _without_assignment(
        loop,
        worker.sub,
        answers=(*loop.answers, Answer(held.worker, held.accepted_at, now, content)),
        declined=_declined_by_others(loop, worker.sub),
    )
    return _settle(answered, now)


def stop(loop: HumanLoop, now: datetime, *, stopping: timedelta = timedelta(0)) -> HumanLoop:
    """Withdraw the free slots; Stopped when no worker holds the task any more.

    Args:
        loop: In progress.
        now: The moment.
        stopping: How long at least the loop stays in Stopping.

    Raises:
        ValidationException: the loop is not in progress.
    """
    if loop.status is not HumanLoopStatus.IN_PROGRESS:
        raise _wrong_status(loop, "stopped", [HumanLoopStatus.IN_PROGRESS])
    stopped = _withdraw(loop.changed(status=HumanLoopStatus.STOPPING), now)
    if stopped.outcome is not None:
        return stopped.changed(outcome=HumanLoopStatus.STOPPED)
    return stopped.changed(stopping_until=now + stopping)


def withdraw(loop: HumanLoop, now: datetime) -> HumanLoop:
    """Take the task back from the workers who have not opened it: its flow definition goes.

    A loop that nobody has opened is Stopped; another one runs to its end.
    """
    if not loop.is_open:
        return loop
    withdrawn = _withdraw(loop, now)
    if not loop.assignments and not loop.answers:
        return _close(withdrawn, HumanLoopStatus.STOPPED)
    return _settle(withdrawn, now)


def advance(loop: HumanLoop, now: datetime) -> HumanLoop:
    """Do what time alone does: end what expired, take back what was held for too long."""
    if not loop.is_open or loop.outcome is not None:
        return loop
    if now >= loop.expires_at and loop.withdrawn_at is None and not loop.is_complete:
        return _fail(
            loop,
            FailureCode.EXPIRED,
            "The human loop expired: not all workers completed the task within"
            " TaskAvailabilityLifetimeInSeconds",
        )
    if _waits_for_rendering(loop):
        return loop
    over = [assignment for assignment in loop.assignments if assignment.until <= now]
    if over:
        held = tuple(assignment for assignment in loop.assignments if assignment.until > now)
        lapsed = (*loop.lapsed, *(assignment.worker.sub for assignment in over))
        loop = loop.changed(assignments=held, lapsed=lapsed)
    return _settle(loop, now)


def output_written(loop: HumanLoop) -> HumanLoop:
    """End a loop whose answers are in S3."""
    if loop.outcome is None or not loop.is_open:
        return loop
    return _close(loop, loop.outcome, output_written=True)


def output_refused(loop: HumanLoop, reason: str) -> HumanLoop:
    """End a loop whose answers S3 does not take, for the reason given."""
    if loop.outcome is None or not loop.is_open:
        return loop
    reason = f"Failed to write the answers to {loop.output_uri}: {reason}"
    return _fail(loop, FailureCode.VALIDATION_ERROR, reason)


def told(loop: HumanLoop) -> HumanLoop:
    """Note that the event about the loop's end is on its way."""
    return loop.changed(told=True)


def require_takes_answers(loop: HumanLoop) -> None:
    """Raise TaskNotFound unless workers can work on the loop's task."""
    if not loop.takes_answers:
        raise TaskNotFound(f"there is no open task {loop.task_id}")


def require_free_slot(loop: HumanLoop, sub: str) -> None:
    """Raise SlotTaken unless the worker could accept the task."""
    if loop.has_answer_of(sub):
        raise SlotTaken("you have answered this task already: the other answers are for others")
    if loop.free_slots < 1:
        raise SlotTaken("this task is with other workers")


def require_deletable(loop: HumanLoop) -> None:
    """Raise ValidationException unless the loop has ended."""
    if loop.is_open:
        raise _wrong_status(
            loop,
            "deleted",
            [HumanLoopStatus.COMPLETED, HumanLoopStatus.FAILED, HumanLoopStatus.STOPPED],
        )


def _waits_for_rendering(loop: HumanLoop) -> bool:
    return loop.is_open and not loop.rendered and loop.withdrawn_at is None


def _assignment(loop: HumanLoop, worker: Worker, now: datetime) -> Assignment:
    require_free_slot(loop, worker.sub)
    return Assignment(worker, now, min(now + loop.flow.time_limit, loop.expires_at))


def _declined_by_others(loop: HumanLoop, sub: str) -> tuple[Declined, ...]:
    return tuple(declined for declined in loop.declined if declined.sub != sub)


def _without_assignment(loop: HumanLoop, sub: str, **changes: Any) -> HumanLoop:
    held = tuple(assignment for assignment in loop.assignments if assignment.worker.sub != sub)
    return loop.changed(assignments=held, **changes)


def _withdraw(loop: HumanLoop, now: datetime) -> HumanLoop:
    if loop.withdrawn_at is not None:
        return loop
    return loop.changed(withdrawn_at=now, answers_when_withdrawn=len(loop.answers))


def _settle(loop: HumanLoop, now: datetime) -> HumanLoop:
    """Conclude the loop if no further answer is possible."""
    if loop.outcome is not None:
        return loop
    if loop.is_complete:
        final_at = loop.final_at
        return loop if final_at and now < final_at else _conclude(loop, complete=True)
    if loop.assignments:
        return loop
    if loop.withdrawn_at is not None:
        return _conclude(loop, complete=False) if _stopping_is_over(loop, now) else loop
    allowed = loop.flow.options.max_declines
    if allowed and len(loop.declined) >= allowed:
        codes = ", ".join(sorted({declined.reason for declined in loop.declined}))
        reason = f"{len(loop.declined)} workers declined the task: {codes}"
        return _fail(loop, FailureCode.DECLINED, reason)
    return loop


def _stopping_is_over(loop: HumanLoop, now: datetime) -> bool:
    return loop.stopping_until is None or now >= loop.stopping_until


def _conclude(loop: HumanLoop, *, complete: bool) -> HumanLoop:
    """Decide how the loop ends; answers that came after it was stopped are written as well."""
    answered_since = len(loop.answers) > loop.answers_when_withdrawn
    stopped = loop.status is HumanLoopStatus.STOPPING or not complete
    outcome = HumanLoopStatus.STOPPED if stopped else HumanLoopStatus.COMPLETED
    if complete or answered_since:
        return loop.changed(outcome=outcome)
    return _close(loop, outcome)


def _fail(loop: HumanLoop, code: FailureCode, reason: str) -> HumanLoop:
    shown = reason[:MAX_FAILURE_REASON]
    return _close(loop, HumanLoopStatus.FAILED, failure_code=code, failure_reason=shown)


def _close(loop: HumanLoop, status: HumanLoopStatus, **changes: Any) -> HumanLoop:
    return loop.changed(status=status, assignments=(), review_title=None, **changes)


def _wrong_status(
    loop: HumanLoop, verb: str, allowed: list[HumanLoopStatus]
) -> ValidationException:
    return ValidationException(
        f"The human loop {loop.name} is {loop.status}: it can be {verb} when it is"
        f" {' or '.join(allowed)}"
    )
