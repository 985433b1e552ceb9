"""Human loops as the service keeps them: every change stored, and followed by what it owes."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import cast

from a2i_core.human_loops import transitions
from a2i_core.human_loops.human_loop import HumanLoop, Owed
from a2i_core.human_loops.loop_store import Transition
from a2i_core.human_loops.output_document import output_document
from a2i_core.human_loops.scope import Scope
from a2i_local.service.engine import Engine
from a2i_local.service.host import HostError
from a2i_local.service.loop_records import LoopInput
from a2i_local.service.records import FlowDefinition
from a2i_local.service.rendering import Renderer, RenderJob
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
            self._follow(loop, before=None)

    def begin(self, loop: HumanLoop, input_content: str) -> None:
        self._inputs.put(LoopInput(loop.task_id, input_content))
        self._loops.put(loop)
        self._follow(loop, before=None)

    def change(self, loop: HumanLoop, transition: Transition) -> HumanLoop:
        """Store what the transition makes of the loop, and return it."""
        changed = transition(loop)
        if changed is loop:
            return loop
        ends = changed.owes is Owed.EVENT
        if ends:
            changed = transitions.told(changed)
        self._loops.put(changed)
        self._follow(changed, before=loop)
        if ends:
            self._tell(changed)
        return changed

    def withdraw_all(self, flow: FlowDefinition) -> None:
        """Stop and delete the loops that no worker has opened; the others run to their end."""
        withdraw = partial(transitions.withdraw, now=self._engine.clock.now())
        for loop in self._loops.open_of_flow(flow.id):
            withdrawn = self.change(loop, withdraw)
            if not loop.assignments and not loop.answers:
                self.forget(withdrawn)

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

    def rendering(self, loop: HumanLoop) -> Callable[[], str]:
        """Return a function that renders the task's HTML, to be called outside the lock.

        It raises TemplateRenderError with A2I's code and message.
        """
        job = RenderJob(
            self._engine.state.templates[loop.flow.template_sha256].content,
            self._inputs[loop.task_id].content,
            loop.flow.role_arn,
        )
        return partial(self._renderer.render, job)

    def _follow(self, loop: HumanLoop, *, before: HumanLoop | None) -> None:
        """Do what a change brings about: what the loop owes, and what becomes due."""
        due = loop.next_due
        if due is not None:
            self._engine.schedule.at(due, partial(self._advance, loop.task_id))
        if loop.owes is Owed.OUTPUT and (before is None or before.owes is not Owed.OUTPUT):
            self._engine.after_commit(partial(self._write_output, loop.task_id))

    def _tell(self, loop: HumanLoop) -> None:
        """Tell whoever waits for the end of a loop; the event is stored with the loop."""
        self._events.announce(loop)
        for callback in self._on_closed:
            callback(loop.scope, loop.flow.name)

    def _advance(self, task_id: str, now: datetime) -> None:
        loop = self._loops.by_task(task_id)
        if loop is None:
            return
        advanced = self.change(loop, partial(transitions.advance, now=now))
        if advanced.owes is Owed.RENDER and now >= advanced.render_at:
            self._engine.after_commit(
                partial(self._try_rendering, task_id, self.rendering(advanced))
            )

    def _try_rendering(self, task_id: str, render: Callable[[], str]) -> None:
        """Offer the task to the workers if it renders, fail it if not."""
        try:
            render()
        except TemplateRenderError as error:
            self._change_later(
                task_id, partial(transitions.fail_rendering, reason=error.failure_reason)
            )
        else:
            self._change_later(
                task_id, lambda loop: transitions.offer(loop, self._engine.clock.now())
            )

    def _write_output(self, task_id: str) -> None:
        with self._engine.locked():
            loop = self._loops.by_task(task_id)
            if loop is None or loop.owes is not Owed.OUTPUT:
                return
            contents = [cast("dict[str, object]", answer.content) for answer in loop.answers]
            body = output_document(loop, self._inputs[task_id].content, contents)
        try:
            self._engine.host.put_object(
                loop.flow.role_arn,
                loop.flow.output_bucket,
                loop.output_key,
                body,
                kms_key_id=loop.flow.output_kms_key_id,
            )
        except HostError as error:
            refused = partial(transitions.output_refused, reason=str(error))
            self._change_later(task_id, refused)
        else:
            self._change_later(task_id, transitions.output_written)

    def _change_later(self, task_id: str, transition: Transition) -> None:
        """Change a loop after work outside the lock, if it is still there."""
        with self._engine.locked():
            loop = self._loops.by_task(task_id)
            if loop is not None:
                self.change(loop, transition)
