"""Sign-in at the portal, as a user of a Cognito workforce's user pool."""

from dataclasses import dataclass

from a2i_local.service.engine import Engine
from a2i_local.service.errors import InvalidPassword, NotAuthorized
from a2i_local.service.host import (
    Challenge,
    Credentials,
    Invitation,
    Member,
    PasswordRefused,
    SignInRefused,
)
from a2i_local.service.records import WorkforceStatus
from a2i_local.service.reviewers import Reviewer, require_admission
from a2i_local.service.team_members import TeamMembers

_OPEN = {WorkforceStatus.ACTIVE, WorkforceStatus.UPDATING}
_WRONG = "incorrect user name or password"


@dataclass(frozen=True, slots=True)
class UserPool:
    """The user pool that a workforce's reviewers sign in to, through its app client."""

    id: str
    client_id: str
    account: str


class SignIn:
    """Checks passwords with the user pools of all workforces: one portal serves them all."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._members = TeamMembers(engine)

    @property
    def is_possible(self) -> bool:
        """Return whether there is a user pool to sign in to: an OIDC workforce has none."""
        return bool(self._user_pools())

    def sign_in(self, credentials: Credentials, *, source_ip: str | None) -> Reviewer | Challenge:
        """Return who signed in, or what the user pool asks next: call again with the answer.

        Raises NotAuthorized, InvalidPassword, NotATeamMember for a user in no work team, and
        SourceIpNotAllowed.
        """
        for user_pool in self._user_pools():
            found = self._ask(user_pool, credentials)
            if isinstance(found, Challenge):
                return found
            if found is not None:
                reviewer = Reviewer(
                    found.email or found.username, user_pool.id, found.sub, source_ip
                )
                self.check(reviewer)
                return reviewer
        raise NotAuthorized(_WRONG)

    def check(self, reviewer: Reviewer) -> None:
        """NotATeamMember, SourceIpNotAllowed: the reviewer may not work now."""
        with self._engine.call():
            self._members.teams_of(reviewer)

    def check_address(self, source_ip: str | None) -> None:
        """SourceIpNotAllowed: no workforce lets this address in."""
        with self._engine.call():
            require_admission(self._engine.state.workforces, source_ip)

    def invitations(self) -> list[Invitation]:
        """Return who was invited and has not signed in yet, in any user pool."""
        return self._engine.host.invitations()

    def _ask(self, user_pool: UserPool, credentials: Credentials) -> Member | Challenge | None:
        try:
            return self._engine.host.sign_in(
                user_pool.id, user_pool.client_id, credentials, account=user_pool.account
            )
        except SignInRefused:
            return None
        except PasswordRefused as error:
            raise InvalidPassword(str(error)) from error

    def _user_pools(self) -> list[UserPool]:
        with self._engine.call():
            return [
                UserPool(
                    workforce.cognito_config["UserPool"],
                    workforce.cognito_config["ClientId"],
                    workforce.scope.account,
                )
                for workforce in self._engine.state.workforces
                if workforce.cognito_config is not None and workforce.status in _OPEN
            ]
