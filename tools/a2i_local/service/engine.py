"""One lock, one clock: every call runs what has become due, does its work, and commits.

Work that leaves the service (writing answers to S3, publishing events) runs after the lock is
released, so that whatever it triggers may call back in.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from a2i_local.service.clock import Clock
from a2i_local.service.host import Host
from a2i_local.service.schedule import Schedule
from a2i_local.service.settings import ServiceSettings
from a2i_local.service.state import State

log = logging.getLogger(__name__)

Effect = Callable[[], None]
_FIRST_RETRY = timedelta(seconds=1)
_LAST_RETRY = timedelta(minutes=5)


class Engine:
    """What all parts of the service share."""

    def __init__(self, host: Host, clock: Clock, settings: ServiceSettings, state: State) -> None:
        self.host = host
        self.clock = clock
        self.settings = settings
        self.state = state
        self.schedule = Schedule()
        self._announced: list[Effect] = []
        self._effects: deque[Effect] = deque()
        self._lock = threading.RLock()

    @contextmanager
    def call(self) -> Iterator[datetime]:
        """Run a call of the API: under the lock, at one moment, committed before it returns."""
        try:
            with self.locked() as now:
                yield now
        finally:
            self.run_effects()

    @contextmanager
    def locked(self) -> Iterator[datetime]:
        """Like `call`, for the effects themselves: it leaves new ones to be run later."""
        with self._lock:
            now = self.clock.now()
            try:
                self.schedule.run_due(now)
                yield now
            finally:
                self.state.commit()
                self._effects.extend(self._announced)
                self._announced.clear()

    def after_commit(self, effect: Effect) -> None:
        """Run this outside the lock, once the changes of the current call are kept."""
        self._announced.append(effect)

    def next_due(self) -> datetime | None:
        with self._lock:
            return self.schedule.next_due()

    def run_effects(self) -> None:
        while True:
            with self._lock:
                if not self._effects:
                    return
                effect = self._effects.popleft()
            self._run(effect, _FIRST_RETRY)

    def _run(self, effect: Effect, retry_after: timedelta) -> None:
        try:
            effect()
        except Exception:
            # The host may fail in any way; what was promised to the caller must still happen.
            log.exception("the host failed; trying again in %s", retry_after)
            next_delay = min(retry_after * 2, _LAST_RETRY)
            with self._lock:
                self.schedule.at(
                    self.clock.now() + retry_after,
                    lambda _now: self.after_commit(lambda: self._run(effect, next_delay)),
                )
