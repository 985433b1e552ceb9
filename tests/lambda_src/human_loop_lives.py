"""Lives of human loops in the account, step by step, and what must hold of them."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from a2i_account.given_answers import GivenAnswers
from a2i_core.human_loops.errors import ServiceError, WorkerTaskError
from a2i_core.human_loops.human_loop import HumanLoop
from a2i_core.human_loops.status_event import DETAIL_TYPE
from a2i_core.statuses import HumanLoopStatus
from a2i_shared.errors import EventNotPublishedError
from tests.lambda_src.account_loops import (
    INPUT_BUCKET,
    OUTPUT_BUCKET,
    AccountLoops,
    StreamedDynamoDB,
    create_table,
    reviewer,
)
from tests.lambda_src.fast_clients import FastDynamoDB
from tests.lambda_src.faults import NEVER, Fuse, Killed

NAMES = ["loop-a", "loop-b"]
SUBS = ["ann", "ben", "cem"]
TASK_COUNT = 2
AVAILABLE = timedelta(hours=2)
REFUSALS = (WorkerTaskError, ServiceError, ClientError, EventNotPublishedError)

Incarnation = tuple[str, datetime]


@dataclass
class LaggingDynamoDB(StreamedDynamoDB):
    """DynamoDB whose indexes answer from a copy of the table, while there is one."""

    copy: str | None = None

    def let_indexes_lag(self, table: str) -> None:
        """Have the indexes show from now on what the table holds at this moment."""
        self.let_indexes_catch_up()
        copy = f"{table}-{next(self.numbers)}"
        create_table(self, copy)
        for page in self.get_paginator("scan").paginate(TableName=table):
            for item in page["Items"]:
                FastDynamoDB.put_item(self, TableName=copy, Item=item)
        self.copy = copy

    def let_indexes_catch_up(self) -> None:
        copy, self.copy = self.copy, None
        if copy is not None:
            self.delete_table(TableName=copy)

    def query(self, **parameters: Any) -> Any:
        return super().query(**self._asked(parameters))

    def scan(self, **parameters: Any) -> Any:
        return super().scan(**self._asked(parameters))

    def _asked(self, parameters: dict[str, Any]) -> dict[str, Any]:
        is_late = self.copy is not None and "IndexName" in parameters
        return {**parameters, "TableName": self.copy} if is_late else parameters


@dataclass
class Lives:
    options: dict[str, int] | None = None
    account: AccountLoops = field(default_factory=AccountLoops)
    acknowledged: dict[Incarnation, dict[str, Any]] = field(default_factory=dict)
    """Answers that their workers were told are in."""
    ends: dict[Incarnation, HumanLoop] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.dynamodb = LaggingDynamoDB()
        self.account.dynamodb = self.dynamodb
        self.flow = self.account.create_flow_definition(
            "review",
            task_count=TASK_COUNT,
            TaskAvailabilityLifetimeInSeconds=int(AVAILABLE.total_seconds()),
            TaskTimeLimitInSeconds=1800,
            WorkerOptions=self.options,
        )

    def step(self, action: tuple[Any, ...], moment: int | None, overtaking: Any) -> None:
        """Do one thing; at `moment` it is killed, or overtaken by another one."""
        self.account.clock.advance(timedelta(seconds=1))
        fuse = Fuse()
        if moment is not None and overtaking is None:
            fuse = Fuse(moment)
        elif moment is not None:
            fuse = Fuse(moment, lambda: self._try(overtaking, Fuse()))
        self._try(action, fuse)
        self.observe()

    def _try(self, action: tuple[Any, ...], fuse: Fuse) -> None:
        with suppress(Killed, *REFUSALS):
            kind, *arguments = action
            getattr(self, f"_{kind.replace(' ', '_')}")(fuse, *arguments)

    def _start(self, fuse: Fuse, name: str, text: str = "a") -> None:
        self.asked.add(name)
        self.account.runtime(fuse.around).start_human_loop(
            HumanLoopName=name,
            FlowDefinitionArn=self.flow,
            HumanLoopInput={"InputContent": json.dumps({"text": text})},
        )

    def _start_other(self, fuse: Fuse, name: str) -> None:
        self._start(fuse, name, "b")

    def _stop(self, fuse: Fuse, name: str) -> None:
        self.account.runtime(fuse.around).stop_human_loop(HumanLoopName=name)

    def _delete(self, fuse: Fuse, name: str) -> None:
        self.account.runtime(fuse.around).delete_human_loop(HumanLoopName=name)

    def _list_loops(self, fuse: Fuse, _name: str) -> None:
        listed = self.account.runtime(fuse.around).list_human_loops(FlowDefinitionArn=self.flow)
        for loop in listed["HumanLoopSummaries"]:
            assert loop["HumanLoopName"] in self.asked

    def _accept(self, fuse: Fuse, name: str, sub: str) -> None:
        self.account.tasks(fuse.around).accept(name, reviewer(sub))

    def _take(self, fuse: Fuse, _name: str, sub: str) -> None:
        """Accept what is listed first: the index may be late, and the list is not."""
        nothing_intervenes = fuse.moments == NEVER
        tasks = self.account.tasks(fuse.around)
        listed = tasks.list(reviewer(sub))
        if nothing_intervenes:
            for task in listed:
                loop = self.account.loop(task.id)
                assert loop is not None, "a loop that is gone is listed"
                assert loop.takes_answers
                assert (loop.free_slots > 0) or loop.assignment_of(sub) is not None
        if listed:
            tasks.accept(listed[0].id, reviewer(sub))

    def _release(self, fuse: Fuse, name: str, sub: str) -> None:
        self.account.tasks(fuse.around).release(name, reviewer(sub))

    def _decline(self, fuse: Fuse, name: str, sub: str) -> None:
        self.account.tasks(fuse.around).decline(name, reviewer(sub), "Unreadable")

    def _draft(self, fuse: Fuse, name: str, sub: str) -> None:
        self.account.tasks(fuse.around).write_draft(name, reviewer(sub), {"half": sub})

    def _submit(self, fuse: Fuse, name: str, sub: str) -> None:
        content = {"by": sub, "at": self.account.clock.now().isoformat()}
        self.account.tasks(fuse.around).submit(name, reviewer(sub), content)
        loop = self.account.loop(name)
        assert loop is not None, "a loop that has just been answered is not deleted"
        self.acknowledged.setdefault((name, loop.created_at), {})[sub] = content

    def _extend(self, fuse: Fuse, name: str, sub: str) -> None:
        self.account.tasks(fuse.around).extend(name, reviewer(sub))

    def _undo(self, fuse: Fuse, name: str, sub: str) -> None:
        """Whoever asks to take an answer back, killed or not, does not count on it any more."""
        loop = self.account.loop(name)
        if loop is not None and loop.is_open:
            self.acknowledged.get((name, loop.created_at), {}).pop(sub, None)
        had_answered = loop is not None and loop.answer_of(sub) is not None
        self.account.tasks(fuse.around).undo(name, reviewer(sub))
        if had_answered:
            assert self.account.tasks().read_draft(name, reviewer(sub)) is not None

    def _deliver(self, fuse: Fuse, index: int, *, again: bool = False) -> None:
        records = self.account.dynamodb.records
        if index >= len(records):
            return
        record = records[index]
        self.account.debts(fuse.around).pay(record["dynamodb"]["Keys"]["pk"]["S"][5:])
        if not again and record in records:
            records.remove(record)

    def _deliver_twice(self, fuse: Fuse, index: int) -> None:
        self._deliver(fuse, index, again=True)

    def _lose(self, _fuse: Fuse, index: int) -> None:
        del self.account.dynamodb.records[index : index + 1]

    def _wait(self, fuse: Fuse, minutes: int) -> None:
        self.account.clock.advance(timedelta(minutes=minutes))
        self._tick(fuse)

    def _tick(self, fuse: Fuse) -> None:
        nothing_intervenes = fuse.moments == NEVER
        try:
            self.account.tick(fuse.around)
        except REFUSALS as error:
            if nothing_intervenes:
                raise AssertionError("the clock stopped") from error
            raise

    def _stale(self, _fuse: Fuse, lags: bool) -> None:  # noqa: FBT001  # drawn
        if lags:
            self.dynamodb.let_indexes_lag(self.account.table)
        else:
            self.dynamodb.let_indexes_catch_up()

    def observe(self) -> None:
        """Hold each loop to what must be true at any moment."""
        for name in NAMES:
            loop = self.account.loop(name)
            if loop is None:
                continue
            workers = [answer.worker.sub for answer in loop.answers]
            workers += [assignment.worker.sub for assignment in loop.assignments]
            assert len(workers) == len(set(workers)) <= TASK_COUNT
            acknowledged = self.acknowledged.get((name, loop.created_at), {})
            assert acknowledged.keys() <= {answer.worker.sub for answer in loop.answers}
            if loop.is_open:
                continue
            ended = self.ends.setdefault((name, loop.created_at), loop)
            assert (loop.status, loop.answers) == (ended.status, ended.answers)

    def settle(self) -> None:
        """Ask once more for what there is not, and let time pass until all has ended."""
        self._stale(Fuse(), False)  # noqa: FBT003  # as drawn
        for name in sorted(self.asked):
            if self.account.loop(name) is None:
                self._try(("start", name), Fuse())
        for _ in range(4):
            self.account.advance(AVAILABLE)
            self.account.deliver()
            self.observe()


def check_one_story(lives: Lives) -> None:
    account = lives.account
    told: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for detail in account.eventbridge.details(DETAIL_TYPE):
        told.setdefault((detail["humanLoopName"], detail["creationTime"]), []).append(detail)
    for details in told.values():
        assert all(detail == details[0] for detail in details), "repeated events are the same"

    for name in NAMES:
        loop = account.loop(name)
        assert loop is None or (not loop.is_open and loop.told)
        assert (loop is not None) is (name in lives.asked)

    for (name, created_at), loop in lives.ends.items():
        moment = created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        (detail, *_) = told[name, moment]
        assert detail["humanLoopStatus"] == loop.status
        written = account.s3.objects.get((OUTPUT_BUCKET, loop.output_key))
        if detail["humanLoopOutput"] is None:
            assert loop.status is not HumanLoopStatus.COMPLETED
            continue
        assert written is not None
        answers = json.loads(written)["humanAnswers"]
        subs = [a["workerMetadata"]["identityData"]["sub"] for a in answers]
        assert subs == [answer.worker.sub for answer in loop.answers]
        for sub, content in lives.acknowledged.get((name, created_at), {}).items():
            assert answers[subs.index(sub)]["answerContent"] == content
        for answer in loop.answers:
            dynamodb: Any = account.dynamodb
            noted = GivenAnswers(dynamodb, account.table).since(
                answer.worker.sub, answer.submitted_at
            )
            assert (name, answer.submitted_at) in {(each.loop_name, each.at) for each in noted}


def check_nothing_is_left(lives: Lives) -> None:
    for name in NAMES:
        if lives.account.loop(name) is not None:
            lives.account.runtime().delete_human_loop(HumanLoopName=name)
    left = [item for item in lives.account.items() if "collectAt" not in item]
    assert {item["pk"]["S"].partition("#")[0] for item in left} == {"FLOWS", "UIS", "TEMPLATE"}
    assert [key for bucket, key in lives.account.s3.objects if bucket == INPUT_BUCKET] == []
