"""Status change event of a human loop on the default event bus."""

import json
import uuid
from typing import Any

from a2i_local.service.clock import iso_milliseconds
from a2i_local.service.engine import Engine
from a2i_local.service.faults import Faults
from a2i_local.service.loop_records import HumanLoop, PendingEvent

SOURCE = "aws.sagemaker"
DETAIL_TYPE = "SageMaker A2I HumanLoop Status Change"


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
        "Source": SOURCE,
        "DetailType": DETAIL_TYPE,
        "Resources": [loop.arn],
        "Detail": json.dumps(_detail(loop)),
    }


def _detail(loop: HumanLoop) -> dict[str, Any]:
    return {
        "creationTime": iso_milliseconds(loop.created_at),
        "failureCode": loop.failure_code,
        "failureReason": loop.failure_reason,
        "flowDefinitionArn": loop.flow_definition_arn,
        "humanLoopArn": loop.arn,
        "humanLoopName": loop.name,
        "humanLoopOutput": {"outputS3Uri": loop.output_uri} if loop.output_written else None,
        "humanLoopStatus": loop.status,
    }
