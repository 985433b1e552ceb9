"""Thread that moves the life cycles on while no call comes in."""

import logging
import threading
from typing import Self

from a2i_local.service.service import A2IService

log = logging.getLogger(__name__)

_SHORTEST_WAIT_SECONDS = 0.005
_LONGEST_WAIT_SECONDS = 60.0


class Ticker:
    """A thread that sleeps until the next deadline. Use as a context manager, or start/stop."""

    def __init__(self, service: A2IService) -> None:
        self._service = service
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="a2i-ticker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped = True
        self._service.wake.set()
        self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exc_info: object) -> None:
        self.stop()

    def _run(self) -> None:
        while not self._stopped:
            self._service.wake.clear()
            self._tick()
            self._service.wake.wait(self._seconds_to_next())

    def _tick(self) -> None:
        try:
            self._service.tick()
        except Exception:
            # Full disks and the like pass: time must go on when they have.
            log.exception("the service could not move on; trying again")

    def _seconds_to_next(self) -> float:
        due = self._service.next_due()
        if due is None:
            return _LONGEST_WAIT_SECONDS
        wait = (due - self._service.clock.now()).total_seconds()
        return min(max(wait, _SHORTEST_WAIT_SECONDS), _LONGEST_WAIT_SECONDS)
