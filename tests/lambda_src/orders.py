"""Scheduler of concurrent attempts: one runs at a time, and gives way at each of its AWS calls.

The same choices give the same order, so an order that fails is named by its number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from threading import Semaphore, Thread
from typing import Any

from tests.lambda_src.faults import Killed, kill, lose_response
from tests.lambda_src.service_errors import service_error

Choose = Callable[[int], int]
"""Picks one of so many attempts."""
Wrap = Callable[[Any], Any]
"""Puts the scheduler between an attempt's logic and a client."""


class FaultKind(Enum):
    """What happens to one call."""

    REFUSED = "refused"
    THROTTLED = "throttled"
    RESPONSE_LOST = "response lost"
    KILLED_BEFORE = "killed before"
    KILLED_AFTER = "killed after"


@dataclass(frozen=True)
class Fault:
    kind: FaultKind
    attempt: int
    call: int | str
    """The number of the attempt's call, or the operation that it calls first."""

    def strikes(self, calls: Sequence[str]) -> bool:
        """Whether the last of an attempt's calls is the one."""
        *before, last = calls
        if self.kind is FaultKind.REFUSED and last.startswith("send_task_"):
            return False  # Step Functions refuses no task that waits; what it refuses is given up
        return self.call == len(before) or (self.call == last and last not in before)

    def before(self) -> None:
        if self.kind is FaultKind.KILLED_BEFORE:
            kill()
        if self.kind is FaultKind.REFUSED:
            raise service_error("ValidationException", "said the service")
        if self.kind is FaultKind.THROTTLED:
            raise service_error("ThrottlingException", "said the service")

    def after(self) -> None:
        if self.kind is FaultKind.KILLED_AFTER:
            kill()
        if self.kind is FaultKind.RESPONSE_LOST:
            lose_response()


@dataclass
class Attempt:
    """One invocation of a function. Its outcome is what it returned, or raised."""

    run: Callable[[Wrap], Any]
    faults: Sequence[Fault] = ()
    outcome: Any = None
    is_over: bool = False
    calls: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._go, self._paused = Semaphore(0), Semaphore(0)
        self._thread = Thread(target=self._live, daemon=True)
        self._thread.start()

    def step(self) -> None:
        """Go on to the next call, or to the end."""
        self._go.release()
        self._paused.acquire()
        if self.is_over:
            self._thread.join()

    def around(self, client: Any) -> Any:
        return _Scheduled(client, self)

    def call(self, operation: str, act: Callable[[], Any]) -> Any:
        self._paused.release()
        self._go.acquire()
        self.calls.append(operation)
        striking = [fault for fault in self.faults if fault.strikes(self.calls)]
        for fault in striking:
            fault.before()
        answer = act()
        for fault in striking:
            fault.after()
        return answer

    def _live(self) -> None:
        self._go.acquire()
        try:
            self.outcome = self.run(self.around)
        except (Exception, Killed) as error:  # noqa: BLE001  # the outcome
            self.outcome = error
        self.is_over = True
        self._paused.release()


@dataclass
class _Scheduled:
    client: Any
    attempt: Attempt

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        call = getattr(self.client, operation)
        if operation == "get_paginator":
            return lambda name: _Scheduled(call(name), self.attempt)
        return lambda **parameters: self.attempt.call(operation, lambda: call(**parameters))


def play(
    runs: Sequence[Callable[[Wrap], Any]], choose: Choose, faults: Sequence[Fault] = ()
) -> list[Attempt]:
    """Take all attempts to their ends, in the order that `choose` makes."""
    attempts = [
        Attempt(run, [fault for fault in faults if fault.attempt == index])
        for index, run in enumerate(runs)
    ]
    while running := [attempt for attempt in attempts if not attempt.is_over]:
        running[choose(len(running))].step()
    return attempts
