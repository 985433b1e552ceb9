"""Check of a stack's region."""

from aws_cdk import Stack, Token
from constructs import Construct

from a2i_core.regions import REGIONS


def check_region(scope: Construct) -> None:
    """Refuse a region without Amazon A2I, where the stack's region is known."""
    region = Stack.of(scope).region
    if not Token.is_unresolved(region) and region not in REGIONS:
        raise ValueError(
            f"region must be one with Amazon A2I, got {region!r}: deploy to {', '.join(REGIONS)}"
        )
