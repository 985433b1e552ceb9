"""The task of a human loop as one worker sees it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from a2i_core.human_loops.errors import InvalidAnswer
from a2i_core.human_loops.human_loop import HumanLoop
from a2i_core.human_loops.instants import iso_milliseconds
from a2i_core.names import flow_shown

TaskState = Literal["available", "accepted", "submitted"]
MAX_LISTED = 200
"""Tasks that are listed: a worker takes one at a time, and the page stays quick."""


@dataclass(slots=True)  # not frozen: setting its 20 fields would take twice as long
class TaskView:
    """One task as one worker sees it; `accepted_until` is set while the worker holds it.

    What follows it says what the worker may do: decline, comment on the task, extend the time, take
    an answer back.
    """

    id: str
    human_loop_name: str
    flow_definition_arn: str
    title: str
    description: str
    keywords: Sequence[str]
    created_at: datetime
    time_limit_seconds: int
    state: TaskState
    accepted_until: datetime | None
    expires_at: datetime
    """When the task is withdrawn if too few workers have answered."""
    review_id: str | None
    """The sender's own key; None where none is known, as in A2I."""
    review_title: str | None = field(default=None, kw_only=True)
    """Title made from the input, where the flow has one and the loop is open."""
    can_decline: bool = field(default=False, kw_only=True)
    can_flag: bool = field(default=False, kw_only=True)
    extension_seconds: int = field(default=0, kw_only=True)
    extensions_left: int = field(default=0, kw_only=True)
    undo_until: datetime | None = field(default=None, kw_only=True)

    @property
    def flow(self) -> str:
        """Name of the flow, without the hashes of its definition's name."""
        return flow_shown(self.flow_definition_arn.rpartition("/")[2])

    @classmethod
    def of(
        cls,
        loop: HumanLoop,
        sub: str,
        *,
        state: TaskState | None = None,
        can_decline: bool = False,
    ) -> "TaskView":
        """Return the view of the worker with this `sub`; `state` overrides what the loop says.

        can_decline: the host lets workers comment on tasks, and decline those that they hold or
        could accept.
        """
        assignment = None if state else loop.assignment_of(sub)
        answer = loop.answer_of(sub) if state == "submitted" else None
        return cls(
            id=loop.task_id,
            human_loop_name=loop.name,
            flow_definition_arn=loop.flow_definition_arn,
            title=loop.flow.task_title,
            description=loop.flow.task_description,
            keywords=loop.flow.task_keywords,
            created_at=loop.created_at,
            time_limit_seconds=int(loop.flow.time_limit.total_seconds()),
            state=state or ("accepted" if assignment else "available"),
            accepted_until=assignment.until if assignment else None,
            expires_at=loop.expires_at,
            review_id=loop.review_id,
            review_title=loop.review_title,
            can_decline=can_decline and answer is None,
            can_flag=can_decline,
            extension_seconds=int(loop.flow.options.extension.total_seconds()),
            extensions_left=loop.extensions_left(assignment) if assignment else 0,
            undo_until=loop.undo_until(answer) if answer else None,
        )

    def to_json(self) -> dict[str, Any]:
        """Return the task as the portal's API shows it."""
        until = self.accepted_until
        return {
            "id": self.id,
            "humanLoopName": self.human_loop_name,
            "reviewId": self.review_id,
            "reviewTitle": self.review_title,
            "flow": self.flow,
            "flowDefinitionArn": self.flow_definition_arn,
            "title": self.title,
            "description": self.description,
            "keywords": list(self.keywords),
            "createdAt": iso_milliseconds(self.created_at),
            "expiresAt": iso_milliseconds(self.expires_at),
            "timeLimitSeconds": self.time_limit_seconds,
            "state": self.state,
            "acceptedUntil": None if until is None else iso_milliseconds(until),
            "allows": self._allows(),
        }

    def _allows(self) -> dict[str, Any]:
        undo_until = self.undo_until
        extension = {"seconds": self.extension_seconds, "left": self.extensions_left}
        return {
            "decline": self.can_decline,
            "flag": self.can_flag,
            "extend": extension if self.extensions_left > 0 else None,
            "undo": None if undo_until is None else {"until": iso_milliseconds(undo_until)},
        }


def answer_content(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return a private copy of an answer as plain JSON.

    Raises:
        InvalidAnswer: it is no JSON object.
    """
    try:
        text = json.dumps(answer, allow_nan=False, ensure_ascii=False)
        content = json.loads(text.encode())
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidAnswer(f"the answer is not valid JSON: {error}") from error
    if not isinstance(content, dict):
        raise InvalidAnswer("the answer must be a JSON object")
    return content
