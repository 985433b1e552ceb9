"""Takes a work team away once no flow definition shows it tasks any more."""

from __future__ import annotations

from dataclasses import dataclass

from a2i_shared.errors import WorkteamInUseError
from a2i_shared.flow_definitions.service import FlowDefinitions
from a2i_shared.flow_definitions.workteams import Workteams
from a2i_shared.telemetry import logger
from workteam.groups import Groups


@dataclass(frozen=True)
class Removal:
    flow_definitions: FlowDefinitions
    workteams: Workteams
    groups: Groups | None

    def remove(self, name: str) -> None:
        """Delete the team, then every group of this stack in the pool that has no team.

        A team that a retired flow definition uses stays for the reconciler to delete, and its group
        for the next call of this. Raises WorkteamInUseError where the stack is being destroyed.
        """
        stack_id = self.workteams.stack_id
        users = [
            each.name
            for each in self.flow_definitions.living(stack_id)
            if each.workteam_arn.endswith(f"/{name}")
        ]
        if not users:
            self._delete(name)
        elif self.flow_definitions.is_stack_being_deleted(stack_id):
            raise WorkteamInUseError(
                f"work team {name} is still used by flow definition {users[0]}: delete the stack "
                "again once that is gone"
            )
        else:
            logger.info("kept for reviews that are pending", workteam=name, flow_definitions=users)

    def _delete(self, name: str) -> None:
        teams = {arn.rpartition("/")[2]: arn for arn in self.workteams.all()}
        if name in teams:
            self.workteams.delete(teams.pop(name))
        if self.groups is not None:
            for group in list(self.groups.containing(self.workteams.mark)):
                if group not in teams:
                    self.groups.delete(group)
