"""Report of a reconciler run for the log and `a2i reconcile`; it holds no content of reviews."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Action(StrEnum):
    WAITING = "waiting"
    RESUMED = "resumed"
    FINISHED = "finished"
    FAILED = "failed"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)


class ReviewAction(_Part):
    human_loop_name: str
    review_id: str
    flow: str
    action: Action
    reason: str


class FlowDefinitionAction(_Part):
    name: str
    deleted: bool
    pending: int


class Report(_Part):
    starter_resumed: bool
    """Whether a destroy guard that was killed had left the starter paused."""
    open_reviews: int
    reviews: tuple[ReviewAction, ...]
    """Actions on reviews; those that only wait are counted in `open_reviews`."""
    retired_flow_definitions: tuple[FlowDefinitionAction, ...]

    def to_json(self) -> dict[str, Any]:
        return self.model_dump(by_alias=True, mode="json")
