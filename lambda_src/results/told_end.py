"""The end of a loop in the account, which its event only announces.

Anybody in the account who may put events can put one with the backend's source; that of A2I's is
AWS's alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from a2i_core.human_loops.status_event import ACCOUNT_SOURCE, status_detail
from results.status_change import StatusChange

if TYPE_CHECKING:
    from a2i_account.dynamodb_loops import DynamoDbLoops


def told_end(event: dict[str, Any], loops: Callable[[], DynamoDbLoops]) -> StatusChange | None:
    """Return the end that an event tells; None where the loop has not ended, or is gone."""
    change = StatusChange.model_validate(event["detail"])
    if event.get("source") != ACCOUNT_SOURCE:
        return change
    loop = loops().find(change.human_loop_name)
    if loop is None or loop.is_open:
        return None
    return StatusChange.model_validate(status_detail(loop))
