"""Events that tell other programs about reviews. Sent at least once, each with a stable eventId.

Their details never hold content under review; `schemas/` has the JSON Schema of each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from a2i_core import names
from a2i_core.canonical_json import canonical_json
from a2i_core.names import REVIEW_EVENT_SOURCE
from a2i_shared.errors import EventNotPublishedError

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

    from a2i_shared.ledger import LedgerEntry


FinishedStatus = Literal["Completed", "Failed", "Stopped", "Expired"]


class EventDetail(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        alias_generator=to_camel,
        populate_by_name=True,
        extra="forbid",
        hide_input_in_errors=True,  # results hold content, and Lambda logs uncaught errors
    )

    version: Literal["1"] = "1"
    event_id: str


class HumanReviewStarted(EventDetail):
    """A person is needed: the human loop runs, its tasks wait in the worker portal."""

    review_id: str
    flow: str
    human_loop_name: str
    reasons: list[str]

    @classmethod
    def of(cls, entry: LedgerEntry) -> Self:
        return cls(
            event_id=names.event_id(entry.human_loop_name, "Started"),
            review_id=entry.review_id,
            flow=entry.flow,
            human_loop_name=entry.human_loop_name,
            reasons=list(entry.reasons),
        )


class HumanReviewFinished(EventDetail):
    """A review has ended and its result can be read at `resultUri`."""

    review_id: str
    flow: str
    status: FinishedStatus
    human_loop_name: str
    result_uri: str
    output_uri: str | None
    answers: int = Field(ge=0)
    agreement: float | None = Field(ge=0, le=1)
    changed_fields: list[str]
    started_at: str
    finished_at: str
    failure_code: str | None


@dataclass(frozen=True)
class Events:
    eventbridge: EventBridgeClient
    bus_name: str
    resources: tuple[str, ...] = ()
    """ARNs that rules can match; the stack's own, so that stacks of one account stay apart."""

    def publish_started(self, detail: HumanReviewStarted) -> None:
        self._publish("Human Review Started", detail)

    def publish_finished(self, detail: HumanReviewFinished) -> None:
        self._publish("Human Review Finished", detail)

    def _publish(self, detail_type: str, detail: EventDetail) -> None:
        response = self.eventbridge.put_events(
            Entries=[
                {
                    "Source": REVIEW_EVENT_SOURCE,
                    "DetailType": detail_type,
                    "Detail": canonical_json(detail.model_dump(by_alias=True)),
                    "EventBusName": self.bus_name,
                    "Resources": [*self.resources],
                }
            ]
        )
        if response["FailedEntryCount"]:
            code = response["Entries"][0].get("ErrorCode", "no error code")
            raise EventNotPublishedError(f"EventBridge did not take {detail_type!r}: {code}")
