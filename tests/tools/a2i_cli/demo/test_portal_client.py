"""Reviewers take turns at the open tasks of the portal."""

from typing import Any

import pytest

from a2i_cli.demo.portal_client import PortalClient, SlotTakenError, answer_open_tasks


def answer(html: str) -> dict[str, Any]:
    return {"seen": html}


class FakePortal(PortalClient):
    """Two tasks; the first is taken by somebody else at the moment of accepting."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:1/_a2i/portal")
        self.submitted: dict[str, str] = {}

    def tasks(self, worker: str) -> list[dict[str, Any]]:
        return [
            {"id": task_id, "humanLoopName": f"loop-{task_id}", "state": "available"}
            for task_id in ("taken", "free")
            if task_id not in self.submitted
        ]

    def accept(self, task_id: str, worker: str) -> None:
        if task_id == "taken":
            raise SlotTakenError("taken")

    def task(self, task_id: str, worker: str) -> dict[str, Any]:
        return {"html": "<p>fine</p>"}

    def submit(self, task_id: str, worker: str, answer_content: dict[str, Any]) -> None:
        self.submitted[task_id] = worker


def test_goes_on_with_the_next_task_when_another_reviewer_was_quicker() -> None:
    portal = FakePortal()
    answers = list(answer_open_tasks(portal, ["alice", "bob"], expected=1, answer=answer))
    assert [answer.human_loop_name for answer in answers] == ["loop-free"]
    assert portal.submitted == {"free": "alice"}


def test_says_how_many_are_open_when_tasks_do_not_come() -> None:
    with pytest.raises(TimeoutError, match="1 of 2 tasks"):
        list(
            answer_open_tasks(
                FakePortal(), ["alice"], expected=2, answer=answer, timeout_seconds=0.3
            )
        )
