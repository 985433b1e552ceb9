"""Members of work teams, and their permission to work on tasks."""

from collections.abc import Iterator
from typing import Any

from a2i_core.human_loops.errors import NotATeamMember
from a2i_core.human_loops.human_loop import Worker, worker_id
from a2i_local.service.engine import Engine
from a2i_local.service.host import Member
from a2i_local.service.records import Workforce, Workteam
from a2i_local.service.reviewers import Reviewer, admits, require_admission


class TeamMembers:
    """Finds a reviewer in the groups of work teams."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def teams_of(self, reviewer: Reviewer) -> list[tuple[Workteam, Worker]]:
        """Return the work teams, in any account and region, that the reviewer may work for.

        Raises NotATeamMember, and SourceIpNotAllowed when the workforces of all of them are
        closed to the reviewer's address.
        """
        teams = list(self._memberships(reviewer))
        if not teams:
            raise NotATeamMember(f"{reviewer.name} is not a member of any work team")
        require_admission((self._workforce(team) for team, _ in teams), reviewer.source_ip)
        return [
            (team, worker)
            for team, worker in teams
            if admits(self._workforce(team), reviewer.source_ip)
        ]

    def member_of(self, workteam_arn: str, reviewer: Reviewer) -> Worker:
        """Return the reviewer as a worker of the team; NotATeamMember, SourceIpNotAllowed."""
        for workteam in self._engine.state.workteams:
            worker = self._worker(workteam, reviewer) if workteam.arn == workteam_arn else None
            if worker is not None:
                require_admission([self._workforce(workteam)], reviewer.source_ip)
                return worker
        raise NotATeamMember(f"{reviewer.name} is not a member of this task's work team")

    def _memberships(self, reviewer: Reviewer) -> Iterator[tuple[Workteam, Worker]]:
        for workteam in self._engine.state.workteams:
            worker = self._worker(workteam, reviewer)
            if worker is not None:
                yield workteam, worker

    def _worker(self, workteam: Workteam, reviewer: Reviewer) -> Worker | None:
        for definition in workteam.member_definitions:
            cognito = definition.get("CognitoMemberDefinition")
            worker = (
                self._cognito_worker(workteam, cognito, reviewer)
                if cognito
                else self._oidc_worker(workteam, definition["OidcMemberDefinition"], reviewer)
            )
            if worker is not None:
                return worker
        return None

    def _cognito_worker(
        self, workteam: Workteam, definition: dict[str, Any], reviewer: Reviewer
    ) -> Worker | None:
        user_pool = definition["UserPool"]
        if reviewer.user_pool_id not in {None, user_pool}:
            return None
        members = self._engine.host.group_members(
            user_pool, definition["UserGroup"], account=workteam.scope.account
        )
        member = next((m for m in members or () if _is(m, reviewer)), None)
        if member is None:
            return None
        issuer = f"https://cognito-idp.{workteam.scope.region}.amazonaws.com/{user_pool}"
        return Worker(member.sub, self._worker_id(workteam, member.sub), issuer)

    def _oidc_worker(
        self, workteam: Workteam, definition: dict[str, Any], reviewer: Reviewer
    ) -> Worker | None:
        """Read `group/name` as the claims that the identity provider would send."""
        group, _, sub = reviewer.name.partition("/")
        oidc_config = self._workforce(workteam).oidc_config
        if reviewer.is_signed_in or oidc_config is None:
            return None
        if not sub or group not in definition["Groups"]:
            return None
        return Worker(sub, self._worker_id(workteam, sub), oidc_config["Issuer"], "Oidc")

    def _worker_id(self, workteam: Workteam, sub: str) -> str:
        return worker_id(self._workforce(workteam).arn, sub)

    def _workforce(self, workteam: Workteam) -> Workforce:
        """Return the team's workforce: it cannot be deleted while it has teams."""
        workforce = self._engine.state.workforces.find(workteam.scope, workteam.workforce_name)
        if workforce is None:
            raise LookupError(f"the workforce of {workteam.arn} is gone")
        return workforce


def _is(member: Member, reviewer: Reviewer) -> bool:
    if reviewer.is_signed_in:
        return member.sub == reviewer.sub
    return reviewer.name in {member.username, member.email}
