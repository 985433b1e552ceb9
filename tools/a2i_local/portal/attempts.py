"""Back-off after wrong passwords, per user and address, as Cognito does it."""

import math
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import ClassVar

from a2i_core.human_loops.errors import WorkerTaskError
from a2i_local.service.clock import Clock

FREE_ATTEMPTS = 5
LONGEST_WAIT = timedelta(minutes=15)
"""Whoever tries nothing for so long begins anew."""
_MOST_REMEMBERED = 10_000
_MOST_DOUBLINGS = 10

Who = tuple[str, str | None]
"""User name and address."""


class TooManyAttempts(WorkerTaskError):  # noqa: N818 -- named as the service's own
    """Sign-ins with wrong passwords have to wait."""

    http_status: ClassVar[int] = HTTPStatus.TOO_MANY_REQUESTS


@dataclass(frozen=True, slots=True)
class _Failures:
    count: int
    last: datetime

    @property
    def wait(self) -> timedelta:
        """One second after the fifth failure, twice as long after each further one."""
        if self.count < FREE_ATTEMPTS:
            return timedelta(0)
        doublings = min(self.count - FREE_ATTEMPTS, _MOST_DOUBLINGS)
        return min(timedelta(seconds=2**doublings), LONGEST_WAIT)


class Attempts:
    """Failed sign-ins since the last one that succeeded."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures: OrderedDict[Who, _Failures] = OrderedDict()

    def require_turn(self, who: Who) -> None:
        """Raise TooManyAttempts before the wait is over; such an attempt does not prolong it."""
        failures = self._failures.get(who)
        if failures is None:
            return
        left = failures.last + failures.wait - self._clock.now()
        if left > timedelta(0):
            seconds = math.ceil(left.total_seconds())
            raise TooManyAttempts(
                f"too many wrong passwords or codes for {who[0]}: try again in {seconds} s"
            )

    def failed(self, who: Who) -> None:
        """Count a wrong password or code."""
        now = self._clock.now()
        before = self._failures.pop(who, _Failures(0, now))
        count = before.count if now - before.last <= LONGEST_WAIT else 0
        self._failures[who] = _Failures(count + 1, now)
        if len(self._failures) > _MOST_REMEMBERED:
            self._failures.popitem(last=False)

    def succeeded(self, who: Who) -> None:
        """Forget the failures."""
        self._failures.pop(who, None)
