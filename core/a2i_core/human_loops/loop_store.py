"""Port to wherever human loops are stored."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from a2i_core.human_loops.human_loop import FlowSnapshot, HumanLoop

Transition = Callable[[HumanLoop], HumanLoop]
"""A function of `transitions` with all but the loop filled in."""


@dataclass(frozen=True, slots=True)
class LoopPage:
    """One page of a flow definition's loops."""

    loops: Sequence[HumanLoop]
    next_token: str | None


class LoopStore(Protocol):
    """The human loops of one account and region."""

    def flow(self, flow_definition_arn: str) -> FlowSnapshot:
        """Return what loops of a flow definition are started with.

        Raises ValidationException where none can be started with it.
        """

    def find(self, name: str) -> HumanLoop | None:
        """Return the loop of this name, as it is at the moment."""

    def add(self, loop: HumanLoop, input_content: str) -> HumanLoop | None:
        """Store a new loop with its input.

        Returns the loop that has the name already, and then stores nothing. Raises
        ServiceQuotaExceededException where there are too many.
        """

    def change(self, name: str, transition: Transition) -> HumanLoop:
        """Store what the transition makes of the loop as it is, and return it.

        The transition runs again when the loop changed meanwhile. What it raises is raised, and
        nothing is stored. Raises ResourceNotFoundException where there is no such loop.
        """

    def remove(self, loop: HumanLoop) -> None:
        """Delete a loop that has ended, with its input; its answers stay in S3."""

    def page(self, flow_definition_arn: str, parameters: Mapping[str, Any]) -> LoopPage:
        """Return one page of a flow definition's loops.

        `parameters` are ListHumanLoops's: CreationTimeAfter, CreationTimeBefore, SortOrder,
        MaxResults, NextToken. Raises ResourceNotFoundException for a flow definition that does not
        exist, and ValidationException for a token of another list.
        """
