"""The kinds of work teams."""

import re
from enum import StrEnum

_IN_ARN = re.compile(r":workteam/([a-z]+-crowd)/")


class Crowd(StrEnum):
    """Who the workers of a team are, as the team's ARN says it."""

    PRIVATE = "private-crowd"
    """People of the organisation, in the region's private workforce."""
    VENDOR = "vendor-crowd"
    """People of a company that sells reviews in AWS Marketplace."""
    PUBLIC = "public-crowd"
    """Anybody: Amazon Mechanical Turk."""

    @classmethod
    def of_arn(cls, workteam_arn: str) -> "Crowd | None":
        """The kind that an ARN names; None where the ARN is a token."""
        named = _IN_ARN.search(workteam_arn)
        return cls(named[1]) if named else None
