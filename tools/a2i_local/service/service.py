"""A2I service: one object, no network."""

import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from a2i_core.human_loops.scope import Scope
from a2i_local.service.clock import Clock, SystemClock
from a2i_local.service.engine import Engine
from a2i_local.service.errors import UnknownOperationException
from a2i_local.service.faults import Faults
from a2i_local.service.flow_definitions import FlowDefinitions
from a2i_local.service.host import Host
from a2i_local.service.host_references import missing_references
from a2i_local.service.human_loops import HumanLoops
from a2i_local.service.human_task_uis import HumanTaskUis, TemplatePreview
from a2i_local.service.loop_life_cycle import LoopLifeCycle
from a2i_local.service.object_links import ObjectLinks
from a2i_local.service.operation import Operation
from a2i_local.service.rendering import Renderer
from a2i_local.service.settings import ServiceSettings
from a2i_local.service.sign_in import SignIn
from a2i_local.service.sqlite_store import SqliteStore
from a2i_local.service.state import State
from a2i_local.service.status_events import StatusEvents
from a2i_local.service.tables import MemoryStore
from a2i_local.service.tags import Tags
from a2i_local.service.worker_tasks import WorkerTasks
from a2i_local.service.workforces import Workforces
from a2i_local.service.workteams import Workteams


class A2IService:
    """Amazon A2I for custom task types, with everything around it behind a `Host`.

    `call` expects parameters that have the operation's shape: the protocol layer sees to that.
    Safe to use from any thread. Nothing moves on its own: run a `Ticker`, or call `tick`. With
    `state_dir`, what was acknowledged outlives the process; without, the state ends with it.
    """

    def __init__(
        self,
        host: Host,
        *,
        clock: Clock | None = None,
        settings: ServiceSettings | None = None,
        state_dir: Path | None = None,
    ) -> None:
        self.clock = clock or SystemClock()
        self.settings = settings or ServiceSettings()
        self.faults = Faults(self.clock)
        self._state = State(SqliteStore(state_dir) if state_dir else MemoryStore())
        self._engine = Engine(host, self.clock, self.settings, self._state)
        self._operations = self._make_parts()

    def _make_parts(self) -> dict[str, Operation]:
        links = ObjectLinks()
        renderer = Renderer(self._engine, links)
        events = StatusEvents(self._engine, self.faults)
        life_cycle = LoopLifeCycle(self._engine, renderer, events)
        workforces = Workforces(self._engine)
        human_task_uis = HumanTaskUis(self._engine)
        flow_definitions = FlowDefinitions(self._engine, life_cycle, self.faults)
        self.sign_in = SignIn(self._engine)
        self.worker_tasks = WorkerTasks(self._engine, life_cycle, links)
        for resumed in (workforces, human_task_uis, life_cycle, flow_definitions, events):
            resumed.resume()
        return {
            **workforces.operations(),
            **Workteams(self._engine).operations(),
            **human_task_uis.operations(),
            **TemplatePreview(self._engine, renderer).operations(),
            **flow_definitions.operations(),
            **Tags(self._engine).operations(),
            **HumanLoops(self._engine, life_cycle, self.faults).operations(),
        }

    @property
    def operations(self) -> frozenset[str]:
        """Names of the operations of `call`."""
        return frozenset(self._operations)

    @property
    def wake(self) -> threading.Event:
        """Set whenever something became due sooner than anything before it."""
        return self._engine.schedule.earlier

    def call(
        self, operation: str, parameters: dict[str, Any], *, account: str, region: str
    ) -> dict[str, Any]:
        """Run one operation of the API; a ServiceError carries its code and HTTP status."""
        run = self._operations.get(operation)
        if run is None:
            raise UnknownOperationException(f"The operation {operation} is not supported")
        with self._engine.call():
            result = run(Scope(account, region), parameters)
        if callable(result):
            result = result()
        response: dict[str, Any] = _without_none(result)
        return response

    def tick(self) -> None:
        """Do what has become due; every call does so as well."""
        with self._engine.call():
            pass

    def next_due(self) -> datetime | None:
        """Return when the next life cycle moves; None if all rest."""
        return self._engine.next_due()

    def wait_until_delivered(self, seconds: float = 10.0) -> bool:
        """Wait while answers are being written or events published; whether that ended in time."""
        return self._engine.wait_until_idle(seconds)

    def advance_clock(self, delta: timedelta) -> None:
        """Move the clock forward and do what has become due."""
        self.clock.advance(delta)
        self.tick()

    def template(self, sha256: str) -> str | None:
        """Return the text of a worker task template by its ContentSha256."""
        template = self._state.templates.get(sha256)
        return template.content if template else None

    def counts(self) -> dict[str, int]:
        """Return how many of each the service remembers, over all accounts and regions."""
        return {
            "workforces": len(self._state.workforces),
            "workteams": len(self._state.workteams),
            "humanTaskUis": len(self._state.human_task_uis),
            "flowDefinitions": len(self._state.flow_definitions),
            "humanLoops": len(self._state.human_loops),
            "unpublishedEvents": len(self._state.pending_events),
        }

    def missing_references(self) -> list[str]:
        """Return a sentence for each thing that resources refer to and the host does not have."""
        with self._engine.call():
            return list(missing_references(self._state, self._engine.host))

    def close(self) -> None:
        """Let go of the state directory."""
        self._state.close()


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_none(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_none(item) for item in value]
    return value
