"""Who asks the portal for tasks."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A person at the portal: signed in, or only named, which is the way of development.

    `name` is a user name or e-mail address; with an OIDC work team it is `group/name`. Whoever
    signed in is the one user of `user_pool_id` that `sub` says, whatever others are called.
    `source_ip` is the address that the request came from; None: from this process.
    """

    name: str
    user_pool_id: str | None = None
    sub: str | None = None
    source_ip: str | None = None

    @property
    def is_signed_in(self) -> bool:
        return self.sub is not None
