"""Where Amazon A2I can be deployed."""

from aws_cdk import Stack, Token
from constructs import Construct

# The regions that have the CloudFormation types of workforces and worker task templates.
REGIONS = (
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-west-1",
    "eu-west-2",
    "us-east-1",
    "us-east-2",
    "us-west-2",
)


def check_region(scope: Construct) -> None:
    """Refuse a region without Amazon A2I, where the stack's region is known."""
    region = Stack.of(scope).region
    if not Token.is_unresolved(region) and region not in REGIONS:
        raise ValueError(
            f"region must be one with Amazon A2I, got {region!r}: deploy to {', '.join(REGIONS)}"
        )
