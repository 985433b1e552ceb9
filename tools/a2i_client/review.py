"""Review and its result, as the client returns them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Self, TypeAlias

from a2i_core.statuses import ReviewStatus

Decision: TypeAlias = Literal["ReviewStarted", "ReviewNotNeeded", "ReviewQueued", "ReviewFinished"]
"""What the starter decided; docs/integrating.md describes each."""

_DECISIONS: dict[ReviewStatus, Decision] = {
    ReviewStatus.STARTING: "ReviewQueued",
    ReviewStatus.IN_PROGRESS: "ReviewStarted",
    ReviewStatus.NOT_NEEDED: "ReviewNotNeeded",
}


@dataclass(frozen=True)
class Review:
    """Review of one prediction, as it was when the client asked."""

    review_id: str
    flow: str
    decision: Decision
    reasons: tuple[str, ...]
    """Why a person must look, or why nobody need, as sentences."""
    human_loop_name: str | None
    """None where nobody is needed."""

    @property
    def needs_a_person(self) -> bool:
        """False if the flow's policy lets the prediction pass."""
        return self.decision != "ReviewNotNeeded"

    @classmethod
    def from_response(cls, response: Mapping[str, Any]) -> Self:
        """Read the starter's answer."""
        return cls(
            review_id=response["reviewId"],
            flow=response["flow"],
            decision=response["decision"],
            reasons=tuple(response["reasons"]),
            human_loop_name=response["humanLoopName"],
        )

    @classmethod
    def from_entry(cls, entry: Mapping[str, Any]) -> Self:
        """Read an entry of the ledger: the review as the starter would answer for it now."""
        decision = _DECISIONS.get(entry["status"], "ReviewFinished")
        return cls(
            review_id=entry["reviewId"],
            flow=entry["flow"],
            decision=decision,
            reasons=tuple(entry["reasons"]),
            human_loop_name=None if decision == "ReviewNotNeeded" else entry["humanLoopName"],
        )


@dataclass(frozen=True)
class Result:
    """End of a review: what the reviewers said.

    A review that did not complete, or that nobody needed, has no answer.
    """

    review_id: str
    flow: str
    status: ReviewStatus
    """`Completed`, `Failed`, `Expired`, `Stopped`, or `NotNeeded`."""
    answer: dict[str, Any] | None = None
    """What the reviewers agreed on, by the names of the template's fields."""
    answers: tuple[dict[str, Any], ...] = ()
    """What each reviewer said: `answerContent`, `workerId` and times."""
    agreement: float | None = None
    """Share of reviewers, 0 to 1, that gave the most common value; the mean of all fields."""
    prediction: Any = None
    changes: dict[str, Any] = field(default_factory=dict)
    """`before` and `after` of each field in which the answer differs from the model's proposal."""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    failure_code: str | None = None
    failure_reason: str | None = None
    result_uri: str | None = None
    """S3 URI of result.json."""
    document: dict[str, Any] = field(default_factory=dict, repr=False)
    """All of result.json; empty where nobody was needed."""

    @property
    def is_completed(self) -> bool:
        """True if reviewers answered."""
        return self.status is ReviewStatus.COMPLETED

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Read result.json."""
        return cls(
            review_id=document["reviewId"],
            flow=document["flow"],
            status=ReviewStatus(document["status"]),
            answer=document["answer"],
            answers=tuple(document["answers"]),
            agreement=document["agreement"],
            prediction=document["prediction"],
            changes=document["changes"],
            started_at=datetime.fromisoformat(document["startedAt"]),
            finished_at=datetime.fromisoformat(document["finishedAt"]),
            failure_code=document["failureCode"],
            failure_reason=document["failureReason"],
            result_uri=document["resultUri"],
            document=document,
        )

    @classmethod
    def not_needed(cls, entry: Mapping[str, Any]) -> Self:
        """Read the ledger entry of a review that nobody needed."""
        return cls(
            review_id=entry["reviewId"],
            flow=entry["flow"],
            status=ReviewStatus.NOT_NEEDED,
            started_at=datetime.fromisoformat(entry["startedAt"]),
        )
