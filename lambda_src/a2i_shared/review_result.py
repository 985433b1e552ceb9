"""result.json: what a review came to. Unlike events and ledger it holds content under review."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from a2i_shared.events import EventDetail, FinishedStatus, HumanReviewFinished


class _Document(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        alias_generator=to_camel,
        populate_by_name=True,
        hide_input_in_errors=True,  # Lambda logs the errors that a function ends with
    )


class HumanAnswer(_Document):
    """One reviewer's answer with Amazon A2I's own field names; old outputs lack some times."""

    answer_content: dict[str, Any]
    submission_time: str | None = None
    acceptance_time: str | None = None
    time_spent_in_seconds: float | None = None
    worker_id: str | None = None


class Change(_Document):
    """What the model had proposed for a field, and what the reviewers made of it."""

    before: Any
    after: Any


class ReviewResult(EventDetail):
    review_id: str
    flow: str
    status: FinishedStatus
    human_loop_name: str
    result_uri: str
    output_uri: str | None
    answer: dict[str, Any] | None
    """The consolidated answer; null unless the review completed."""
    answers: list[HumanAnswer]
    agreement: float | None = Field(ge=0, le=1)
    """Mean share of the reviewers who agree with each field of `answer`."""
    prediction: Any
    changes: dict[str, Change]
    changed_fields: list[str]
    started_at: str
    finished_at: str
    failure_code: str | None
    failure_reason: str | None

    def finished(self) -> HumanReviewFinished:
        """The event's detail: the same facts without the content, which only result.json has."""
        content = {"answer", "answers", "prediction", "changes", "failure_reason"}
        return HumanReviewFinished(
            **self.model_dump(exclude=content),
            answers=len(self.answers),
            failure_reason=_without_quotations(self.failure_reason),
        )


def _without_quotations(failure_reason: str | None) -> str | None:
    """A2I's reason for a template that failed to render quotes the input."""
    if failure_reason is None:
        return None
    return re.sub('".*"', '"..."', failure_reason, flags=re.DOTALL)
