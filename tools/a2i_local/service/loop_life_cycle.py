"""Life cycle of a human loop, from StartHumanLoop to Completed, Failed or Stopped."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from a2i_core.statuses import HumanLoopStatus
from a2i_local.service.engine import Engine
from a2i_local.service.errors import TaskTimeLimitExceeded
from a2i_local.service.host import HostError
from a2i_local.service.loop_output import output_document
from a2i_local.service.loop_records import (
    Answer,
    Assignment,
    FailureCode,
    HumanLoop,
    LoopInput,
    Worker,
)
from a2i_local.service.records import FlowDefinition
from a2i_local.service.rendering import Renderer, RenderJob, failure_reason
from a2i_local.service.scope import Scope
from a2i_local.service.status_events import StatusEvents
from worker_template import TemplateRenderError

OnClosed = Callable[[Scope, str], None]


class LoopLifeCycle:
    """The only place that changes a human loop. All methods run under the engine's lock."""

    def __init__(self, engine: Engine, renderer: Renderer, events: StatusEvents) -> None:
        self._engine = engine
        self._loops = engine.state.human_loops
        self._inputs = engine.state.loop_inputs
        self._renderer = renderer
        self._events = events
        self._on_closed: list[OnClosed] = []

    def on_closed(self, callback: OnClosed) -> None:
        """Call back with scope and flow definition name whenever a loop is no longer open."""
        self._on_closed.append(callback)

    def resume(self) -> None:
        """Resume the open loops that a restart interrupted."""
        for loop in self._loops:
            if loop.outcome is not None and loop.is_open:
                self._write_output_later(loop)
            elif loop.is_open:
                self._watch(loop, loop.render_at, loop.expires_at)
                self._watch(loop, *(assignment.until for assignment in loop.assignments))
                self._watch_stop(loop)

    def begin(self, loop: HumanLoop, input_content: str) -> None:
        self._inputs.put(LoopInput(loop.task_id, input_content))
        self._loops.put(loop)
        self._watch(loop, loop.render_at, loop.expires_at)

    def accept(self, loop: HumanLoop, worker: Worker, until: datetime) -> None:
        """Assign the task to a worker until the given time, or its expiry if sooner."""
        until = min(until, loop.expires_at)
        loop.assignments.append(Assignment(worker, self._engine.clock.now(), until))
        loop.lapsed = [sub for sub in loop.lapsed if sub != worker.sub]
        self._loops.put(loop)
        self._watch(loop, until)

    def release(self, loop: HumanLoop, sub: str) -> None:
        """Remove a worker's assignment: the slot is free again, or gone if the loop was stopped."""
        loop.assignments = [a for a in loop.assignments if a.worker.sub != sub]
        self._settle(loop, self._engine.clock.now())

    def answer(self, loop: HumanLoop, sub: str, content: dict[str, Any]) -> None:
        """Store a worker's answer; TaskTimeLimitExceeded unless the worker holds the task."""
        assignment = loop.assignment_of(sub)
        if assignment is None:
            raise TaskTimeLimitExceeded("the time for this task is over: accept it again")
        now = self._engine.clock.now()
        loop.assignments.remove(assignment)
        loop.answers.append(Answer(assignment.worker, assignment.accepted_at, now, content))
        self._settle(loop, now)

    def stop(self, loop: HumanLoop) -> None:
        """Withdraw the free slots; Stopped when no worker holds the task any more."""
        now = self._engine.clock.now()
        loop.status = HumanLoopStatus.STOPPING
        _withdraw(loop, now)
        if loop.outcome is not None:
            loop.outcome = HumanLoopStatus.STOPPED
        self._loops.put(loop)
        self._watch_stop(loop)

    def withdraw_all(self, flow: FlowDefinition) -> None:
        """Stop and delete the loops that no worker has opened; the others run to their end."""
        now = self._engine.clock.now()
        for loop in self._loops.open_of_flow(flow.id):
            _withdraw(loop, now)
            unopened = not loop.assignments and not loop.answers
            if unopened:
                self._close(loop, HumanLoopStatus.STOPPED)
                self.forget(loop)
            else:
                self._settle(loop, now)

    def forget_all(self, flow: FlowDefinition) -> None:
        """Delete the closed loops of a flow definition that is gone."""
        for _, name in list(self._loops.of_flow(flow.id)):
            loop = self._loops.find(flow.scope, name)
            if loop is not None:
                self.forget(loop)

    def forget(self, loop: HumanLoop) -> None:
        """Delete a closed loop and its input; its answers stay in S3."""
        self._inputs.remove(self._inputs[loop.task_id])
        self._loops.remove(loop)

    def input_content(self, loop: HumanLoop) -> str:
        return self._inputs[loop.task_id].content

    def rendering(self, loop: HumanLoop) -> Callable[[], str]:
        """Return a function that renders the task's HTML, to be called outside the lock.

        It raises TemplateRenderError with A2I's code and message.
        """
        job = RenderJob(
            self._engine.state.templates[loop.template_sha256].content,
            self.input_content(loop),
            self.flow_of(loop).role_arn,
        )
        return partial(self._renderer.render, job)

    def flow_of(self, loop: HumanLoop) -> FlowDefinition:
        """Return the flow definition of an open loop: it stays as long as the loop is open."""
        flow = self._engine.state.flow_definitions.find(loop.scope, loop.flow_definition_name)
        if flow is None:
            raise LookupError(f"the flow definition of {loop.arn} is gone")
        return flow

    def _watch(self, loop: HumanLoop, *moments: datetime) -> None:
        for moment in moments:
            self._engine.schedule.at(moment, partial(self._advance, loop.task_id))

    def _watch_stop(self, loop: HumanLoop) -> None:
        if loop.withdrawn_at is not None:
            self._watch(loop, loop.withdrawn_at + self._engine.settings.human_loop_stopping)

    def _advance(self, task_id: str, now: datetime) -> None:
        loop = self._loops.by_task(task_id)
        if loop is None or not loop.is_open or loop.outcome is not None:
            return
        if now >= loop.expires_at and loop.withdrawn_at is None:
            self._expire(loop)
            return
        if not loop.rendered and loop.withdrawn_at is None:
            self._engine.after_commit(partial(self._try_rendering, task_id, self.rendering(loop)))
            return
        self._lapse(loop, now)
        self._settle(loop, now)

    def _expire(self, loop: HumanLoop) -> None:
        self._fail(
            loop,
            FailureCode.EXPIRED,
            "The human loop expired: not all workers completed the task within"
            " TaskAvailabilityLifetimeInSeconds",
        )

    def _try_rendering(self, task_id: str, render: Callable[[], str]) -> None:
        """Offer the task to the workers if it renders, fail it if not."""
        failure = None
        try:
            render()
        except TemplateRenderError as error:
            failure = failure_reason(error)
        with self._engine.locked():
            loop = self._loops.by_task(task_id)
            if loop is None or not loop.is_open or loop.rendered or loop.withdrawn_at is not None:
                return
            if failure is not None:
                self._fail(loop, FailureCode.VALIDATION_ERROR, failure)
                return
            loop.rendered = True
            self._settle(loop, self._engine.clock.now())

    def _lapse(self, loop: HumanLoop, now: datetime) -> None:
        """Remove the assignments whose time limit has passed."""
        over = [a for a in loop.assignments if a.until <= now]
        loop.assignments = [a for a in loop.assignments if a.until > now]
        loop.lapsed += [a.worker.sub for a in over]

    def _settle(self, loop: HumanLoop, now: datetime) -> None:
        """Conclude the loop if no further answer is possible."""
        if loop.outcome is not None:
            return
        complete = len(loop.answers) == loop.task_count
        if complete or (loop.withdrawn_at and not loop.assignments and self._stop_over(loop, now)):
            self._conclude(loop, complete=complete)
        else:
            self._loops.put(loop)

    def _stop_over(self, loop: HumanLoop, now: datetime) -> bool:
        if loop.status is not HumanLoopStatus.STOPPING or loop.withdrawn_at is None:
            return True
        return now >= loop.withdrawn_at + self._engine.settings.human_loop_stopping

    def _conclude(self, loop: HumanLoop, *, complete: bool) -> None:
        """End the loop; answers that came after it was stopped are written as well."""
        answered_since = len(loop.answers) > loop.answers_when_withdrawn
        stopped = loop.status is HumanLoopStatus.STOPPING or not complete
        outcome = HumanLoopStatus.STOPPED if stopped else HumanLoopStatus.COMPLETED
        if complete or answered_since:
            loop.outcome = outcome
            self._loops.put(loop)
            self._write_output_later(loop)
        else:
            self._close(loop, outcome)

    def _write_output_later(self, loop: HumanLoop) -> None:
        self._engine.after_commit(partial(self._write_output, loop))

    def _write_output(self, loop: HumanLoop) -> None:
        with self._engine.locked():
            if not loop.is_open:
                return
            flow = self.flow_of(loop)
            body = output_document(loop, self.input_content(loop))
        try:
            self._engine.host.put_object(
                flow.role_arn,
                loop.output_bucket,
                loop.output_key,
                body,
                kms_key_id=flow.output_config.get("KmsKeyId"),
            )
        except HostError as error:
            with self._engine.locked():
                self._fail(
                    loop,
                    FailureCode.VALIDATION_ERROR,
                    f"Failed to write the answers to {loop.output_uri}: {error}",
                )
            return
        with self._engine.locked():
            loop.output_written = True
            self._close(loop, loop.outcome or HumanLoopStatus.COMPLETED)

    def _fail(self, loop: HumanLoop, code: FailureCode, reason: str) -> None:
        loop.failure_code = code
        loop.failure_reason = reason[:1024]
        self._close(loop, HumanLoopStatus.FAILED)

    def _close(self, loop: HumanLoop, status: HumanLoopStatus) -> None:
        loop.status = status
        loop.assignments = []
        self._loops.put(loop)
        self._events.announce(loop)
        for callback in self._on_closed:
            callback(loop.scope, loop.flow_definition_name)


def _withdraw(loop: HumanLoop, now: datetime) -> None:
    if loop.withdrawn_at is None:
        loop.withdrawn_at = now
        loop.answers_when_withdrawn = len(loop.answers)
