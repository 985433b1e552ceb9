"""The person who calls, as the access token of the user pool tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from a2i_core.human_loops.errors import WorkerTaskError
from a2i_core.human_loops.human_loop import Worker, worker_id
from a2i_core.human_loops.scope import Scope


class AccessTokenRequiredError(WorkerTaskError):
    """The bearer token is none of the user pool's access tokens, which end after minutes."""

    http_status: ClassVar[int] = 401


@dataclass(frozen=True)
class Reviewer:
    """A member of the user pool; each group is a work team."""

    worker: Worker
    groups: tuple[str, ...]
    name: str
    """User name in the pool."""

    @classmethod
    def of(cls, event: Mapping[str, Any], *, user_pool_id: str, scope: Scope) -> Self:
        """Return who calls; API Gateway has checked the token.

        Raises AccessTokenRequiredError for an ID token, which the authorizer takes, too.
        """
        claims = event["requestContext"]["authorizer"]["jwt"]["claims"]
        if claims.get("token_use") != "access":
            raise AccessTokenRequiredError("send the access token, not the ID token")
        sub = claims["sub"]
        pool_arn = (
            f"arn:{scope.partition}:cognito-idp:{scope.region}:{scope.account}"
            f":userpool/{user_pool_id}"
        )
        worker = Worker(sub, worker_id(pool_arn, sub), claims["iss"])
        groups = _groups(claims.get("cognito:groups", ""))
        return cls(worker, groups, claims.get("username", sub))

    def team_arns(self, scope: Scope) -> list[str]:
        """Return the ARNs of the reviewer's work teams."""
        return [scope.arn("workteam", f"private-crowd/{group}") for group in self.groups]


def _groups(claim: str) -> tuple[str, ...]:
    """Read `[team-a team-b]`, as HTTP APIs write an array; group names have no blanks."""
    return tuple(claim.removeprefix("[").removesuffix("]").split())
