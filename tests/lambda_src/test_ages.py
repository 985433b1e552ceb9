"""The age of the oldest pending review, by flow."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from a2i_core.statuses import ReviewStatus
from a2i_shared.clock import timestamp
from a2i_shared.ledger import LedgerEntry
from reconciler.ages import record_ages

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def pending(flow: str, status: ReviewStatus = ReviewStatus.IN_PROGRESS, **age: int) -> LedgerEntry:
    return LedgerEntry(
        human_loop_name=f"{flow}-{age}",
        review_id="r",
        flow=flow,
        status=status,
        input_digest="d",
        reasons=(),
        started_at=timestamp(NOW - timedelta(**age)),
    )


def test_each_flow_records_its_oldest_only(capsys: pytest.CaptureFixture[str]) -> None:
    entries = [pending("tone", hours=2), pending("tone", days=3), pending("boxes", minutes=1)]
    record_ages(entries, NOW)
    written = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    ages = {each["flow"]: each["OldestPendingSeconds"] for each in written}
    assert ages == {"tone": [3 * 24 * 3600.0], "boxes": [60.0]}


def test_requests_that_wait_to_be_started_are_recorded_apart(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """However often their message was received, which is when SQS stops telling its age."""
    waiting = pending("tone", ReviewStatus.STARTING, hours=5)
    record_ages([waiting, pending("tone", days=3), pending("boxes", days=3)], NOW)
    written = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    ages = {
        each["flow"]: each["OldestWaitingSeconds"]
        for each in written
        if "OldestWaitingSeconds" in each
    }
    assert ages == {"tone": [5 * 3600.0]}


def test_nothing_pending_records_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    record_ages([], NOW)
    assert capsys.readouterr().out == ""
