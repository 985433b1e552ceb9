"""Removes what a stack's flow definitions leave behind once nothing of it is needed any more.

A definition that an update replaced or removed is retired with its loops pending. When the last of
them has ended, it goes, and with it the role and the work team that it alone still used. What the
stack's template defines is never touched here; its resources are CloudFormation's to delete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from a2i_shared.clock import now
from a2i_shared.errors import DeletionStillRunningError
from a2i_shared.flow_definitions.retirement import retire, retired_at
from a2i_shared.flow_definitions.roles import FlowRoles
from a2i_shared.flow_definitions.service import Described, FlowDefinitions
from a2i_shared.flow_definitions.workteams import Workteams

_IN_USE = timedelta(minutes=2)
"""A starter that began before the retirement may start a loop on it for as long as it may run."""

_COUNTED = 1000
"""Where counting pending loops ends."""

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
    flow_definitions: FlowDefinitions
    roles: FlowRoles
    workteams: Workteams
    stack_id: str
    clock: Callable[[], datetime] = now

    def drain(self, needed: Callable[[str], bool]) -> list[Leftover]:
        """Delete drained retired definitions; retire those that a broken deployment left.

        `needed` says of an ARN whether a review's end is still to be read through it. Nothing is
        done while CloudFormation works on the stack: it may be taking a definition back.
        """
        if self._is_changing():
            return []
        in_template = self.flow_definitions.stack_resources(self.stack_id)
        leftovers = [name for name in self._names() if name not in in_template]
        return [
            self._advance(found, needed)
            for found in map(self.flow_definitions.find, leftovers)
            if found is not None
        ]

    def discard_drained(self, sleep: Callable[[float], None]) -> None:
        """Delete all leftovers of a stack that is being destroyed and has nothing pending.

        Raises DeletionStillRunningError where that takes longer than it usually does.
        """
        in_template = self.flow_definitions.stack_resources(self.stack_id)
        leftovers = [name for name in self._names() if name not in in_template]
        self._wait_until_gone(
            [name for name in leftovers if self.flow_definitions.delete(name)], sleep
        )
        self._sweep_roles(used=frozenset())
        self._sweep_workteams(self._living())

    def drain_roles(self) -> list[str]:
        """Delete the stack's roles that neither its template nor a flow definition uses."""
        if self._is_changing():
            return []
        return self._sweep_roles(used=frozenset(each.role_arn for each in self._living()))

    def drain_workteams(self) -> list[str]:
        """Delete the stack's work teams that neither its template nor a flow definition uses."""
        return [] if self._is_changing() else self._sweep_workteams(self._living())

    def _sweep_roles(self, used: frozenset[str]) -> list[str]:
        unused = self._unused(list(self.roles.all()), used)
        return [arn for arn in unused if self.roles.delete(arn)]

    def _sweep_workteams(self, living: Iterable[Described]) -> list[str]:
        used = frozenset(each.workteam_arn for each in living)
        unused = self._unused(list(self.workteams.all()), used)
        return [arn for arn in unused if self.workteams.delete(arn)]

    def _unused(self, arns: list[str], used: frozenset[str]) -> Iterator[str]:
        """Those outside of the template; it knows role and group of a team by their names."""
        in_template = self.flow_definitions.stack_resources(self.stack_id)
        return (
            arn for arn in arns if arn not in used and arn.rpartition("/")[2] not in in_template
        )

    def _living(self) -> list[Described]:
        return self.flow_definitions.living(self.stack_id)

    def _wait_until_gone(self, names: list[str], sleep: Callable[[float], None]) -> None:
        for _ in range(_LOOKS):
            left = [name for name in names if self.flow_definitions.find(name) is not None]
            if not left:
                return
            sleep(_SECONDS_BETWEEN_LOOKS)
        raise DeletionStillRunningError(
            f"flow definition {left[0]} is still being deleted, without a task in anybody's hands: "
            "destroy the stack again to go on waiting"
        )

    def pending(self) -> int:
        """Human loops that have not ended, of all of the stack's definitions, to 1,000 of each."""
        found = [self.flow_definitions.find(name) for name in self._names()]
        return sum(self._count(each) for each in found if each is not None)

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

    def _is_changing(self) -> bool:
        return self.flow_definitions.stack_status(self.stack_id).endswith("_IN_PROGRESS")

    def _names(self) -> Iterator[str]:
        return self.flow_definitions.of_stack(self.stack_id)
