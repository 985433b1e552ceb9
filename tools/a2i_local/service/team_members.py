"""Who may work on what: the members of work teams."""

import hashlib
from collections.abc import Iterator
from typing import Any

from a2i_local.service.engine import Engine
from a2i_local.service.host import Member
from a2i_local.service.loop_records import Worker
from a2i_local.service.records import Workteam

_WORKER_ID_LENGTH = 16


class TeamMembers:
    """Finds a worker, named by user name or e-mail address, in the groups of work teams."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def teams_of(self, name: str) -> Iterator[tuple[Workteam, Worker]]:
        """Yield every work team, in any account and region, that the worker belongs to."""
        for workteam in self._engine.state.workteams:
            worker = self._member(workteam, name)
            if worker is not None:
                yield workteam, worker

    def member_of(self, workteam_arn: str, name: str) -> Worker | None:
        """Return the worker if the team has it."""
        for workteam, worker in self.teams_of(name):
            if workteam.arn == workteam_arn:
                return worker
        return None

    def _member(self, workteam: Workteam, name: str) -> Worker | None:
        for definition in workteam.member_definitions:
            cognito = definition.get("CognitoMemberDefinition", {})
            member = self._in_group(workteam, cognito, name) if cognito else None
            if member:
                return _worker(workteam, cognito["UserPool"], member)
        return None

    def _in_group(self, workteam: Workteam, cognito: dict[str, Any], name: str) -> Member | None:
        members = self._engine.host.group_members(
            cognito["UserPool"], cognito["UserGroup"], account=workteam.scope.account
        )
        return next((m for m in members or () if name in {m.username, m.email}), None)


def _worker(workteam: Workteam, user_pool: str, member: Member) -> Worker:
    workforce_arn = workteam.scope.arn("workforce", workteam.workforce_name)
    identity = hashlib.sha256(f"{workforce_arn}/{member.sub}".encode()).hexdigest()
    return Worker(
        sub=member.sub,
        worker_id=identity[:_WORKER_ID_LENGTH],
        issuer=f"https://cognito-idp.{workteam.scope.region}.amazonaws.com/{user_pool}",
    )
