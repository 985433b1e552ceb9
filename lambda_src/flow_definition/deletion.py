"""Deletion of a flow definition: at once at stack deletion, else by retiring it.

DeleteFlowDefinition stops and deletes the loops that no worker has opened yet. So a definition with
pending loops is retired when CloudFormation replaces, removes or rolls back the resource, and kept
with an error when the whole stack goes.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from a2i_shared.errors import DeletionStillRunningError, PendingReviewsError, ServiceBusyError
from a2i_shared.flow_definitions.retirement import retire
from a2i_shared.flow_definitions.service import Described, FlowDefinitions, PendingLoop
from a2i_shared.telemetry import logger
from flow_definition.resource_event import INCOMPLETE, ResourceEvent, accepted, complete

_LONGEST_WAIT = timedelta(minutes=50)
"""CloudFormation gives up on a custom resource after an hour, without saying why."""

_COUNTED = 1000
"""Number of pending loops at which counting ends."""


def begin_deletion(
    event: ResourceEvent, flow_definitions: FlowDefinitions, now: datetime
) -> dict[str, Any]:
    """Raises PendingReviewsError when the stack is destroyed while reviews are pending."""
    with suppress(ServiceBusyError):
        _advance(event, flow_definitions, now)
    return accepted(event.require_physical_id(), now)


def deletion_complete(
    event: ResourceEvent, flow_definitions: FlowDefinitions, now: datetime
) -> dict[str, Any]:
    """Raises DeletionStillRunningError when workers hold tasks for longer than can be waited."""
    left = _advance(event, flow_definitions, now)
    if left is None:
        return complete()
    if event.waited(now) > _LONGEST_WAIT:
        raise _still_running(left, flow_definitions, now)
    return dict(INCOMPLETE)


def _advance(
    event: ResourceEvent, flow_definitions: FlowDefinitions, now: datetime
) -> Described | None:
    """Do what can be done now; None when nothing of it has to be waited for."""
    name = event.require_physical_id()
    found = flow_definitions.find(name) if event.is_ours(name) else None
    if found is None:
        return None
    if found.status == "Failed":
        return _discard_failed(found, flow_definitions)
    if found.status != "Active":  # Initializing cannot be deleted yet, Deleting is under way
        return found
    if _is_kept(event, found, flow_definitions, now):
        return None
    flow_definitions.delete(name)
    return found


def _discard_failed(found: Described, flow_definitions: FlowDefinitions) -> Described | None:
    """The guide says that only Active ones can be deleted; one that stays does no harm."""
    if flow_definitions.delete(found.name):
        return found
    logger.warning("failed flow definition cannot be deleted", flow_definition=found.name)
    return None


def _is_kept(
    event: ResourceEvent, found: Described, flow_definitions: FlowDefinitions, now: datetime
) -> bool:
    """Retire a definition with loops pending; destroying the stack over them is an error."""
    pending = list(islice(flow_definitions.pending_loops(found, now), _COUNTED))
    if not pending:
        return False
    if flow_definitions.is_stack_being_deleted(event.stack_id):
        raise PendingReviewsError(
            f"flow definition {found.name} has {_count(pending)} pending, which deleting it would "
            "discard: wait until they are answered, or run 'a2i flow discard-pending'; then "
            "delete the stack again"
        )
    retire(found, flow_definitions, now)
    return True


def _still_running(
    found: Described, flow_definitions: FlowDefinitions, now: datetime
) -> DeletionStillRunningError:
    return DeletionStillRunningError(
        f"flow definition {found.name} is still {found.status} after {_LONGEST_WAIT}: "
        f"{_what_holds_it(found, flow_definitions, now)}; delete again to go on waiting"
    )


def _what_holds_it(found: Described, flow_definitions: FlowDefinitions, now: datetime) -> str:
    pending = list(islice(flow_definitions.pending_loops(found, now), _COUNTED))
    if pending:
        return f"{_count(pending)} in the hands of workers{_last_end(found, pending)}"
    if found.status == "Active":
        return "the service refuses to delete it; the function's log has its words"
    return "no human loop holds it, so the service itself takes this long"


def _last_end(found: Described, pending: list[PendingLoop]) -> str:
    if not pending or found.task_availability is None:
        return ""
    latest = max(loop.created_at for loop in pending)
    end = latest + found.task_availability + found.task_time_limit
    return f", the last one until {end.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _count(pending: list[PendingLoop]) -> str:
    more = "or more " if len(pending) == _COUNTED else ""
    return f"{len(pending)} {more}human {'loop' if len(pending) == 1 else 'loops'}"
