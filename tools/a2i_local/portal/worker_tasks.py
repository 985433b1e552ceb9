"""Interface between the portal and the A2I service."""

from typing import Any, Protocol

from a2i_core.human_loops.task_list import TaskPage, TaskQuery
from a2i_core.human_loops.worker_task import TaskView
from a2i_local.service.reviewers import Reviewer


class RenderedTask(Protocol):
    """A task with the HTML that its template renders to."""

    def to_json(self) -> dict[str, Any]: ...

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

    Every method raises a subclass of `WorkerTaskError` where the worker or the
    state of the task does not allow it.
    """

    def page(self, worker: Reviewer, query: TaskQuery) -> tuple[TaskPage, int]:
        """Return a page of the list, and how many free tasks the worker's teams have."""
        ...

    def answered_today(self, worker: Reviewer) -> int:
        """Return how many tasks the worker has answered since midnight UTC."""
        ...

    def show(self, task_id: str, worker: Reviewer) -> RenderedTask: ...

    def accept(self, task_id: str, worker: Reviewer) -> TaskView: ...

    def release(self, task_id: str, worker: Reviewer) -> TaskView: ...

    def submit(
        self, task_id: str, worker: Reviewer, answer_content: dict[str, Any]
    ) -> TaskView: ...

    def open_object(self, token: str) -> StoredObject:
        """Return the object behind a URL that `grant_read_access` wrote."""
        ...
