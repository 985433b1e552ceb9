"""Worker tasks in memory: the portal's tests set time, team and slots by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from a2i_core.human_loops.errors import (
    NotATeamMember,
    ObjectNotFound,
    SlotTaken,
    TaskNotFound,
    TaskTimeLimitExceeded,
)
from a2i_core.human_loops.instants import iso_milliseconds
from a2i_core.human_loops.task_list import TaskPage, TaskQuery
from a2i_core.human_loops.worker_task import MAX_LISTED, TaskState, TaskView
from a2i_local.service.errors import NotAuthorized
from a2i_local.service.host import Credentials
from a2i_local.service.reviewers import Reviewer

FLOW = "arn:aws:sagemaker:eu-west-1:111122223333:flow-definition/"


@dataclass
class MemoryTask(TaskView):
    """A task with `slots` free places, and its HTML."""

    id: str = "t-1"
    html: str = "<p>task</p>"
    title: str = "Check the sentiment"
    description: str = "Confirm or correct what the model found"
    keywords: Sequence[str] = ("text",)
    human_loop_name: str = "sentiment-0001"
    flow_definition_arn: str = FLOW + "sentiment-1a2b3c4d-0123456789"
    created_at: datetime = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    time_limit_seconds: int = 3600
    slots: int = 1
    state: TaskState = "available"
    accepted_until: datetime | None = None
    expires_at: datetime = datetime(2126, 11, 22, 9, 0, tzinfo=UTC)
    review_id: str | None = None


@dataclass
class StoredBytes:
    body: bytes
    content_type: str


@dataclass
class MemoryTasks:
    """`answers` holds what was submitted, by task and worker."""

    team: frozenset[str] = frozenset({"ann", "ben"})
    tasks: dict[str, MemoryTask] = field(default_factory=dict)
    objects: dict[str, StoredBytes] = field(default_factory=dict)
    holders: dict[str, dict[str, datetime]] = field(default_factory=dict)
    answers: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)

    def add(self, task: MemoryTask) -> MemoryTask:
        self.tasks[task.id] = task
        self.holders[task.id] = {}
        self.answers[task.id] = {}
        return task

    def let_time_run_out(self, task_id: str, worker: str) -> None:
        self.holders[task_id][worker] = datetime.now(UTC) - timedelta(seconds=1)

    def page(self, reviewer: Reviewer, query: TaskQuery) -> tuple[TaskPage, int]:
        worker = self._member(reviewer)
        tasks: list[TaskView] = [
            self._view(task, worker) for task in self.tasks.values() if self._open(task, worker)
        ]
        place = _end if query.order == "ending" else _position
        found: list[TaskView] = sorted(
            filter(query.matches, tasks), key=place, reverse=query.newest
        )
        if query.after:
            found = found[[place(task) for task in found].index(query.after) + 1 :]
        more = place(found[MAX_LISTED - 1]) if len(found) > MAX_LISTED else None
        return TaskPage(found[:MAX_LISTED], more), len(tasks)

    def answered_today(self, reviewer: Reviewer) -> int:
        worker = self._member(reviewer)
        return sum(worker in answered for answered in self.answers.values())

    def show(self, task_id: str, reviewer: Reviewer) -> MemoryTask:
        return self._view(self._find(task_id, reviewer), reviewer.name)

    def accept(self, task_id: str, reviewer: Reviewer) -> MemoryTask:
        task, worker = self._find(task_id, reviewer), reviewer.name
        if not self._open(task, worker):
            raise SlotTaken("another reviewer has taken this task")
        until = datetime.now(UTC) + timedelta(seconds=task.time_limit_seconds)
        self._active(task_id).setdefault(worker, until)
        self.holders[task_id].setdefault(worker, until)
        return self._view(task, worker)

    def release(self, task_id: str, reviewer: Reviewer) -> MemoryTask:
        task, worker = self._find(task_id, reviewer), reviewer.name
        self.holders[task_id].pop(worker, None)
        return self._view(task, worker)

    def submit(
        self, task_id: str, reviewer: Reviewer, answer_content: dict[str, Any]
    ) -> MemoryTask:
        task, worker = self._find(task_id, reviewer), reviewer.name
        held_until = self.holders[task_id].get(worker)
        if held_until is not None and held_until <= datetime.now(UTC):
            del self.holders[task_id][worker]
            raise TaskTimeLimitExceeded("the time for this task is over")
        self.accept(task_id, reviewer)
        self.holders[task_id].pop(worker)
        self.answers[task_id][worker] = answer_content
        return self._view(task, worker)

    def open_object(self, token: str) -> StoredBytes:
        if token not in self.objects:
            raise ObjectNotFound("no such object")
        return self.objects[token]

    def _find(self, task_id: str, reviewer: Reviewer) -> MemoryTask:
        self._member(reviewer)
        if task_id not in self.tasks:
            raise TaskNotFound(f"no task '{task_id}'")
        return self.tasks[task_id]

    def _member(self, reviewer: Reviewer) -> str:
        if reviewer.name not in self.team:
            raise NotATeamMember(f"'{reviewer.name}' is not a member of the work team")
        return reviewer.name

    def _active(self, task_id: str) -> dict[str, datetime]:
        now = datetime.now(UTC)
        return {who: until for who, until in self.holders[task_id].items() if until > now}

    def _open(self, task: MemoryTask, worker: str) -> bool:
        active, answered = self._active(task.id), self.answers[task.id]
        if worker in answered:
            return False
        return worker in active or len(active) + len(answered) < task.slots

    def _view(self, task: MemoryTask, worker: str) -> MemoryTask:
        until = self._active(task.id).get(worker)
        return replace(task, state="accepted" if until else "available", accepted_until=until)


def _position(task: TaskView) -> str:
    return f"{iso_milliseconds(task.created_at)}#{task.id}"


def _end(task: TaskView) -> str:
    return f"{iso_milliseconds(task.accepted_until or task.expires_at)}#{task.id}"


@dataclass
class MemorySignIn:
    """`ann` signs in with `secret`; every address may come."""

    is_possible: bool = True

    def sign_in(self, credentials: Credentials, *, source_ip: str | None) -> Reviewer:
        if (credentials.username, credentials.password) != ("ann", "secret"):
            raise NotAuthorized("incorrect user name or password")
        return Reviewer("ann", "pool", "ann-sub", source_ip)

    def check(self, reviewer: Reviewer) -> None:
        """Everybody may work."""

    def check_address(self, source_ip: str | None) -> None:
        """Everybody may come."""
