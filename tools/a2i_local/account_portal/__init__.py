"""Worker portal of human loops in the account, on the local AWS."""

from a2i_local.account_portal.front import AccountPortalFront

__all__ = ["AccountPortalFront"]
