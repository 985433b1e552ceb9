"""Random lives of a flow definition: no pending review is lost, nothing foreign is touched.

A life is a sequence of deployments, reviews, answers and destructions, some under throttling, with
failing definitions, or with the handlers killed before or after any call. CloudFormation's own
reactions (cleaning up, rolling back) are part of every step.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2i_local.service import FaultSettings
from a2i_shared.errors import FlowDefinitionError
from a2i_shared.flow_definitions.retirement import RETIRED_TAG
from flow_definition import creation, is_complete, on_event
from tests.effort import examples
from tests.lambda_src.faults import Fuse, Killed
from tests.lambda_src.flow_stack import FlowStack, ResourceFailed

pytestmark = pytest.mark.soak

FOREIGN = "foreign-99999999-0123456789"
TITLES = st.sampled_from(["A", "B", "C"])
TROUBLE = st.one_of(
    st.just(None),
    st.just(None),
    st.just("throttling"),
    st.just("failing"),
    st.integers(0, 12),  # the moment at which the handler is killed
)
STEPS = st.one_of(
    st.tuples(st.just("deploy"), TITLES, TROUBLE),
    st.tuples(st.just("deploy"), TITLES, TROUBLE),
    st.tuples(st.just("review")),
    st.tuples(st.just("answer")),
    st.tuples(st.just("reconcile"), TROUBLE),
    st.tuples(st.just("destroy"), TROUBLE),
)


@dataclass
class Life:
    stack: FlowStack
    pending: list[str] = field(default_factory=list)
    reviews: int = 0
    killed: bool = False

    def step(self, kind: str, *details: Any) -> None:
        getattr(self, f"_{kind}")(*details)
        self._calm()
        self.check()

    def _deploy(self, title: str, trouble: str | int | None) -> None:
        if self.stack.cloudformation.status == "DELETE_FAILED":
            return  # CloudFormation allows only another deletion
        self._make(trouble)
        with suppress(ResourceFailed):
            self.stack.deploy(self.stack.wanted(TaskTitle=title))

    def _review(self) -> None:
        if self.stack.physical_id is None or self.stack.cloudformation.status == "DELETE_FAILED":
            return  # whether the definition takes any depends on how far the deletion came
        self.reviews += 1
        name = f"loop-{self.reviews}"
        self.stack.start_loop(name)
        self.pending.append(name)

    def _answer(self) -> None:
        if self.pending:
            name = self.pending.pop(0)
            self.stack.a2i.submit(name, {"ok": "yes"})
            assert self.stack.a2i.status(name) == "Completed"

    def _reconcile(self, trouble: str | int | None) -> None:
        """A quarter of an hour later; what a killed run left undone is the next one's."""
        self._make(trouble)
        self.stack.complete_operation()
        self.stack.a2i.advance(timedelta(minutes=15))
        with suppress(FlowDefinitionError, Killed):
            self.stack.draining().drain(lambda _arn: False)

    def _destroy(self, trouble: str | int | None) -> None:
        self._make(trouble)
        with suppress(ResourceFailed):
            self.stack.destroy()

    def _make(self, trouble: str | int | None) -> None:
        if trouble == "throttling":
            self.stack.a2i.inject(FaultSettings(throttling={"*": 0.3}, seed=7))
        elif trouble == "failing":
            self.stack.a2i.inject(FaultSettings(failed_flow_definitions={"*": "a fault"}))
        elif isinstance(trouble, int):
            self.stack.wrap = Fuse(trouble).around
            self.killed = True

    def _calm(self) -> None:
        self.stack.a2i.inject(FaultSettings())
        self.stack.wrap = lambda client: client

    def end(self) -> None:
        """Once all is answered, nothing is left but what the stack still has."""
        while self.pending:
            self._answer()
        for _ in range(3):  # retire what a killed deployment left, delete it, see it gone
            self._reconcile(None)
        left = {name for name in self.stack.names() if self.stack.status(name) != "Failed"}
        assert FOREIGN in left
        assert left <= {
            FOREIGN,
            self.stack.physical_id,
        }  # the latter's deletion may have broken off

    def check(self) -> None:
        stack = self.stack
        assert all(stack.a2i.status(loop) == "InProgress" for loop in self.pending)
        assert stack.status(FOREIGN) == "Active"
        assert RETIRED_TAG not in stack.tags(FOREIGN)
        current = stack.physical_id
        if current is not None and stack.cloudformation.status != "DELETE_FAILED":
            assert stack.status(current) == "Active"
            assert RETIRED_TAG not in stack.tags(current)
        if not self.killed:  # what a killed creation leaves is known to nobody but by its name
            self._check_others(current)

    def _check_others(self, current: str | None) -> None:
        for name in self.stack.names():
            if name not in {FOREIGN, current} and self.stack.status(name) == "Active":
                assert RETIRED_TAG in self.stack.tags(name)


@settings(deadline=None, max_examples=examples(100))
@given(steps=st.lists(STEPS, min_size=10, max_size=30))
def test_no_review_is_lost_and_nothing_foreign_is_touched(steps: list[tuple[Any, ...]]) -> None:
    stack = FlowStack()
    with pytest.MonkeyPatch.context() as patched:
        for handler in (on_event, is_complete):
            patched.setattr(handler, "now", stack.clock.now)
            patched.setattr(handler, "flow_definitions", stack.flow_definitions)
        patched.setattr(is_complete, "flow_roles", stack.flow_roles)
        patched.setattr(creation, "sleep", lambda _seconds: None)
        stack.a2i.create_flow_definition(FOREIGN, "<crowd-form></crowd-form>")
        life = Life(stack)

        for step in steps:
            life.step(*step)
        life.end()

    stack.a2i.close()
