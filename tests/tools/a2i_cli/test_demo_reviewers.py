"""The scripted reviewers of the demonstration read the page that a person would see."""

from typing import Any

import pytest

from a2i_cli.demo.portal_client import PortalClient, SlotTakenError
from a2i_cli.demo.reviewers import answer_open_tasks, answer_page, judge_sentiment

PAGE = """<crowd-form><crowd-classifier name="sentiment" categories="['Positive']">
<classification-target><p>{}</p></classification-target>
<full-instructions>great</full-instructions></crowd-classifier></crowd-form>"""


@pytest.mark.parametrize(
    ("text", "sentiment"),
    [
        ("I love it", "Positive"),
        ("It arrived late and broken", "Negative"),
        ("Great sound, bad battery", "Mixed"),
        ("It is blue", "Neutral"),
    ],
)
def test_judges_by_the_words_of_the_text(text: str, sentiment: str) -> None:
    assert judge_sentiment(text) == sentiment


def test_answers_under_the_name_of_the_classifier_and_ignores_the_instructions() -> None:
    assert answer_page(PAGE.format("It is <b>blue</b>")) == {"sentiment": {"label": "Neutral"}}


def test_refuses_a_page_without_a_classifier() -> None:
    with pytest.raises(ValueError, match="no crowd-classifier"):
        answer_page("<crowd-form></crowd-form>")


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
        return {"html": PAGE.format("fine")}

    def submit(self, task_id: str, worker: str, answer_content: dict[str, Any]) -> None:
        self.submitted[task_id] = worker


def test_goes_on_with_the_next_task_when_another_reviewer_was_quicker() -> None:
    portal = FakePortal()
    answers = list(answer_open_tasks(portal, ["alice", "bob"], expected=1))
    assert [answer.human_loop_name for answer in answers] == ["loop-free"]
    assert portal.submitted == {"free": "alice"}


def test_says_how_many_are_open_when_tasks_do_not_come() -> None:
    with pytest.raises(TimeoutError, match="1 of 2 tasks"):
        list(answer_open_tasks(FakePortal(), ["alice"], expected=2, timeout_seconds=0.3))
