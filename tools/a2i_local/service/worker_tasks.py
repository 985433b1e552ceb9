"""Tasks of human loops as one worker sees them, for the portal."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from heapq import merge
from typing import Any

from a2i_core.human_loops import transitions
from a2i_core.human_loops.errors import (
    ObjectAccessDenied,
    ObjectNotFound,
    TaskNotFound,
)
from a2i_core.human_loops.human_loop import HumanLoop, Worker
from a2i_core.human_loops.scope import Scope
from a2i_core.human_loops.task_list import TaskPage, TaskQuery, place, position, task_page
from a2i_core.human_loops.worker_task import TaskView, answer_content
from a2i_local.service.engine import Engine
from a2i_local.service.host import HostAccessDenied, HostNotFound, StoredObject
from a2i_local.service.loop_life_cycle import LoopLifeCycle
from a2i_local.service.object_links import ObjectLinks
from a2i_local.service.reviewers import Reviewer
from a2i_local.service.team_members import TeamMembers
from worker_template import TemplateRenderError


@dataclass(slots=True)
class RenderedTask(TaskView):
    """A task with the HTML that its template renders to."""

    html: str


class WorkerTasks:
    """List, show, accept, release and submit tasks.

    A worker is a Reviewer, or only the name of one. A task has one id for all workers;
    which of its slots a worker gets is decided when it is accepted. Errors are
    `WorkerTaskError`s, with the HTTP status that the portal answers.
    """

    def __init__(self, engine: Engine, life_cycle: LoopLifeCycle, links: ObjectLinks) -> None:
        self._engine = engine
        self._loops = engine.state.human_loops
        self._life_cycle = life_cycle
        self._links = links
        self._members = TeamMembers(engine)

    def list(self, worker: Reviewer | str) -> Sequence[TaskView]:
        """Return the first page's tasks; see `page`."""
        return self.page(worker, TaskQuery())[0].tasks

    def page(self, worker: Reviewer | str, query: TaskQuery) -> tuple[TaskPage, int]:
        """Return the tasks that the worker holds, then those that are free, and how many are.

        At most 200: a worker takes one at a time, and the page stays quick however many wait.
        Raises NotATeamMember for someone who is in no work team.
        """
        with self._engine.call():
            found_in = self._members.teams_of(_reviewer(worker))
            teams = {team.arn: member for team, member in found_in}
            page = task_page(query, self._held_by(teams), self._offered_to(teams, query))
            return page, sum(map(self._loops.offered_count, teams))

    def answered_today(self, worker: Reviewer | str) -> int:
        """Return how many tasks the worker has answered since midnight UTC.

        Raises NotATeamMember for someone who is in no work team.
        """
        with self._engine.call():
            subs = {member.sub for _, member in self._members.teams_of(_reviewer(worker))}
            now = self._engine.clock.now()
            midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
            return sum(self._loops.answered_since(sub, midnight) for sub in subs)

    def task_id(self, human_loop_name: str, *, account: str, region: str) -> str:
        """Return the task of a human loop; TaskNotFound if it is not open."""
        with self._engine.call():
            loop = self._loops.find(Scope(account, region), human_loop_name)
            if loop is None or not loop.takes_answers:
                raise TaskNotFound(f"the human loop {human_loop_name} has no open task")
            return loop.task_id

    def show(self, task_id: str, worker: Reviewer | str) -> RenderedTask:
        """Return a task that the worker holds or could accept, with its HTML."""
        with self._engine.call():
            loop, member = self._find(task_id, worker)
            if loop.assignment_of(member.sub) is None:
                transitions.require_free_slot(loop, member.sub)
            view = TaskView.of(loop, member.sub)
            render = self._life_cycle.rendering(loop)
        try:
            return RenderedTask(**asdict(view), html=render())
        except TemplateRenderError as error:
            raise TaskNotFound(f"the task cannot be shown: {error}") from error

    def accept(self, task_id: str, worker: Reviewer | str) -> TaskView:
        """Occupy a slot of the task for its time limit; a repeat changes nothing."""
        with self._engine.call():
            loop, member = self._find(task_id, worker)
            accept = partial(transitions.accept, worker=member, now=self._engine.clock.now())
            return TaskView.of(self._life_cycle.change(loop, accept), member.sub)

    def release(self, task_id: str, worker: Reviewer | str) -> TaskView:
        """Give the slot back to the pool; nothing happens if the worker does not hold one."""
        with self._engine.call():
            loop, member = self._find(task_id, worker)
            now = self._engine.clock.now()
            self._life_cycle.change(loop, partial(transitions.release, sub=member.sub, now=now))
            return TaskView.of(loop, member.sub, state="available")

    def submit(self, task_id: str, worker: Reviewer | str, answer: Mapping[str, Any]) -> TaskView:
        """Answer the task; it is accepted first if need be.

        Raises InvalidAnswer for content that is no JSON object, TaskTimeLimitExceeded when the
        worker accepted it and the time ran out since.
        """
        content = answer_content(answer)
        with self._engine.call():
            loop, member = self._find(task_id, worker)
            now = self._engine.clock.now()
            given = partial(transitions.answer, worker=member, content=content, now=now)
            self._life_cycle.change(loop, given)
            return TaskView.of(loop, member.sub, state="submitted")

    def open_object(self, token: str) -> StoredObject:
        """Read what a `grant_read_access` link points to, with the flow definition's role.

        The role must be allowed to ask for the bucket's region, too: a link is signed for one.
        """
        link = self._links.read(token, self._engine.clock.now())
        host = self._engine.host
        bucket = f"arn:{link.role_arn.split(':')[1]}:s3:::{link.bucket}"
        if not host.role_allows(link.role_arn, "s3:GetBucketLocation", bucket):
            raise ObjectAccessDenied(
                f"AccessDenied: {link.role_arn} is not authorized to perform:"
                f" s3:GetBucketLocation on resource: {bucket}"
            )
        try:
            return host.get_object(link.role_arn, link.bucket, link.key)
        except HostAccessDenied as error:
            raise ObjectAccessDenied(str(error)) from error
        except HostNotFound as error:
            raise ObjectNotFound(str(error)) from error

    def _held_by(self, teams: Mapping[str, Worker]) -> Iterator[tuple[HumanLoop, str]]:
        for sub in {worker.sub for worker in teams.values()}:
            for loop in self._loops.held_by(sub):
                yield loop, sub

    def _offered_to(
        self, teams: Mapping[str, Worker], query: TaskQuery
    ) -> Iterator[tuple[HumanLoop, str]]:
        """Yield the loops with a free slot for one of the teams, in the order asked for."""
        beyond = place(query.begin) if query.begin else None

        def offered(workteam_arn: str, member: Worker) -> Iterator[tuple[HumanLoop, str]]:
            for loop in self._loops.offered_to(workteam_arn, beyond=beyond, newest=query.newest):
                yield loop, member.sub

        return merge(
            *(offered(arn, member) for arn, member in teams.items()),
            key=lambda found: position(found[0]),
            reverse=query.newest,
        )

    def _find(self, task_id: str, worker: Reviewer | str) -> tuple[HumanLoop, Worker]:
        loop = self._loops.by_task(task_id)
        if loop is None or not loop.takes_answers:
            raise TaskNotFound(f"there is no open task {task_id}")
        return loop, self._members.member_of(loop.flow.workteam_arn, _reviewer(worker))


def _reviewer(worker: Reviewer | str) -> Reviewer:
    return worker if isinstance(worker, Reviewer) else Reviewer(worker)
