"""Reviews of a demonstration are followed in the ledger."""

from typing import Any

import pytest

from a2i_cli.demo.reviews import wait_for_decisions


class Ledger:
    """A table that fills while it is read."""

    def __init__(self, *scans: list[tuple[str, str]]) -> None:
        self.dynamodb = self
        self._scans = list(scans)

    def get_paginator(self, _operation: str) -> "Ledger":
        return self

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        rows = self._scans.pop(0) if len(self._scans) > 1 else self._scans[0]
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
