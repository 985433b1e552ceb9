"""Amazon A2I's status change events, delivered at least once and in any order."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from a2i_shared.events import FinishedStatus

EXPIRED = "Expired"
"""The FailureCode of a loop whose tasks were not answered while they were available."""


class HumanLoopOutput(BaseModel):
    output_s3_uri: str = Field(alias="outputS3Uri")


class StatusChange(BaseModel):
    """The detail of the event; its field names are camelCase where the API's are PascalCase."""

    model_config = ConfigDict(
        frozen=True,
        alias_generator=to_camel,
        populate_by_name=True,
        hide_input_in_errors=True,  # Lambda logs the errors that a function ends with
    )

    human_loop_name: str
    human_loop_arn: str | None = None
    """None where the reconciler ends a review that never had a loop."""
    human_loop_status: Literal["Completed", "Failed", "Stopped"]
    human_loop_output: HumanLoopOutput | None = None
    failure_code: str | None = None
    failure_reason: str | None = None

    @property
    def review_status(self) -> FinishedStatus:
        """Expiry, which A2I reports as one kind of failure, is a status of its own for reviews."""
        if self.human_loop_status == "Failed" and self.failure_code == EXPIRED:
            return "Expired"
        return self.human_loop_status

    @property
    def output_uri(self) -> str | None:
        """A2I names the place before it writes there; only a completed loop has an output."""
        if self.human_loop_status != "Completed" or self.human_loop_output is None:
            return None
        return self.human_loop_output.output_s3_uri
