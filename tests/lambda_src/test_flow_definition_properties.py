"""Random lives of a stack: no pending review is lost, nothing foreign is touched, nothing stays.

A life is a sequence of deployments, reviews in every state, reconciliations and destructions. Any
operation may meet trouble: throttling, slow or failing definitions, a denied call, a lost response,
a function that dies at any moment, requests that arrive twice. What CloudFormation does about it
(cleaning up, rolling back, forgetting) is part of each step.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from a2i_core.human_loops.errors import SlotTaken
from a2i_shared import aws_clients
from a2i_shared.errors import FlowDefinitionError
from a2i_shared.flow_definitions.retirement import RETIRED_TAG
from flow_definition import creation, is_complete, on_event
from tests.effort import IS_SOAK, examples
from tests.lambda_src.faults import Killed
from tests.lambda_src.flow_stack import ResourceFailed
from tests.lambda_src.retaining_stack import FOREIGN_TEAM, RetainingStack, Template
from tests.lambda_src.troubles import REPEATED, TROUBLE, Trouble, calm, meet

pytestmark = pytest.mark.soak

STEPS_OF_A_LIFE = 30
LIVES, STEPS = (500, 10_000) if IS_SOAK else (examples(88), examples(2_000))
"""What is drawn, and how many steps it comes to at least: lives with much to draw are cut short."""

FOREIGN = "foreign-99999999-0123456789"
WORKERS = ("worker-1", "worker-2")
LONGEST_TASK = timedelta(hours=1)
LONGEST_DELETION = timedelta(hours=3)
TEMPLATES = st.builds(
    Template,
    title=st.sampled_from(["A", "B"]),
    task_count=st.sampled_from([1, 2]),
    team=st.sampled_from(["readers", "experts"]),
)


class Life(RuleBasedStateMachine):
    steps: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self._patched = pytest.MonkeyPatch()
        self.stack = RetainingStack()
        for handler in (on_event, is_complete):
            self._patched.setattr(handler, "now", self.stack.clock.now)
            self._patched.setattr(handler, "flow_definitions", self.stack.flow_definitions)
        for name, client in (
            ("sagemaker", self.stack.sagemaker),
            ("a2i_runtime", self.stack.runtime),
            ("cloudformation", self.stack.cloudformation),
        ):
            self._patched.setattr(aws_clients, name, partial(self._wrapped, client))
        self._patched.setattr(creation, "sleep", lambda _seconds: None)
        self.stack.a2i.create_flow_definition(FOREIGN, "<crowd-form></crowd-form>")
        self.answered: dict[str, set[str]] = {}
        """The pending loops, and who has answered them."""
        self.reviews = 0
        self.troubled = False
        type(self).steps -= 1  # the first look is before the first step

    @property
    def is_destroying(self) -> bool:
        return self.stack.cloudformation.status == "DELETE_FAILED"

    @rule(template=TEMPLATES, trouble=TROUBLE)
    @precondition(lambda self: not self.is_destroying)  # CloudFormation allows only another one
    def deploy(self, template: Template, trouble: Trouble) -> None:
        self._meet(trouble)
        with suppress(ResourceFailed):
            self.stack.apply(template)
        self._calm()

    @rule()
    @precondition(lambda self: self.stack.physical_id and not self.is_destroying)
    def review(self) -> None:
        name = self._start({"text": "Is it so?"})
        self.answered[name] = set()

    @rule()
    @precondition(lambda self: self.stack.physical_id and not self.is_destroying)
    def review_what_cannot_be_shown(self) -> None:
        name = self._start({"text": "Is it so?", "image": "nowhere"})
        assert self.stack.a2i.status(name) == "Failed"

    @rule(number=st.integers(0, 9), worker=st.sampled_from(WORKERS))
    @precondition(lambda self: self.answered)
    def open_task(self, number: int, worker: str) -> None:
        name = [*self.answered][number % len(self.answered)]
        if worker not in self.answered[name]:
            with suppress(SlotTaken):
                self._open_task(name, worker)

    @rule(number=st.integers(0, 9), worker=st.sampled_from(WORKERS))
    @precondition(lambda self: self.answered)
    def answer(self, number: int, worker: str) -> None:
        name = [*self.answered][number % len(self.answered)]
        if worker not in self.answered[name]:
            with suppress(SlotTaken):  # somebody else has the task open
                self._answer(name, worker)

    @rule(number=st.integers(0, 9))
    @precondition(lambda self: self.answered)
    def stop(self, number: int) -> None:
        name = [*self.answered][number % len(self.answered)]
        self.stack.a2i.call("StopHumanLoop", HumanLoopName=name)
        del self.answered[name]

    @rule()
    def expire(self) -> None:
        """Longer than any task may wait."""
        self.stack.a2i.advance(timedelta(days=11))
        for name in self.answered:
            loop = self.stack.a2i.call("DescribeHumanLoop", HumanLoopName=name)
            assert (loop["HumanLoopStatus"], loop["FailureCode"]) == ("Failed", "Expired")
        self.answered.clear()

    @rule(trouble=TROUBLE)
    def reconcile(self, trouble: Trouble) -> None:
        """A quarter of an hour later; what a broken run left undone is the next one's."""
        self._meet(trouble)
        self.stack.complete_operation()
        self.stack.a2i.advance(timedelta(minutes=15))
        draining = self.stack.draining()
        with suppress(FlowDefinitionError, Killed):
            draining.drain(lambda _arn: False)
        self._calm()

    @rule(trouble=TROUBLE)
    def destroy(self, trouble: Trouble) -> None:
        self._meet(trouble)
        with suppress(ResourceFailed, FlowDefinitionError, Killed):
            self.stack.destroy_guarded()
        self._calm()

    @invariant()
    def count_step(self) -> None:
        type(self).steps += 1

    @invariant()
    def no_pending_review_is_lost(self) -> None:
        for name in self.answered:
            assert self.stack.a2i.status(name) == "InProgress"

    @invariant()
    def nothing_foreign_is_touched(self) -> None:
        assert self.stack.status(FOREIGN) == "Active"
        assert RETIRED_TAG not in self.stack.tags(FOREIGN)
        assert {"reviewers", FOREIGN_TEAM} <= {arn.split("/")[-1] for arn in self.stack.teams()}

    @invariant()
    def the_current_definition_works(self) -> None:
        current = self.stack.physical_id
        if current is not None and not self.is_destroying:
            assert self.stack.status(current) == "Active"
            assert RETIRED_TAG not in self.stack.tags(current)
            assert self.stack.team
            assert self.stack.team.arn in self.stack.teams()

    @invariant()
    def what_pending_reviews_need_is_there(self) -> None:
        kept = self.stack.teams()
        for definition in {self._definition_of(name) for name in self.answered}:
            described = self.stack.a2i.call("DescribeFlowDefinition", FlowDefinitionName=definition)
            assert described["HumanLoopConfig"]["WorkteamArn"] in kept

    @invariant()
    def others_are_retired(self) -> None:
        """What a broken operation leaves is known to nobody but by its name."""
        for name in self._own_definitions():
            if name == self.stack.physical_id or self.troubled:
                continue
            if self.stack.status(name) == "Active":
                assert RETIRED_TAG in self.stack.tags(name)

    def teardown(self) -> None:
        """Once all is answered, nothing of ours is left but what the stack still has."""
        try:
            self._end()
        finally:
            self.stack.a2i.close()
            self._patched.undo()

    def _end(self) -> None:
        self.stack.a2i.advance(LONGEST_TASK)
        for name, answered in [*self.answered.items()]:
            for worker in WORKERS:
                if name in self.answered and worker not in answered:
                    self._answer(name, worker)
        self.stack.a2i.advance(LONGEST_DELETION)
        for _ in range(3):  # retire what a broken deployment left, delete it, see it gone
            self.reconcile(None)
        current = self.stack.physical_id
        assert self._own_definitions() <= (
            {current} if current else set()
        )  # its deletion may have broken off
        own = {self.stack.team.arn} if self.stack.team else set()
        others = {self.stack.a2i.workteam_arn.replace("reviewers", FOREIGN_TEAM)}
        others.add(self.stack.a2i.workteam_arn)
        assert self.stack.teams() - others == own | self.stack.leftover_teams

    def _own_definitions(self) -> set[str]:
        """Those that failed stay: the service does not delete them, and they do nothing."""
        names = set(self.stack.names()) - {FOREIGN}
        return {name for name in names if self.stack.status(name) != "Failed"}

    def _wrapped(self, client: Any) -> Any:
        return self.stack.wrap(client)

    def _start(self, task_input: dict[str, str]) -> str:
        self.reviews += 1
        name = f"loop-{self.reviews}"
        self.stack.a2i.start(name, self.stack.attributes["FlowDefinitionArn"], task_input)
        return name

    def _definition_of(self, name: str) -> str:
        loop = self.stack.a2i.call("DescribeHumanLoop", HumanLoopName=name)
        return str(loop["FlowDefinitionArn"].rpartition("/")[2])

    def _open_task(self, name: str, worker: str) -> None:
        a2i = self.stack.a2i
        tasks = a2i.service.worker_tasks
        tasks.accept(tasks.task_id(name, account=a2i.account, region=a2i.region), worker)

    def _answer(self, name: str, worker: str) -> None:
        self._open_task(name, worker)  # once more, where the time for it was over
        self.stack.a2i.submit(name, {"ok": "yes"}, worker=worker)
        self.answered[name].add(worker)
        if self.stack.a2i.status(name) == "Completed":
            assert self.stack.a2i.output(name)["humanAnswers"]
            del self.answered[name]

    def _meet(self, trouble: Trouble) -> None:
        self.troubled |= trouble not in (None, REPEATED)
        meet(self.stack, trouble)

    def _calm(self) -> None:
        calm(self.stack)


def test_random_lives_lose_no_review_touch_nothing_foreign_and_leave_nothing() -> None:
    """In `make test` the same lives every time, in `make soak` others in each run."""
    Life.steps = 0
    run_state_machine_as_test(
        Life,
        settings=settings(
            deadline=None,
            derandomize=not IS_SOAK,
            max_examples=LIVES,
            stateful_step_count=STEPS_OF_A_LIFE,
        ),
    )
    assert Life.steps >= STEPS
