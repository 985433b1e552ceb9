"""Everything that the service remembers."""

from a2i_local.service.loop_records import LoopInput, PendingEvent
from a2i_local.service.loop_table import LoopTable
from a2i_local.service.records import FlowDefinition, HumanTaskUi, Template, Workforce, Workteam
from a2i_local.service.store import Store
from a2i_local.service.tables import NamedTable, Table, UnitOfWork


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
