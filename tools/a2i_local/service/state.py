"""State of the service: all tables, human loops with an index for every question about them."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from a2i_core.human_loops.human_loop import HumanLoop
from a2i_core.human_loops.scope import Scope
from a2i_local.service.loop_records import LoopInput, PendingEvent
from a2i_local.service.records import FlowDefinition, HumanTaskUi, Template, Workforce, Workteam
from a2i_local.service.tables import (
    NamedTable,
    OrderedIndex,
    Position,
    Store,
    Table,
    UnitOfWork,
)


class LoopTable(NamedTable[HumanLoop]):
    """Table of human loops; `put` after a change updates every index.

    Each lookup touches only the loops that it returns, so a call costs the same with ten loops as
    with a million.
    """

    def __init__(self, unit: UnitOfWork) -> None:
        self._by_task: dict[str, HumanLoop] = {}
        self._of_flow: defaultdict[str, OrderedIndex] = defaultdict(OrderedIndex)
        self._open_of_flow: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._open_in_scope: defaultdict[Scope, int] = defaultdict(int)
        self._offered_to_team: defaultdict[str, OrderedIndex] = defaultdict(OrderedIndex)
        self._offered: set[str] = set()
        self._held_by: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._answered_by: defaultdict[str, dict[str, datetime]] = defaultdict(dict)
        self._holders: defaultdict[str, frozenset[str]] = defaultdict(frozenset)
        super().__init__(HumanLoop, unit)

    def by_task(self, task_id: str) -> HumanLoop | None:
        return self._by_task.get(task_id)

    def of_flow(self, flow_definition_id: str) -> OrderedIndex:
        """Return the loops of a flow definition, open or not, by creation."""
        return self._of_flow[flow_definition_id]

    def open_of_flow(self, flow_definition_id: str) -> list[HumanLoop]:
        return [self._by_task[task_id] for task_id in self._open_of_flow[flow_definition_id]]

    def has_open(self, flow_definition_id: str) -> bool:
        return bool(self._open_of_flow[flow_definition_id])

    def open_count(self, scope: Scope) -> int:
        return self._open_in_scope[scope]

    def offered_to(
        self, workteam_arn: str, *, beyond: Position | None = None, newest: bool = False
    ) -> Iterator[HumanLoop]:
        """Yield the loops with a free slot for this team, oldest or newest first.

        `beyond`: creation time and task id of the loop after which to begin.
        """
        offered = self._offered_to_team[workteam_arn]
        found = offered.between(beyond=beyond, descending=newest)
        return (self._by_task[task_id] for _, task_id in found)

    def offered_count(self, workteam_arn: str) -> int:
        """Return how many loops have a free slot for this team."""
        return len(self._offered_to_team[workteam_arn])

    def held_by(self, sub: str) -> Iterator[HumanLoop]:
        """Yield the loops whose task this worker has accepted."""
        return (self._by_task[task_id] for task_id in self._held_by[sub])

    def answered_since(self, sub: str, moment: datetime) -> int:
        """Return how many tasks this worker has answered since a moment."""
        return sum(at >= moment for at in self._answered_by[sub].values())

    def remove(self, record: HumanLoop) -> None:
        super().remove(record)
        for answer in record.answers:
            self._answered_by[answer.worker.sub].pop(record.task_id, None)
        self._of_flow[record.flow.definition_id].discard((record.created_at, record.name))
        self._index_open(record, is_open=False)
        self._index_offer(record, offered=False)
        self._index_holders(record, frozenset())
        del self._by_task[record.task_id]

    def _insert(self, record: HumanLoop) -> None:
        super()._insert(record)
        is_new = record.task_id not in self._by_task
        self._by_task[record.task_id] = record
        if is_new:
            self._of_flow[record.flow.definition_id].add((record.created_at, record.name))
        self._index_open(record, is_open=record.is_open)
        self._index_offer(record, offered=record.free_slots > 0)
        self._index_holders(record, frozenset(a.worker.sub for a in record.assignments))
        for answer in record.answers:
            self._answered_by[answer.worker.sub][record.task_id] = answer.submitted_at

    def _index_open(self, loop: HumanLoop, *, is_open: bool) -> None:
        open_loops = self._open_of_flow[loop.flow.definition_id]
        was_open = loop.task_id in open_loops
        if is_open and not was_open:
            open_loops[loop.task_id] = None
            self._open_in_scope[loop.scope] += 1
        elif was_open and not is_open:
            del open_loops[loop.task_id]
            self._open_in_scope[loop.scope] -= 1

    def _index_offer(self, loop: HumanLoop, *, offered: bool) -> None:
        was_offered = loop.task_id in self._offered
        position = (loop.created_at, loop.task_id)
        if offered and not was_offered:
            self._offered.add(loop.task_id)
            self._offered_to_team[loop.flow.workteam_arn].add(position)
        elif was_offered and not offered:
            self._offered.discard(loop.task_id)
            self._offered_to_team[loop.flow.workteam_arn].discard(position)

    def _index_holders(self, loop: HumanLoop, holders: frozenset[str]) -> None:
        before = self._holders.pop(loop.task_id, frozenset())
        for sub in before - holders:
            del self._held_by[sub][loop.task_id]
        for sub in holders - before:
            self._held_by[sub][loop.task_id] = None
        if holders:
            self._holders[loop.task_id] = holders


class State:
    """All tables over one store, committed as one."""

    def __init__(self, store: Store) -> None:
        self._unit = UnitOfWork(store)
        self.workforces = NamedTable(Workforce, self._unit)
        self.workteams = NamedTable(Workteam, self._unit)
        self.human_task_uis = NamedTable(HumanTaskUi, self._unit)
        self.flow_definitions = NamedTable(FlowDefinition, self._unit)
        self.human_loops = LoopTable(self._unit)
        self.loop_inputs = Table(LoopInput, self._unit)
        self.templates = Table(Template, self._unit)
        self.pending_events = Table(PendingEvent, self._unit)

    def commit(self) -> None:
        self._unit.commit()

    def close(self) -> None:
        self._unit.store.close()
