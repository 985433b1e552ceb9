"""The end of a loop in the account, which its event only announces.

Anybody in the account who may put events can put one with the backend's source; that of A2I's is
AWS's alone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from a2i_core.human_loops.status_event import ACCOUNT_SOURCE, status_detail
from results.status_change import StatusChange

if TYPE_CHECKING:
    from a2i_account.dynamodb_loops import DynamoDbLoops


class ToldEnd(NamedTuple):
    """How a human loop ended, and when."""

    change: StatusChange
    at: datetime


def told_end(event: dict[str, Any], loops: Callable[[], DynamoDbLoops]) -> ToldEnd | None:
    """Return the end that an event tells; None where the loop has not ended, or is gone.

    Of an event of the account the loop's name alone is used: who puts an event sets its time, too.
    """
    change = StatusChange.model_validate(event["detail"])
    if event.get("source") != ACCOUNT_SOURCE:
        return ToldEnd(change, datetime.fromisoformat(event["time"]))
    loop = loops().find(change.human_loop_name)
    if loop is None or loop.is_open:
        return None
    return ToldEnd(StatusChange.model_validate(status_detail(loop)), loop.ended_at)
