"""The IP ranges that a workforce's portal answers to."""

from collections.abc import Iterable
from ipaddress import ip_address, ip_network

from a2i_local.service.errors import SourceIpNotAllowed
from a2i_local.service.records import Workforce


def is_range(cidr: str) -> bool:
    """Whether the text is a range of IPv4 or IPv6 addresses."""
    try:
        ip_network(cidr, strict=False)
    except ValueError:
        return False
    return True


def admits(workforce: Workforce, source_ip: str | None) -> bool:
    """Whether the workforce's SourceIpConfig lets the address in; without ranges all may come."""
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
