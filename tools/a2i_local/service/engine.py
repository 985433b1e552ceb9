"""Engine of the service: one lock, one clock; a call runs what is due, works, commits.

Work that leaves the service (writing answers to S3, publishing events) runs after the lock is
released, so that whatever it triggers may call back in. It runs in the thread of the call that
caused it: when a worker's submission returns, the answer is in S3.
"""

import heapq
import itertools
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from a2i_local.service.clock import Clock
from a2i_local.service.host import Host
from a2i_local.service.settings import ServiceSettings
from a2i_local.service.state import State

Action = Callable[[datetime], None]


class Schedule:
    """Actions to run at a time; none is ever removed.

    An action looks at the state when it runs, and does nothing if its reason is gone.
    """

    def __init__(self) -> None:
        self._entries: list[tuple[datetime, int, Action]] = []
        self._sequence = itertools.count()
        self.earlier = threading.Event()
        """Set when something became due sooner than anything before it."""

    def __len__(self) -> int:
        return len(self._entries)

    def at(self, due: datetime, action: Action) -> None:
        entry = (due, next(self._sequence), action)
        heapq.heappush(self._entries, entry)
        if self._entries[0] is entry:
            self.earlier.set()

    def next_due(self) -> datetime | None:
        return self._entries[0][0] if self._entries else None

    def run_due(self, now: datetime) -> None:
        """Run everything due, in order of time; what they schedule for now runs as well."""
        while self._entries and self._entries[0][0] <= now:
            _, _, action = heapq.heappop(self._entries)
            action(now)


log = logging.getLogger(__name__)

Effect = Callable[[], None]
_FIRST_RETRY = timedelta(seconds=1)
_LAST_RETRY = timedelta(minutes=5)


class _ThreadEffects(threading.local):
    """The effects that the current thread has to run."""

    def __init__(self) -> None:
        self.waiting: deque[Effect] = deque()


class Engine:
    """Host, clock, settings, state and schedule that all parts of the service share."""

    def __init__(self, host: Host, clock: Clock, settings: ServiceSettings, state: State) -> None:
        self.host = host
        self.clock = clock
        self.settings = settings
        self.state = state
        self.schedule = Schedule()
        self._lock = threading.RLock()
        self._announced: list[Effect] = []
        self._effects = _ThreadEffects()
        self._unfinished = 0
        self._idle = threading.Condition()

    @contextmanager
    def call(self) -> Iterator[None]:
        """Run a call: under the lock, committed before it returns, then its effects."""
        try:
            with self.locked():
                yield
        finally:
            self._run_effects()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Like `call`, for the effects themselves: new ones run when the current one is done."""
        with self._lock:
            try:
                self.schedule.run_due(self.clock.now())
                yield
            finally:
                self.state.commit()
                self._take_announced()

    def after_commit(self, effect: Effect) -> None:
        """Run `effect` outside the lock, once the changes of the current call are committed."""
        self._announced.append(effect)

    def next_due(self) -> datetime | None:
        with self._lock:
            return self.schedule.next_due()

    def wait_until_idle(self, seconds: float) -> bool:
        """Wait for the effects of all threads; whether they ended in time."""
        with self._idle:
            return self._idle.wait_for(lambda: self._unfinished == 0, timeout=seconds)

    def _take_announced(self) -> None:
        if not self._announced:
            return
        with self._idle:
            self._unfinished += len(self._announced)
        self._effects.waiting.extend(self._announced)
        self._announced.clear()

    def _run_effects(self) -> None:
        waiting = self._effects.waiting
        while waiting:
            self._run(waiting.popleft(), _FIRST_RETRY)
            with self._idle:
                self._unfinished -= 1
                if self._unfinished == 0:
                    self._idle.notify_all()

    def _run(self, effect: Effect, retry_after: timedelta) -> None:
        try:
            effect()
        except Exception:
            # The host may fail in any way; what was promised to the caller must still happen.
            log.exception("the host failed; trying again in %s", retry_after)
            self._retry(effect, retry_after)

    def _retry(self, effect: Effect, retry_after: timedelta) -> None:
        next_delay = min(retry_after * 2, _LAST_RETRY)

        def due(_now: datetime) -> None:
            self.after_commit(lambda: self._run(effect, next_delay))

        with self._lock:
            self.schedule.at(self.clock.now() + retry_after, due)
