"""Tasks of human loops as one reviewer sees them. A task has the name of its loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from a2i_account.dynamodb_loops import DynamoDbLoops
from a2i_account.flow_credentials import FlowCredentials
from a2i_account.given_answers import GivenAnswers
from a2i_core.human_loops import optional_transitions, transitions
from a2i_core.human_loops.errors import (
    NotATeamMember,
    ResourceNotFoundException,
    SlotTaken,
    TaskNotFound,
)
from a2i_core.human_loops.human_loop import HumanLoop, StoredAnswer, Worker
from a2i_core.human_loops.loop_store import Transition
from a2i_core.human_loops.task_list import TaskPage, TaskQuery, task_page
from a2i_core.human_loops.view_keys import with_view_key
from a2i_core.human_loops.worker_task import TaskState, TaskView, answer_content
from a2i_core.s3_uri import S3Uri
from portal.reviewer import Reviewer
from portal.task_html import task_html


@dataclass(frozen=True)
class WorkerTasks:
    """List, show, accept, release, decline, extend and answer tasks; keep drafts.

    Every method raises a WorkerTaskError where reviewer or task do not allow it: NotATeamMember for
    who is in no group of the task's team or was removed, TaskNotFound where the task takes no
    answers, SlotTaken where it is with others, ActionNotAllowed where the flow does not let workers
    do it.
    """

    loops: DynamoDbLoops
    credentials: FlowCredentials
    clock: Callable[[], datetime]

    def list(self, reviewer: Reviewer) -> list[TaskView]:
        """Return the first page's tasks; see `page`."""
        return self.page(reviewer, TaskQuery())[0].tasks

    def page(self, reviewer: Reviewer, query: TaskQuery) -> tuple[TaskPage, int | None]:
        """Return the tasks that the reviewer holds, then those that are free, and how many are.

        The free ones are counted where the page does not have them all.
        """
        sub = reviewer.worker.sub
        if not reviewer.groups or self.loops.is_blocked(sub):
            raise NotATeamMember("you are in no work team: ask its owner to add you")
        teams = reviewer.team_arns(self.loops.scope)
        offered = self.loops.offered_to(teams, after=query.begin, newest=query.newest)
        page = task_page(
            query,
            ((loop, sub) for loop in self._held_by(reviewer)),
            ((loop, sub) for loop in offered),
        )
        waiting = self.loops.offered_count(teams) if page.more and not query.is_narrow else None
        tasks = [replace(task, can_decline=True, can_flag=True) for task in page.tasks]
        return replace(page, tasks=tasks), waiting

    def show(self, name: str, reviewer: Reviewer, *, view_key: str | None = None) -> dict[str, Any]:
        """Return a task that the reviewer holds or could accept, with its HTML.

        `view_key` opens the task's document from now on, if the reviewer holds the task.
        """
        loop, sub = self._find(name, reviewer), reviewer.worker.sub
        if loop.assignment_of(sub) is None:
            transitions.require_free_slot(loop, sub)
        elif view_key:
            loop = self._change(name, partial(with_view_key, sub=sub, key=view_key))
        html = task_html(self.loops, loop, partial(self._link, loop.flow.role_arn))
        return {**_view(loop, sub).to_json(), "html": html}

    def accept(self, name: str, reviewer: Reviewer, *, view_key: str | None = None) -> TaskView:
        """Occupy a slot of the task for its time limit; a repeat changes nothing of that.

        `view_key` opens the task's document from now on.
        """
        self._find(name, reviewer)
        worker, now = reviewer.worker, self.clock()

        def accept(loop: HumanLoop) -> HumanLoop:
            accepted = transitions.accept(loop, worker, now)
            return with_view_key(accepted, worker.sub, view_key) if view_key else accepted

        return _view(self._change(name, accept), worker.sub)

    def release(self, name: str, reviewer: Reviewer) -> TaskView:
        """Give the slot back to the team; nothing happens where the reviewer holds none."""
        self._find(name, reviewer)
        sub = reviewer.worker.sub
        released = self._change(name, partial(transitions.release, sub=sub, now=self.clock()))
        return _view(released, sub, state="available")

    def decline(self, name: str, reviewer: Reviewer, reason: str, comment: str = "") -> TaskView:
        """Give the slot back, and be offered the task no more.

        Args:
            name: Name of the loop.
            reviewer: Who declines.
            reason: Code, which the loop keeps and its end may name.
            comment: Text for those who own the flow, kept in S3 alone. Default: none.
        """
        loop, sub = self._find(name, reviewer), reviewer.worker.sub
        if comment:
            worker_id = reviewer.worker.worker_id
            self.loops.contents.write_comment(loop, worker_id, "declines", comment)
        decline = partial(transitions.decline, sub=sub, reason=reason, now=self.clock())
        return _view(self._change(name, decline), sub, state="available")

    def flag(self, name: str, reviewer: Reviewer, comment: str) -> None:
        """Keep a comment on the task for those who own the flow, in S3 alone; the last one wins.

        Who is in the team may flag a task at any time, answered ones too.
        """
        loop = self._find(name, reviewer, needs_open_task=False)
        self.loops.contents.write_comment(loop, reviewer.worker.worker_id, "flags", comment)

    def extend(self, name: str, reviewer: Reviewer) -> TaskView:
        """Hold the task longer, by the extension that its flow allows."""
        self._find(name, reviewer)
        sub = reviewer.worker.sub
        extend = partial(optional_transitions.extend, sub=sub, now=self.clock())
        return _view(self._change(name, extend), sub)

    def submit(self, name: str, reviewer: Reviewer, answer: Mapping[str, Any]) -> TaskView:
        """Answer the task; it is accepted first if need be. The same answer again is taken.

        Raises TaskTimeLimitExceeded where the reviewer accepted it and the time ran out since.
        """
        worker, content = reviewer.worker, answer_content(answer)
        loop = self._find(name, reviewer, needs_open_task=False)
        place = self.loops.contents.answer_place(loop, worker.worker_id, content)
        given = partial(_answer_once, worker=worker, place=place, now=self.clock())
        if given(loop) is not loop:  # nothing is written for an answer that is refused
            self.loops.contents.write_answer(place, content)
            loop = self._change(name, given)
            answered = loop.answer_of(worker.sub)
            if loop.outcome is None and answered is not None:  # else the stream writes it at once
                self._given.put(loop, answered)
        return _view(loop, worker.sub, state="submitted")

    def undo(self, name: str, reviewer: Reviewer) -> TaskView:
        """Take the answer back: the reviewer holds the task again, with the answer as draft."""
        worker = reviewer.worker
        loop = self._find(name, reviewer, needs_open_task=False)
        undo = partial(optional_transitions.undo, sub=worker.sub, now=self.clock())
        given = loop.answer_of(worker.sub)
        if undo(loop) is not loop and given is not None:
            content = self.loops.contents.read_answer(given)
            self.loops.contents.write_draft(loop, worker.worker_id, content)
            # Before the change: what is missing then is written again with the output file.
            self._given.remove(loop, given)
            loop = self._change(name, undo)
        return _view(loop, worker.sub)

    def read_draft(self, name: str, reviewer: Reviewer) -> dict[str, Any] | None:
        """Return what the reviewer had entered; None where there is nothing."""
        loop = self._find(name, reviewer)
        return self.loops.contents.read_draft(loop, reviewer.worker.worker_id)

    def write_draft(self, name: str, reviewer: Reviewer, answer: Mapping[str, Any]) -> None:
        """Keep what the reviewer, who holds the task, has entered so far."""
        content = answer_content(answer)
        loop = self._find(name, reviewer)
        if loop.assignment_of(reviewer.worker.sub) is None:
            raise SlotTaken("this task is not yours: accept it first")
        self.loops.contents.write_draft(loop, reviewer.worker.worker_id, content)

    @property
    def _given(self) -> GivenAnswers:
        return GivenAnswers(self.loops.dynamodb, self.loops.table)

    def _held_by(self, reviewer: Reviewer) -> Iterator[HumanLoop]:
        teams = reviewer.team_arns(self.loops.scope)
        for loop in self.loops.held_by(reviewer.worker.sub):
            if loop.takes_answers and loop.flow.workteam_arn in teams:
                yield loop

    def _find(self, name: str, reviewer: Reviewer, *, needs_open_task: bool = True) -> HumanLoop:
        """Return the loop of a task that is for one of the reviewer's teams, as it is now."""
        loop, is_blocked = self.loops.find_for(reviewer.worker.sub, name)
        if loop is None:
            raise _no_open_task(name)
        team_arns = reviewer.team_arns(self.loops.scope)
        if is_blocked or loop.flow.workteam_arn not in team_arns:
            raise NotATeamMember("you are not in this task's work team")
        loop = transitions.advance(loop, self.clock())
        if needs_open_task:
            transitions.require_takes_answers(loop)
        return loop

    def _change(self, name: str, transition: Transition) -> HumanLoop:
        """Let time do what it does first: the clock's function may be a minute late."""
        now = self.clock()
        try:
            return self.loops.change(name, lambda loop: transition(transitions.advance(loop, now)))
        except ResourceNotFoundException as error:
            raise _no_open_task(name) from error

    def _link(self, role_arn: str, uri: str) -> str:
        location = S3Uri.parse(uri)
        return self.credentials.read_link(role_arn, location.bucket, location.key)


def _answer_once(
    loop: HumanLoop, *, worker: Worker, place: StoredAnswer, now: datetime
) -> HumanLoop:
    """Take an answer; a repeat, whose first response may have been lost, changes nothing."""
    if any(given.worker.sub == worker.sub and given.content == place for given in loop.answers):
        return loop
    return transitions.answer(loop, worker, place, now)


def _view(loop: HumanLoop, sub: str, *, state: TaskState | None = None) -> TaskView:
    return TaskView.of(loop, sub, state=state, can_decline=True)


def _no_open_task(name: str) -> TaskNotFound:
    return TaskNotFound(f"there is no open task {name}")
