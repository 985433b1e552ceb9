"""Takes a flow definition away without losing a review.

DeleteFlowDefinition stops and deletes the loops that no worker has opened yet. So a definition with
pending loops is retired when CloudFormation replaces, removes or rolls back the resource, and kept
with an error when the whole stack goes.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from a2i_shared.errors import DeletionStillRunningError, PendingReviewsError
from flow_definition.resource_event import INCOMPLETE, ResourceEvent, accepted, complete
from flow_definition.retirement import retire
from flow_definition.service import Described, FlowDefinitions, PendingLoop

_LONGEST_WAIT = timedelta(minutes=50)
"""CloudFormation gives up on a custom resource after an hour, without saying why."""

_COUNTED = 1000
"""Where counting pending loops ends."""


def begin_deletion(
    event: ResourceEvent, flow_definitions: FlowDefinitions, now: datetime
) -> dict[str, Any]:
    name = event.physical_id or ""
    found = flow_definitions.find(name) if event.is_ours(name) else None
    if found is not None and found.status in {"Active", "Failed"}:
        _delete_or_keep(event, found, flow_definitions, now)
    return accepted(name, now)


def deletion_complete(
    event: ResourceEvent, flow_definitions: FlowDefinitions, now: datetime
) -> dict[str, Any]:
    name = event.physical_id or ""
    found = flow_definitions.find(name) if event.is_ours(name) else None
    if found is None:
        return complete()
    if found.status in {"Active", "Failed"} and _delete_or_keep(
        event, found, flow_definitions, now
    ):
        return complete()
    if now - (event.first_attempt_at or now) > _LONGEST_WAIT:
        raise _still_running(found, flow_definitions)
    return dict(INCOMPLETE)


def _delete_or_keep(
    event: ResourceEvent, found: Described, flow_definitions: FlowDefinitions, now: datetime
) -> bool:
    """Delete what nobody waits for; True when it was retired instead."""
    pending = list(islice(flow_definitions.pending_loops(found.arn), _COUNTED))
    if not pending:
        flow_definitions.delete(found.name)
        return False
    if flow_definitions.stack_status(event.stack_id) == "DELETE_IN_PROGRESS":
        raise PendingReviewsError(
            f"flow definition {found.name} has {_count(pending)} pending, which deleting it would "
            "discard: wait until they are answered, or run 'a2i flow discard-pending'; then "
            "delete the stack again"
        )
    retire(found, flow_definitions, now)
    return True


def _still_running(
    found: Described, flow_definitions: FlowDefinitions
) -> DeletionStillRunningError:
    pending = list(islice(flow_definitions.pending_loops(found.arn), _COUNTED))
    return DeletionStillRunningError(
        f"flow definition {found.name} is still {found.status} after {_LONGEST_WAIT}: "
        f"{_count(pending)} in the hands of workers{_last_end(found, pending)}; "
        "delete again to go on waiting"
    )


def _last_end(found: Described, pending: list[PendingLoop]) -> str:
    lifetime = found.immutable["HumanLoopConfig"].get("TaskAvailabilityLifetimeInSeconds")
    if not pending or lifetime is None:
        return ""
    end = max(loop.created_at for loop in pending) + timedelta(seconds=lifetime)
    return f", the last one until {end:%Y-%m-%d %H:%M} UTC"


def _count(pending: list[PendingLoop]) -> str:
    more = "or more " if len(pending) == _COUNTED else ""
    return f"{len(pending)} {more}human {'loop' if len(pending) == 1 else 'loops'}"
