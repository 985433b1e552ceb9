"""Review and its result, as the client returns them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Self, TypeAlias

from a2i_core.statuses import ReviewStatus

Decision: TypeAlias = Literal["ReviewStarted", "ReviewNotNeeded", "ReviewQueued", "ReviewFinished"]
"""Decisions of the starter; docs/integrating.md describes each."""

_DECISIONS: dict[ReviewStatus, Decision] = {
    ReviewStatus.STARTING: "ReviewQueued",
    ReviewStatus.IN_PROGRESS: "ReviewStarted",
    ReviewStatus.NOT_NEEDED: "ReviewNotNeeded",
}


@dataclass(frozen=True)
class Review:
    """Review of one prediction, as it was when the client asked.

    Attributes:
        review_id: The id that it was sent under.
        flow: Name of the flow.
        decision: What the starter decided.
        reasons: Why a person must look, or why nobody need, as sentences.
        human_loop_name: Name of its human loop; None where nobody is needed.
    """

    review_id: str
    flow: str
    decision: Decision
    reasons: tuple[str, ...]
    human_loop_name: str | None

    @property
    def needs_a_person(self) -> bool:
        """False if the flow's policy lets the prediction pass."""
        return self.decision != "ReviewNotNeeded"

    @classmethod
    def from_response(cls, response: Mapping[str, Any]) -> Self:
        """Read the starter's answer, `response`."""
        return cls(
            review_id=response["reviewId"],
            flow=response["flow"],
            decision=response["decision"],
            reasons=tuple(response["reasons"]),
            human_loop_name=response["humanLoopName"],
        )

    @classmethod
    def from_entry(cls, entry: Mapping[str, Any]) -> Self:
        """Read `entry`, an item of the ledger: the review as it stands now."""
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

    Attributes:
        review_id: The id that it was sent under.
        flow: Name of the flow.
        status: `Completed`, `Failed`, `Expired`, `Stopped`, or `NotNeeded`.
        answer: What the reviewers agreed on, by the names of the template's fields; None where
            there is no answer.
        answers: What each reviewer said: `answerContent`, `workerId` and times.
        agreement: Share of reviewers, 0 to 1, that gave the most common value; the mean of all
            fields. None where there is no answer.
        prediction: What was sent as the model's prediction; None where nothing was.
        changes: `before` and `after` of each field in which the answer differs from the model's
            proposal.
        started_at: Time of the decision, with a time zone; never None in what the client returns.
        finished_at: Time of the end, with a time zone; None where nobody was needed.
        failure_code: Why it failed, as a code; None where it did not.
        failure_reason: The same in words; None where it did not.
        result_uri: S3 URI of result.json; None where nobody was needed.
        document: All of result.json; empty where nobody was needed.
    """

    review_id: str
    flow: str
    status: ReviewStatus
    answer: dict[str, Any] | None = None
    answers: tuple[dict[str, Any], ...] = ()
    agreement: float | None = None
    prediction: Any = None
    changes: dict[str, Any] = field(default_factory=dict)
    started_at: datetime | None = None
    finished_at: datetime | None = None
    failure_code: str | None = None
    failure_reason: str | None = None
    result_uri: str | None = None
    document: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def is_completed(self) -> bool:
        """True if reviewers answered."""
        return self.status is ReviewStatus.COMPLETED

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Read `document`, the content of result.json."""
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
        """Read `entry`, the ledger's item of a review that nobody needed."""
        return cls(
            review_id=entry["reviewId"],
            flow=entry["flow"],
            status=ReviewStatus.NOT_NEEDED,
            started_at=datetime.fromisoformat(entry["startedAt"]),
        )
