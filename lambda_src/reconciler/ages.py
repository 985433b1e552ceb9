"""How long the oldest review of each flow has been pending, as a metric to set an alarm on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from a2i_shared import telemetry
from a2i_shared.ledger import LedgerEntry


def record_ages(pending: Iterable[LedgerEntry], now: datetime) -> None:
    """Record nothing for a flow without pending reviews."""
    oldest: dict[str, str] = {}
    for entry in pending:
        oldest[entry.flow] = min(entry.started_at, oldest.get(entry.flow, entry.started_at))
    for flow, started_at in oldest.items():
        age = now - datetime.fromisoformat(started_at)
        telemetry.record_seconds("OldestPendingSeconds", flow=flow, seconds=age.total_seconds())
