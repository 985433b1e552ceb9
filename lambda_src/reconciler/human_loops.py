"""Status of a human loop, and its end in the form of A2I's status event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from a2i_core.statuses import OPEN_LOOP_STATUSES, ReviewStatus
from a2i_shared.clock import timestamp
from a2i_shared.ledger import LedgerEntry

if TYPE_CHECKING:
    from mypy_boto3_sagemaker_a2i_runtime import AugmentedAIRuntimeClient
    from mypy_boto3_sagemaker_a2i_runtime.type_defs import DescribeHumanLoopResponseTypeDef

_EXPIRED = "Expired"


@dataclass(frozen=True)
class End:
    """Status event that the results function takes as the end of a human loop."""

    human_loop_name: str
    status: str
    human_loop_arn: str | None = None
    output_uri: str | None = None
    failure_code: str | None = None
    failure_reason: str | None = None

    def as_event(self, at: datetime) -> dict[str, Any]:
        output = None if self.output_uri is None else {"outputS3Uri": self.output_uri}
        return {
            "time": timestamp(at),
            "detail": {
                "humanLoopName": self.human_loop_name,
                "humanLoopArn": self.human_loop_arn,
                "humanLoopStatus": self.status,
                "humanLoopOutput": output,
                "failureCode": self.failure_code,
                "failureReason": self.failure_reason,
            },
        }

    @classmethod
    def recorded(cls, entry: LedgerEntry) -> End:
        """The end that the ledger has already, of a review whose result is written."""
        is_expired = entry.status is ReviewStatus.EXPIRED
        return cls(
            human_loop_name=entry.human_loop_name,
            human_loop_arn=entry.human_loop_arn,
            status="Failed" if is_expired else entry.status.value,
            output_uri=entry.output_uri,
            failure_code=_EXPIRED if is_expired else entry.failure_code,
        )


@dataclass(frozen=True)
class HumanLoops:
    a2i_runtime: AugmentedAIRuntimeClient

    def end(self, name: str, *, if_gone: End) -> End | None:
        """End of the loop; None while it runs, `if_gone` where there is none."""
        found = self._describe(name)
        if found is None:
            return if_gone
        if found["HumanLoopStatus"] in OPEN_LOOP_STATUSES:
            return None
        return End(
            human_loop_name=name,
            status=found["HumanLoopStatus"],
            human_loop_arn=found["HumanLoopArn"],
            output_uri=found.get("HumanLoopOutput", {}).get("OutputS3Uri"),
            failure_code=found.get("FailureCode"),
            failure_reason=found.get("FailureReason"),
        )

    def _describe(self, name: str) -> DescribeHumanLoopResponseTypeDef | None:
        try:
            return self.a2i_runtime.describe_human_loop(HumanLoopName=name)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return None
            raise
