"""Reviewer of the portal, and the IP ranges that a workforce admits."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from a2i_core.human_loops.errors import SourceIpNotAllowed
from a2i_local.service.records import Workforce


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Person at the portal: signed in, or named in the request for development.

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


def is_range(cidr: str) -> bool:
    """Return whether the text is a range of IPv4 or IPv6 addresses."""
    try:
        ip_network(cidr, strict=False)
    except ValueError:
        return False
    return True


def admits(workforce: Workforce, source_ip: str | None) -> bool:
    """Return whether the workforce's SourceIpConfig admits the address; without ranges all are."""
    if source_ip is None or not workforce.cidrs:
        return True
    address = ip_address(source_ip)
    return any(address in ip_network(cidr, strict=False) for cidr in workforce.cidrs)


def require_admission(workforces: Iterable[Workforce], source_ip: str | None) -> None:
    """SourceIpNotAllowed: there are workforces, and none of them lets the address in."""
    closed = list(workforces)
    if closed and not any(admits(workforce, source_ip) for workforce in closed):
        ranges = ", ".join(cidr for workforce in closed for cidr in workforce.cidrs)
        raise SourceIpNotAllowed(
            f"requests from {source_ip} are outside of the workforce's IP ranges: {ranges}"
        )
