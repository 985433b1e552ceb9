"""Answers and events are delivered even if the host fails for a while."""

from datetime import timedelta
from typing import Any

import pytest

from a2i_local.service import ManualClock
from a2i_local.service.memory_host import MemoryHost
from a2i_local.testing import LocalA2I


class FlakyHost(MemoryHost):
    """Fails each write and each publication as often as told."""

    def __init__(self, failures: int) -> None:
        super().__init__()
        self._left = {"put": failures, "publish": failures}

    def _fail(self, what: str) -> None:
        if self._left[what]:
            self._left[what] -= 1
            raise ConnectionError(f"{what} is down")

    def put_object(
        self, role_arn: str, bucket: str, key: str, body: bytes, *, kms_key_id: str | None
    ) -> None:
        self._fail("put")
        super().put_object(role_arn, bucket, key, body, kms_key_id=kms_key_id)

    def publish(self, event: dict[str, Any], *, account: str, region: str) -> None:
        self._fail("publish")
        super().publish(event, account=account, region=region)


@pytest.mark.parametrize("failures", [1, 4])
def test_answers_and_events_are_delivered_when_the_host_is_back(failures: int) -> None:
    a2i = LocalA2I(clock=ManualClock(), host=FlakyHost(failures))
    flow = a2i.create_flow_definition("review", "<crowd-form/>")
    a2i.start("loop", flow, {})
    a2i.submit("loop", {"label": "yes"})
    assert a2i.status("loop") == "InProgress"
    for _ in range(2 * failures):
        a2i.advance(timedelta(minutes=5))
    assert a2i.status("loop") == "Completed"
    assert [event["detail"]["humanLoopStatus"] for event in a2i.events] == ["Completed"]
    a2i.close()
