"""Interface between the portal and the A2I service."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from a2i_local.service.reviewers import Reviewer


class TaskView(Protocol):
    """One task as one worker sees it."""

    @property
    def id(self) -> str: ...
    @property
    def human_loop_name(self) -> str: ...
    @property
    def flow_definition_arn(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def keywords(self) -> Sequence[str]: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def time_limit_seconds(self) -> int: ...
    @property
    def state(self) -> str:
        """`available`, or `accepted` when this worker holds a slot."""
        ...

    @property
    def accepted_until(self) -> datetime | None: ...


class RenderedTask(TaskView, Protocol):
    """A task with the HTML that its template renders to."""

    @property
    def html(self) -> str: ...


class StoredObject(Protocol):
    """An S3 object."""

    @property
    def body(self) -> bytes: ...
    @property
    def content_type(self) -> str: ...


class WorkerTasks(Protocol):
    """The tasks of all human loops, seen through the eyes of one worker at a time.

    Every method raises a subclass of `service.errors.WorkerTaskError` where the worker or the
    state of the task does not allow it.
    """

    def list(self, worker: Reviewer) -> Sequence[TaskView]: ...

    def show(self, task_id: str, worker: Reviewer) -> RenderedTask: ...

    def accept(self, task_id: str, worker: Reviewer) -> TaskView: ...

    def release(self, task_id: str, worker: Reviewer) -> TaskView: ...

    def submit(
        self, task_id: str, worker: Reviewer, answer_content: dict[str, Any]
    ) -> TaskView: ...

    def open_object(self, token: str) -> StoredObject:
        """Return the object behind a URL that `grant_read_access` wrote."""
        ...
