"""Life cycles move while no call comes in."""

import threading
from datetime import timedelta
from typing import Any

from a2i_local.service import ServiceSettings
from a2i_local.service.memory_host import MemoryHost
from a2i_local.testing import LocalA2I


class WaitingHost(MemoryHost):
    """Tells when an event arrives."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived = threading.Event()

    def publish(self, event: dict[str, Any], *, account: str, region: str) -> None:
        super().publish(event, account=account, region=region)
        self.arrived.set()


def test_an_event_comes_without_anybody_asking() -> None:
    host = WaitingHost()
    settings = ServiceSettings(human_loop_stopping=timedelta(milliseconds=100))
    with LocalA2I(host=host, settings=settings) as a2i:
        flow = a2i.create_flow_definition("review", "<crowd-form/>")
        a2i.start("loop", flow, {})
        a2i.call("StopHumanLoop", HumanLoopName="loop")
        assert host.arrived.wait(timeout=10)
    assert host.events[0]["Source"] == "aws.sagemaker"


def test_time_goes_on_after_a_failure() -> None:
    class FailingOnce(WaitingHost):
        failed = False

        def publish(self, event: dict[str, Any], *, account: str, region: str) -> None:
            if not self.failed:
                self.failed = True
                raise ConnectionError
            super().publish(event, account=account, region=region)

    host = FailingOnce()
    with LocalA2I(host=host) as a2i:
        flow = a2i.create_flow_definition("review", "<crowd-form/>")
        a2i.start("loop", flow, {})
        a2i.call("StopHumanLoop", HumanLoopName="loop")
        assert host.arrived.wait(timeout=10)


def test_calls_from_many_threads_lose_nothing() -> None:
    with LocalA2I() as a2i:
        flow = a2i.create_flow_definition("review", "<crowd-form/>")

        def review(worker: str) -> None:
            for number in range(20):
                a2i.start(f"{worker}-{number}", flow, {})
                a2i.submit(f"{worker}-{number}", {"by": worker}, worker=worker)

        workers = [f"worker-{number}" for number in (1, 2, 3)]
        threads = [threading.Thread(target=review, args=(worker,)) for worker in workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(a2i.events) == 60
    assert len(a2i.host.buckets[a2i.bucket]) == 60


def test_a_host_may_call_back_in() -> None:
    class CallingBack(MemoryHost):
        a2i: LocalA2I
        statuses: list[str]

        def publish(self, event: dict[str, Any], *, account: str, region: str) -> None:
            thread = threading.Thread(target=self._describe)
            thread.start()
            thread.join()
            super().publish(event, account=account, region=region)

        def _describe(self) -> None:
            self.statuses.append(self.a2i.status("loop"))

    host = CallingBack()
    host.statuses = []
    host.a2i = LocalA2I(host=host)
    flow = host.a2i.create_flow_definition("review", "<crowd-form/>")
    host.a2i.start("loop", flow, {})
    host.a2i.submit("loop", {"label": "yes"})
    assert host.statuses == ["Completed"]
    host.a2i.close()
