"""Metrics of the age of each flow's oldest review: of all that are pending, and of the unstarted.

The age that SQS tells leaves out messages that were received three times or more, which is what a
request is that Amazon A2I throttles for long: only the ledger knows how long it has waited.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from a2i_core.statuses import ReviewStatus
from a2i_shared import telemetry
from a2i_shared.ledger import LedgerEntry


def record_ages(pending: Iterable[LedgerEntry], now: datetime) -> None:
    """Record nothing for a flow without such reviews."""
    entries = list(pending)
    _record("OldestPendingSeconds", entries, now)
    waiting = [entry for entry in entries if entry.status is ReviewStatus.STARTING]
    _record("OldestWaitingSeconds", waiting, now)


def _record(metric: str, entries: Iterable[LedgerEntry], now: datetime) -> None:
    oldest: dict[str, str] = {}
    for entry in entries:
        oldest[entry.flow] = min(entry.started_at, oldest.get(entry.flow, entry.started_at))
    for flow, started_at in oldest.items():
        age = now - datetime.fromisoformat(started_at)
        telemetry.record_seconds(metric, flow=flow, seconds=age.total_seconds())
