"""Extends a MiniStack service when it is first imported; importing it at start is too slow."""

import threading
from collections.abc import Callable
from typing import Any

from ministack import app
from ministack.core.concurrency import run_offloop


def extend_before_use(service: str, extend: Callable[[], None]) -> Callable[[], None]:
    """Call `extend` once, before the service answers its first request.

    Returns a function that does it now, unless it is done: whoever has the time calls it, so
    that the first request need not wait.
    """
    answer = app.SERVICE_HANDLERS[service]
    extension = _Once(extend)

    async def handle_request(*request: Any) -> Any:
        if not extension.done:
            await run_offloop(extension.run)
        return await answer(*request)

    app.SERVICE_HANDLERS[service] = handle_request
    return extension.run


class _Once:
    """Runs a function once; concurrent callers wait for it."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._lock = threading.Lock()
        self.done = False

    def run(self) -> None:
        with self._lock:
            if not self.done:
                self._work()
                self.done = True
