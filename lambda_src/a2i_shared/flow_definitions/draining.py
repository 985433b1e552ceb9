"""The flow definitions that a stack has retired or lost, and their deletion once drained.

A definition that an update replaced or removed is retired while its human loops are pending. When
the last of them has ended, it goes. What the stack's template defines is never touched here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from a2i_shared.clock import now
from a2i_shared.errors import DeletionStillRunningError
from a2i_shared.flow_definitions.retirement import retire, retired_at
from a2i_shared.flow_definitions.service import Described, FlowDefinitions

_IN_USE = timedelta(minutes=2)
"""A starter that began before the retirement may start a loop on it for as long as it may run."""

_COUNTED = 1000
"""Number of pending loops at which counting ends."""

_LOOKS = 24
_SECONDS_BETWEEN_LOOKS = 5.0
"""Flow definitions without tasks are deleted in moments."""


@dataclass(frozen=True)
class Leftover:
    """A flow definition outside of the template, and what became of it."""

    name: str
    deleted: bool
    pending: int


@dataclass(frozen=True)
class Draining:
    """The flow definitions of one stack, outside and inside of its template."""

    flow_definitions: FlowDefinitions
    stack_id: str
    clock: Callable[[], datetime] = now

    def drain(self, needed: Callable[[str], bool]) -> list[Leftover]:
        """Delete drained retired definitions; retire those that a broken deployment left.

        Nothing is done while CloudFormation works on the stack: it may be taking a definition back.

        Args:
            needed: Says of an ARN whether a review's end is still to be read through it.
        """
        if self._is_changing():
            return []
        return [
            self._advance(found, needed)
            for found in map(self.flow_definitions.find, self._leftovers())
            if found is not None
        ]

    def discard_drained(self, sleep: Callable[[float], None]) -> None:
        """Delete all leftovers of a stack that is being destroyed and has nothing pending.

        Raises:
            DeletionStillRunningError: It takes longer than it usually does.
        """
        deleting = [name for name in self._leftovers() if self.flow_definitions.delete(name)]
        for _ in range(_LOOKS):
            deleting = [name for name in deleting if self.flow_definitions.find(name) is not None]
            if not deleting:
                return
            sleep(_SECONDS_BETWEEN_LOOKS)
        raise DeletionStillRunningError(
            f"flow definition {deleting[0]} is still being deleted, without a task in anybody's "
            "hands: destroy the stack again to go on waiting"
        )

    def pending(self) -> int:
        """Human loops that have not ended, of all of the stack's definitions, to 1,000 of each."""
        found = [self.flow_definitions.find(name) for name in self._names()]
        return sum(self._count(each) for each in found if each is not None)

    def _leftovers(self) -> list[str]:
        in_template = self.flow_definitions.stack_resources(self.stack_id)
        return [name for name in self._names() if name not in in_template]

    def _advance(self, found: Described, needed: Callable[[str], bool]) -> Leftover:
        since = retired_at(self.flow_definitions.tags(found.arn))
        if since is None:
            retire(found, self.flow_definitions, self.clock())
        pending = self._count(found)
        is_drained = (
            since is not None
            and self.clock() - since >= _IN_USE
            and pending == 0
            and not needed(found.arn)
            and not self._is_changing()
        )
        return Leftover(
            found.name, is_drained and self.flow_definitions.delete(found.name), pending
        )

    def _count(self, found: Described) -> int:
        loops = self.flow_definitions.pending_loops(found, self.clock())
        return sum(1 for _ in islice(loops, _COUNTED))

    def is_stack_being_deleted(self) -> bool:
        return self.flow_definitions.is_stack_being_deleted(self.stack_id)

    def _is_changing(self) -> bool:
        return self.flow_definitions.stack_status(self.stack_id).endswith("_IN_PROGRESS")

    def _names(self) -> Iterator[str]:
        return self.flow_definitions.of_stack(self.stack_id)
