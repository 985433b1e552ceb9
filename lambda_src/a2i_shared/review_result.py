"""result.json: what a review came to. Unlike events and ledger it holds content under review."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from a2i_shared.events import EventDetail, FinishedStatus, HumanReviewFinished
from a2i_shared.shown_names import shown


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
    """Value that the model proposed for a field, and the reviewers' value."""

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
    """Amazon A2I's words, which can quote the input."""
    request_gone: bool = False
    """Whether the kept request could not be read: then `prediction` is null, `changes` empty."""

    def finished(self) -> HumanReviewFinished:
        """Return the event's detail: the same facts without the content under review."""
        return HumanReviewFinished(
            **self.model_dump(include=_FACTS),
            answers=len(self.answers),
            changed_fields=[shown(name) for name in self.changed_fields[:_MAX_NAMES]],
        )


_FACTS = HumanReviewFinished.model_fields.keys() - {"answers", "changed_fields"}
_MAX_NAMES = 100
"""Fields that an event lists, which EventBridge takes up to 1 MiB only."""
