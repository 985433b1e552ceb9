"""The list of a worker's tasks: what is asked for, and one page of it."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Literal, Self, cast, get_args

from a2i_core.human_loops.errors import InvalidTaskList
from a2i_core.human_loops.human_loop import HumanLoop
from a2i_core.human_loops.instants import iso_milliseconds
from a2i_core.human_loops.worker_task import MAX_LISTED, TaskView

MAX_LOOKED_AT = 2000
"""Free tasks that are read for one page: most may be answered by the worker, or not match."""
TaskOrder = Literal["oldest", "newest", "ending"]
"""`ending` has those first whose time ends first."""
MAX_SEARCH = 200
"""Characters of a search that are looked for."""

Offered = Iterable[tuple[HumanLoop, str]]
"""Loops, each with the sub of the worker who sees them."""


@dataclass(frozen=True, slots=True)
class TaskQuery:
    """What a worker asks of the list. By default the first page of all tasks, oldest first."""

    search: str = ""
    """Text in the review's id or title, the task's title, or the flow's or the loop's name; upper
    and lower case are the same."""
    flow: str = ""
    """Name of the flow, without its hashes; empty for every flow."""
    order: TaskOrder = "oldest"
    after: str | None = None
    """Where the page before ended: its `more`."""

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> Self:
        """Return what a query string asks for; what is missing or unknown is the default.

        Raises:
            InvalidTaskList: `after` is no page's `more`.
        """
        after, order = parameters.get("after") or None, parameters.get("order")
        if after is not None:
            place(after)
        return cls(
            search=parameters.get("search", "")[:MAX_SEARCH].strip().casefold(),
            flow=parameters.get("flow", ""),
            order=cast("TaskOrder", order) if order in get_args(TaskOrder) else "oldest",
            after=after,
        )

    @property
    def newest(self) -> bool:
        """Whether a host yields the newest loops first, not the oldest."""
        return self.order == "newest"

    @property
    def begin(self) -> str | None:
        """Position after which a host begins; None for all loops."""
        return None if self.order == "ending" else self.after

    @property
    def is_narrow(self) -> bool:
        """Whether it leaves out tasks that are waiting."""
        return bool(self.search or self.flow)

    def matches(self, task: TaskView) -> bool:
        """Return whether the task is asked for."""
        if self.flow and task.flow != self.flow:
            return False
        if not self.search:
            return True
        names = (task.review_title, task.review_id, task.title, task.flow, task.human_loop_name)
        return any(self.search in name.casefold() for name in names if name)


@dataclass(frozen=True, slots=True)
class TaskPage:
    """One page of the list."""

    tasks: list[TaskView]
    more: str | None
    """Where the next page begins; None after the last one."""
    is_cut: bool = False
    """Whether there are newer tasks than the 2,000 that were put in order of their end."""

    def to_json(self, waiting: int | None) -> dict[str, Any]:
        """Return the page as the portal's API shows it.

        `waiting`: free tasks of the worker's teams, those included that the worker has answered or
        declined; None where they were not counted.
        """
        return {
            "tasks": [task.to_json() for task in self.tasks],
            "waiting": waiting,
            "more": self.more,
            **({"cut": True} if self.is_cut else {}),
        }


def task_page(query: TaskQuery, held: Offered, offered: Offered) -> TaskPage:
    """Return a page of at most 200 tasks: first those that the worker holds, then free ones.

    `offered`: loops with a free slot from `query.begin` on, the newest first if `query.newest`. At
    most 2,000 of them are read: a page may have few tasks, or none, and still have one after it. In
    the order `ending` each page reads the 2,000 oldest anew, and there are no further ones.
    """
    if query.order == "ending":
        return _ending_page(query, held, iter(offered))
    mine = [] if query.after else [TaskView.of(loop, sub) for loop, sub in held]
    tasks = [task for task in mine if query.matches(task)][:MAX_LISTED]
    ended: str | None = None
    for number, (loop, sub) in enumerate(offered):
        if len(tasks) == MAX_LISTED or number == MAX_LOOKED_AT:
            return TaskPage(tasks, ended)
        ended = position(loop)
        if is_free_for(loop, sub) and query.matches(task := TaskView.of(loop, sub)):
            tasks.append(task)
    return TaskPage(tasks, None)


def _ending_page(
    query: TaskQuery, held: Offered, offered: Iterator[tuple[HumanLoop, str]]
) -> TaskPage:
    free = [
        TaskView.of(loop, sub)
        for loop, sub in islice(offered, MAX_LOOKED_AT)
        if is_free_for(loop, sub)
    ]
    is_cut = next(offered, None) is not None
    found = sorted(filter(query.matches, free), key=_end)
    if query.after:
        found = found[bisect_right(found, query.after, key=_end) :]
    else:
        mine = [TaskView.of(loop, sub) for loop, sub in held]
        found = sorted(filter(query.matches, mine), key=_end) + found
    tasks = found[:MAX_LISTED]
    more = _end(tasks[-1]) if len(found) > MAX_LISTED else None
    return TaskPage(tasks, more, is_cut)


def _end(task: TaskView) -> str:
    return f"{iso_milliseconds(task.accepted_until or task.expires_at)}#{task.id}"


def position(loop: HumanLoop) -> str:
    """Return a loop's place in the list: ISO times of one length sort as text."""
    return f"{iso_milliseconds(loop.created_at)}#{loop.task_id}"


def place(position: str) -> tuple[datetime, str]:
    """Return the creation time and the task's id of a position.

    Raises:
        InvalidTaskList: it is none.
    """
    moment, _, task_id = position.partition("#")
    try:
        return datetime.fromisoformat(moment).astimezone(UTC), task_id
    except (ValueError, OverflowError) as error:
        raise InvalidTaskList("'after' must be the 'more' of the page before") from error


def is_free_for(loop: HumanLoop, sub: str) -> bool:
    """Return whether a loop with a free slot is offered to this worker."""
    knows_it = loop.has_answer_of(sub) or loop.was_declined_by(sub)
    return not knows_it and loop.assignment_of(sub) is None
