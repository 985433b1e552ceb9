"""Records that the local A2I keeps beside a human loop."""

from dataclasses import dataclass
from typing import Any

from a2i_core.human_loops.scope import Scope


@dataclass(slots=True)
class LoopInput:
    """The InputContent of a loop, apart from it: it is large and never changes."""

    task_id: str
    content: str

    @property
    def key(self) -> str:
        return self.task_id


@dataclass(slots=True)
class PendingEvent:
    """A status event that is not yet on the bus."""

    id: str
    scope: Scope
    entry: dict[str, Any]

    @property
    def key(self) -> str:
        return self.id
