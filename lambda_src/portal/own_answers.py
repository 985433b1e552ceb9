"""Reviewers' own numbers, and their last answers where flows show them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from a2i_account.dynamodb_loops import DynamoDbLoops
from a2i_account.given_answers import GivenAnswers
from a2i_core.human_loops import transitions
from a2i_core.human_loops.errors import NotATeamMember, TaskNotFound
from a2i_core.human_loops.human_loop import Answer, HumanLoop
from a2i_core.human_loops.instants import iso_milliseconds
from a2i_core.human_loops.worker_numbers import NUMBERS_COVER, worker_numbers
from a2i_core.human_loops.worker_task import TaskView
from portal.reviewer import Reviewer

MAX_LISTED_ANSWERS = 50
_LOOKS_BACK = timedelta(days=30)


@dataclass(frozen=True)
class OwnAnswers:
    """Numbers and answers of the reviewer who asks.

    Every method raises NotATeamMember for who is in no team or was removed.
    """

    loops: DynamoDbLoops
    clock: Callable[[], datetime]

    def me(self, reviewer: Reviewer) -> dict[str, Any]:
        """Return name, teams and numbers of the last seven days."""
        self._require_member(reviewer)
        now, sub = self.clock(), reviewer.worker.sub
        given = self._given.since(sub, now - NUMBERS_COVER)
        return {
            "sub": sub,
            "name": reviewer.name,
            "teams": [*reviewer.groups],
            **worker_numbers(given, now),
        }

    def list(self, reviewer: Reviewer) -> list[dict[str, Any]]:
        """Return the reviewer's last answers that can be read or taken back, the latest first."""
        self._require_member(reviewer)
        sub, now = reviewer.worker.sub, self.clock()
        given = self._given.latest(sub, now - _LOOKS_BACK, MAX_LISTED_ANSWERS)
        # An answer that was taken back and given again may still have two items.
        names = list(dict.fromkeys(answer.loop_name for answer in given))
        found = (self._shown(loop, reviewer, now) for loop in self.loops.named(names))
        return [_json(*each) for each in found if each is not None]

    def show(self, name: str, reviewer: Reviewer) -> dict[str, Any]:
        """Return the reviewer's answer to a task, with its content.

        Raises TaskNotFound where there is none, or the flow does not show it, or not any more.
        """
        loop, is_blocked = self.loops.find_for(reviewer.worker.sub, name)
        if is_blocked or not reviewer.groups:
            raise _not_a_member()
        shown = None if loop is None else self._shown(loop, reviewer, self.clock())
        if shown is None:
            raise TaskNotFound(f"there is no answer of yours to {name} that can be shown")
        content = self.loops.contents.read_answer(shown[1])
        return {**_json(*shown), "answerContent": content}

    @property
    def _given(self) -> GivenAnswers:
        return GivenAnswers(self.loops.dynamodb, self.loops.table)

    def _require_member(self, reviewer: Reviewer) -> None:
        if not reviewer.groups or self.loops.is_blocked(reviewer.worker.sub):
            raise _not_a_member()

    def _shown(
        self, loop: HumanLoop, reviewer: Reviewer, now: datetime
    ) -> tuple[HumanLoop, Answer] | None:
        """Return loop and answer, if the flow shows it at the moment."""
        loop = transitions.advance(loop, now)
        answer = loop.answer_of(reviewer.worker.sub)
        if answer is None or loop.flow.workteam_arn not in reviewer.team_arns(self.loops.scope):
            return None
        can_undo = loop.undo_until(answer) is not None
        is_shown = now < answer.submitted_at + loop.flow.options.own_answers
        return (loop, answer) if can_undo or is_shown else None


def _json(loop: HumanLoop, answer: Answer) -> dict[str, Any]:
    spent = answer.submitted_at - answer.accepted_at
    return {
        **TaskView.of(loop, answer.worker.sub, state="submitted").to_json(),
        "submittedAt": iso_milliseconds(answer.submitted_at),
        "workingSeconds": round(spent.total_seconds()),
    }


def _not_a_member() -> NotATeamMember:
    return NotATeamMember("you are in no work team: ask its owner to add you")
