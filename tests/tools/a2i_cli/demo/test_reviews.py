"""Reviews of a demonstration are followed in the ledger."""

from typing import Any

import pytest

from a2i_cli.demo.reviews import Review, ended_line, follow_ended, wait_for_decisions


class Ledger:
    """A table that fills while it is read."""

    def __init__(self, *scans: list[tuple[str, str]]) -> None:
        self.dynamodb = self
        self._scans = list(scans)
        self._shown: list[tuple[str, str]] = []

    def get_item(self, *, Key: dict[str, dict[str, str]], **_: Any) -> dict[str, Any]:  # noqa: N803
        [name] = Key["humanLoopName"].values()
        [found] = [row for row in self._shown if f"sentiment-{row[0]}" == name]
        return {"Item": _item(*found)}

    def get_paginator(self, _operation: str) -> "Ledger":
        return self

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        rows = self._scans.pop(0) if len(self._scans) > 1 else self._scans[0]
        self._shown = rows
        return [{"Items": [_item(*row)]} for row in rows]


def _item(review_id: str, status: str) -> dict[str, Any]:
    return {
        "reviewId": {"S": review_id},
        "flow": {"S": "sentiment"},
        "status": {"S": status},
        "humanLoopName": {"S": f"sentiment-{review_id}"},
        "reasons": {"L": [{"S": "because"}]},
    }


def test_waits_until_the_starter_has_decided_on_all() -> None:
    ledger = Ledger(
        [], [("b", "Starting"), ("a", "NotNeeded")], [("b", "InProgress"), ("a", "NotNeeded")]
    )
    seen: list[int] = []
    reviews = wait_for_decisions(ledger, "table", expected=2, on_progress=seen.append)  # type: ignore[arg-type] # clients
    assert [(review.review_id, review.decision) for review in reviews] == [
        ("a", "ReviewNotNeeded"),
        ("b", "ReviewStarted"),
    ]
    assert seen == [0, 1, 2]


def test_fails_when_decisions_are_late() -> None:
    with pytest.raises(TimeoutError, match="decided on 1 of 2 predictions within 0 s"):
        wait_for_decisions(
            Ledger([("a", "NotNeeded")]),  # type: ignore[arg-type] # clients
            "table",
            expected=2,
            on_progress=lambda _: None,
            timeout_seconds=0,
        )


def test_tells_each_end_once_and_nothing_that_was_known_before() -> None:
    ledger = Ledger(
        [("a", "NotNeeded"), ("b", "InProgress")],
        [("a", "NotNeeded"), ("b", "Stopped"), ("mine", "NotNeeded")],
        [("a", "NotNeeded"), ("b", "Stopped"), ("mine", "NotNeeded")],
    )
    known = [
        Review("a", "sentiment", "ReviewNotNeeded", [], None),
        Review("b", "sentiment", "ReviewStarted", [], "sentiment-b"),
    ]
    told = follow_ended(ledger, "table", known)  # type: ignore[arg-type] # clients
    looks = [[each.review_id for each in iter(told.__next__, None) if each] for _ in range(3)]
    assert looks == [[], ["b", "mine"], []]


def test_one_line_says_what_an_answer_changed_and_where_it_is() -> None:
    uri = "s3://bucket/results/result.json"
    review = Review("order-1", "sentiment", "ReviewStarted", [], "loop", "Completed", None, uri)
    review.result = {"changedFields": ["sentiment", "comment"]}
    assert ended_line(review) == f"order-1  Completed  changed: sentiment, comment  {uri}"
    review.result = {"changedFields": []}
    assert ended_line(review) == f"order-1  Completed  changed: nothing  {uri}"
    assert ended_line(Review("b", "f", "ReviewStarted", [], "loop", "Stopped")) == "b  Stopped"
    needless = Review("c", "f", "ReviewNotNeeded", ["confidence is high"], None, "NotNeeded")
    assert ended_line(needless) == "c  NotNeeded  confidence is high"
