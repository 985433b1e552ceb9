"""Keeps the flow definitions in use under the stack's present tags."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from a2i_shared.flow_definitions.service import Described, FlowDefinitions
from a2i_shared.flow_definitions.tags import follow_stack


@dataclass(frozen=True)
class StackTags:
    flow_definitions: FlowDefinitions
    stack_id: str

    def follow(self) -> list[str]:
        """Names of the definitions whose tags had to change.

        Nothing is done while CloudFormation works on the stack: it may be changing them, too.
        """
        if self.flow_definitions.stack_status(self.stack_id).endswith("_IN_PROGRESS"):
            return []
        stack_tags = self.flow_definitions.stack_tags(self.stack_id)
        return [
            found.name
            for found in self._in_use()
            if follow_stack(self.flow_definitions, found.arn, stack_tags)
        ]

    def _in_use(self) -> Iterator[Described]:
        in_template = self.flow_definitions.stack_resources(self.stack_id)
        for name in self.flow_definitions.of_stack(self.stack_id):
            found = self.flow_definitions.find(name) if name in in_template else None
            if found is not None:
                yield found
