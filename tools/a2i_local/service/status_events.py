"""Status change event of a human loop on the default event bus."""

import json
import uuid
from typing import Any

from a2i_core.human_loops.human_loop import HumanLoop
from a2i_core.human_loops.status_event import A2I_SOURCE, DETAIL_TYPE, status_detail
from a2i_local.service.engine import Engine
from a2i_local.service.faults import Faults
from a2i_local.service.loop_records import PendingEvent


class StatusEvents:
    """Publisher of status events, at least once: an event is stored until the host accepts it."""

    def __init__(self, engine: Engine, faults: Faults) -> None:
        self._engine = engine
        self._table = engine.state.pending_events
        self._faults = faults

    def announce(self, loop: HumanLoop) -> None:
        """Publish the loop's status as it is now, once the current call is committed."""
        event = PendingEvent(uuid.uuid4().hex, loop.scope, _entry(loop))
        self._table.put(event)
        self._publish_later(event)

    def resume(self) -> None:
        """Publish what a restart left unpublished."""
        for event in self._table:
            self._publish_later(event)

    def _publish_later(self, event: PendingEvent) -> None:
        self._engine.after_commit(lambda: self._publish(event))

    def _publish(self, event: PendingEvent) -> None:
        for _ in range(self._faults.event_deliveries()):
            self._engine.host.publish(
                event.entry, account=event.scope.account, region=event.scope.region
            )
        with self._engine.locked():
            self._table.remove(event)


def _entry(loop: HumanLoop) -> dict[str, Any]:
    return {
        "Source": A2I_SOURCE,
        "DetailType": DETAIL_TYPE,
        "Resources": [loop.arn],
        "Detail": json.dumps(status_detail(loop)),
    }
