"""Removes what a stack's flow definitions leave behind once nothing of it is needed any more.

A definition that an update replaced or removed is retired with its loops pending. When the last of
them has ended, it goes, and with it the role that it alone still used. What the stack's template
defines is never touched here; its resources are CloudFormation's to delete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from a2i_shared.clock import now
from a2i_shared.flow_definitions.retirement import retire, retired_at
from a2i_shared.flow_definitions.roles import FlowRoles
from a2i_shared.flow_definitions.service import Described, FlowDefinitions

_IN_USE = timedelta(minutes=2)
"""A starter that began before the retirement may start a loop on it for as long as it may run."""

_COUNTED = 1000
"""Where counting pending loops ends."""


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

    def discard_drained(self) -> None:
        """Delete all leftovers of a stack that is being destroyed and has nothing pending."""
        in_template = self.flow_definitions.stack_resources(self.stack_id)
        for name in self._names():
            if name not in in_template:
                self.flow_definitions.delete(name)
        self._sweep_roles(used=frozenset())

    def drain_roles(self) -> list[str]:
        """Delete the stack's roles that neither its template nor a flow definition uses.

        One that failed uses nothing, and stays where the service does not delete it.
        """
        if self._is_changing():
            return []
        found = map(self.flow_definitions.find, list(self._names()))
        living = [each for each in found if each is not None and each.status != "Failed"]
        return self._sweep_roles(used=frozenset(each.role_arn for each in living))

    def _sweep_roles(self, used: frozenset[str]) -> list[str]:
        in_template = self.flow_definitions.stack_resources(self.stack_id)
        return [
            arn
            for arn in self.roles.all()
            if arn not in used
            and arn.rpartition("/")[2] not in in_template
            and self.roles.delete(arn)
        ]

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
