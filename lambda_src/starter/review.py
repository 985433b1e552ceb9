"""Review that the starter works on, and the response to its caller."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from a2i_core import names
from a2i_core.statuses import ReviewStatus
from a2i_shared.clock import timestamp
from a2i_shared.documents import S3Uri
from a2i_shared.ledger import LedgerEntry
from starter.flows import Flow, Flows
from starter.request import ReviewRequest


class ReviewDecision(StrEnum):
    STARTED = "ReviewStarted"
    NOT_NEEDED = "ReviewNotNeeded"
    QUEUED = "ReviewQueued"
    FINISHED = "ReviewFinished"


class StartResponse(BaseModel):
    """Response to a direct caller."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)

    decision: ReviewDecision
    review_id: str
    flow: str
    human_loop_name: str | None
    human_loop_arn: str | None
    reasons: tuple[str, ...]
    result_uri: str | None

    @classmethod
    def of(cls, entry: LedgerEntry) -> StartResponse:
        decision = _DECISIONS.get(entry.status, ReviewDecision.FINISHED)
        has_loop = decision is not ReviewDecision.NOT_NEEDED
        return cls(
            decision=decision,
            review_id=entry.review_id,
            flow=entry.flow,
            human_loop_name=entry.human_loop_name if has_loop else None,
            human_loop_arn=entry.human_loop_arn,
            reasons=entry.reasons,
            result_uri=entry.result_uri,
        )

    def to_json(self) -> dict[str, Any]:
        return self.model_dump(by_alias=True, mode="json")


_DECISIONS = {
    ReviewStatus.STARTING: ReviewDecision.QUEUED,
    ReviewStatus.IN_PROGRESS: ReviewDecision.STARTED,
    ReviewStatus.NOT_NEEDED: ReviewDecision.NOT_NEEDED,
}


@dataclass(frozen=True)
class Review:
    """A valid request together with everything that is derived from it."""

    request: ReviewRequest
    flow: Flow
    human_loop_name: str
    input_digest: str
    input_content: str
    request_uri: S3Uri
    """S3 URI of this attempt's kept request; no other attempt writes or deletes there."""

    @classmethod
    def identify(
        cls, request: ReviewRequest, flows: Flows, *, stack_id: str, input_bucket: str
    ) -> Review:
        """Check a request against its flow. Raises RequestRefusedError's kinds; stores nothing."""
        flow = flows.select(request.flow)
        key = names.request_key(flow.flow, request.review_id, attempt=uuid4().hex)
        return cls(
            request=request,
            flow=flow,
            human_loop_name=names.human_loop_name(stack_id, flow.flow, request.review_id),
            input_digest=request.input_digest(),
            input_content=flow.input_content(request.input),
            request_uri=S3Uri(input_bucket, key),
        )

    def kept_request(self) -> dict[str, Any]:
        """The document in S3, which is a request in its own right but for the task token."""
        return {
            "reviewId": self.request.review_id,
            "flow": self.flow.flow,
            "input": self.request.input,
            "prediction": self.request.prediction,
        }

    def starting(self, reasons: tuple[str, ...], at: datetime) -> LedgerEntry:
        token = self.request.task_token
        return LedgerEntry(
            human_loop_name=self.human_loop_name,
            review_id=self.request.review_id,
            flow=self.flow.flow,
            status=ReviewStatus.STARTING,
            input_digest=self.input_digest,
            reasons=reasons,
            consolidation=self.flow.consolidation,
            flow_definition_arn=self.flow.flow_definition_arn,
            request_uri=str(self.request_uri),
            started_at=timestamp(at),
            task_tokens=frozenset() if token is None else frozenset({token}),
            open_flow=self.flow.flow,
        )

    def not_needed(
        self, reasons: tuple[str, ...], at: datetime, expires_at: int | None
    ) -> LedgerEntry:
        return LedgerEntry(
            human_loop_name=self.human_loop_name,
            review_id=self.request.review_id,
            flow=self.flow.flow,
            status=ReviewStatus.NOT_NEEDED,
            input_digest=self.input_digest,
            reasons=reasons,
            started_at=timestamp(at),
            finished_at=timestamp(at),
            expires_at=expires_at,
        )
