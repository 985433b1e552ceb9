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


def pending(flow: str, **age: int) -> LedgerEntry:
    return LedgerEntry(
        human_loop_name=f"{flow}-{age}",
        review_id="r",
        flow=flow,
        status=ReviewStatus.IN_PROGRESS,
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


def test_nothing_pending_records_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    record_ages([], NOW)
    assert capsys.readouterr().out == ""
