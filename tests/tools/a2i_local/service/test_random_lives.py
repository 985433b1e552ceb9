"""Random lives of human loops, with restarts in between: what must hold in every one."""

import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from a2i_local.service import ManualClock, ServiceError, WorkerTaskError
from a2i_local.service.memory_host import MemoryHost
from a2i_local.testing import LocalA2I
from tests.effort import examples

pytestmark = pytest.mark.soak

NAMES = ["loop-a", "loop-b", "loop-c"]
WORKERS = ["worker-1", "worker-2", "worker-3"]
ENDED = {"Completed", "Failed", "Stopped"}
TASK_COUNT = 2
LIFETIME = timedelta(hours=3)


class HumanLoopLives(RuleBasedStateMachine):
    """Workers, callers and restarts in any order. A name is used once, so events can be counted."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.host = MemoryHost()
        self.clock = ManualClock()
        self.a2i = self._open()
        self.flow = self.a2i.create_flow_definition(
            "review",
            "<crowd-form/>",
            task_count=TASK_COUNT,
            TaskAvailabilityLifetimeInSeconds=int(LIFETIME.total_seconds()),
        )
        self.started: set[str] = set()
        self.deleted: set[str] = set()
        self.flow_is_deleted = False

    def _open(self) -> LocalA2I:
        return LocalA2I(clock=self.clock, host=self.host, state_dir=Path(self.folder.name))

    def teardown(self) -> None:
        self.a2i.close()
        self.folder.cleanup()

    def _task(self, name: str) -> str:
        return self.a2i.service.worker_tasks.task_id(
            name, account=self.a2i.account, region=self.a2i.region
        )

    @rule(name=st.sampled_from(NAMES))
    def start(self, name: str) -> None:
        if name in self.deleted:
            return
        try:
            self.a2i.start(name, self.flow, {})
        except ServiceError:
            assert self.flow_is_deleted
        else:
            self.started.add(name)

    @rule(name=st.sampled_from(NAMES), worker=st.sampled_from(WORKERS))
    def accept(self, name: str, worker: str) -> None:
        try:
            self.a2i.service.worker_tasks.accept(self._task(name), worker)
        except WorkerTaskError:
            return

    @rule(name=st.sampled_from(NAMES), worker=st.sampled_from(WORKERS))
    def release(self, name: str, worker: str) -> None:
        try:
            self.a2i.service.worker_tasks.release(self._task(name), worker)
        except WorkerTaskError:
            return

    @rule(name=st.sampled_from(NAMES), worker=st.sampled_from(WORKERS))
    def submit(self, name: str, worker: str) -> None:
        try:
            self.a2i.submit(name, {"by": worker}, worker=worker)
        except WorkerTaskError:
            return

    @rule(name=st.sampled_from(NAMES))
    def stop(self, name: str) -> None:
        try:
            self.a2i.call("StopHumanLoop", HumanLoopName=name)
        except ServiceError:
            return

    @rule(name=st.sampled_from(NAMES))
    def delete(self, name: str) -> None:
        try:
            self.a2i.call("DeleteHumanLoop", HumanLoopName=name)
        except ServiceError:
            return
        self.deleted.add(name)

    @precondition(lambda self: len(self.started) == len(NAMES))
    @rule()
    def delete_flow_definition(self) -> None:
        try:
            self.a2i.call("DeleteFlowDefinition", FlowDefinitionName="review")
        except ServiceError:
            assert self.flow_is_deleted
        self.flow_is_deleted = True

    @rule(minutes=st.integers(1, 70))
    def wait(self, minutes: int) -> None:
        self.a2i.advance(timedelta(minutes=minutes))

    @rule()
    def restart(self) -> None:
        self.a2i.close()
        self.a2i = self._open()
        self.a2i.service.tick()

    def _statuses(self) -> dict[str, str | None]:
        statuses: dict[str, str | None] = {}
        for name in self.started:
            try:
                statuses[name] = self.a2i.status(name)
            except ServiceError:
                statuses[name] = None
        return statuses

    @invariant()
    def a_loop_ends_with_one_event(self) -> None:
        events = Counter(event["detail"]["humanLoopName"] for event in self.a2i.events)
        for name, status in self._statuses().items():
            gone_or_ended = status is None or status in ENDED
            assert events[name] == (1 if gone_or_ended else 0), (name, status)

    @invariant()
    def answers_come_from_different_workers(self) -> None:
        for name, status in self._statuses().items():
            if status != "Completed":
                continue
            workers = [a["answerContent"]["by"] for a in self.a2i.output(name)["humanAnswers"]]
            assert len(workers) == len(set(workers)) == TASK_COUNT

    @invariant()
    def an_event_names_output_if_and_only_if_it_exists(self) -> None:
        written = {f"s3://{self.a2i.bucket}/{key}" for key in self.host.buckets[self.a2i.bucket]}
        named = [event["detail"]["humanLoopOutput"] for event in self.a2i.events]
        assert {output["outputS3Uri"] for output in named if output} == written

    @invariant()
    def nothing_outlives_its_lifetime(self) -> None:
        if not self.started:
            return
        for name, status in self._statuses().items():
            if status == "InProgress":
                loop = self.a2i.call("DescribeHumanLoop", HumanLoopName=name)
                assert self.clock.now() < loop["CreationTime"] + LIFETIME


TestHumanLoopLives = HumanLoopLives.TestCase
TestHumanLoopLives.settings = settings(
    max_examples=examples(25), stateful_step_count=30, deadline=None
)
