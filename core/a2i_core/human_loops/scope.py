"""Account and region: the namespace of resources."""

from dataclasses import dataclass

_PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}


@dataclass(frozen=True, slots=True)
class Scope:
    """One account in one region."""

    account: str
    region: str

    @property
    def partition(self) -> str:
        """Partition of the region, such as `aws`."""
        for prefix, partition in _PARTITIONS.items():
            if self.region.startswith(prefix):
                return partition
        return "aws"

    def arn(self, resource_type: str, name: str) -> str:
        """Return the ARN of a SageMaker resource, such as `human-loop` `review-1`."""
        return f"arn:{self.partition}:sagemaker:{self.region}:{self.account}:{resource_type}/{name}"

    def name_in(self, arn: str, resource_type: str) -> str | None:
        """Return the name in an ARN of this type and scope; None for any other ARN."""
        prefix = self.arn(resource_type, "")
        return arn.removeprefix(prefix) if arn.startswith(prefix) else None
