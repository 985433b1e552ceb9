"""Leases that end, of time or of a removed worker; expiry; what the stream has not done in time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice

from a2i_account.dynamodb_loops import DynamoDbLoops
from a2i_account.loop_items import due_at
from a2i_core.human_loops import transitions
from a2i_core.human_loops.errors import (
    ResourceNotFoundException,
    TaskNotFound,
    ThrottlingException,
)
from a2i_shared.telemetry import logger

_AT_A_TIME = 8


@dataclass(frozen=True)
class LoopClock:
    """Looks at every loop of the table that is due."""

    loops: DynamoDbLoops
    clock: Callable[[], datetime]

    def tick(self, has_time: Callable[[], bool]) -> int:
        """Move the loops that are due on, and return their number.

        What is left when there is no more time waits for the next minute.
        """
        now = self.clock()
        names = self._due(now)
        count = 0
        with ThreadPoolExecutor(_AT_A_TIME) as threads:
            while has_time() and (batch := list(islice(names, _AT_A_TIME))):
                list(threads.map(partial(self._look_at, now=now), batch))
                count += len(batch)
        return count

    def release_all(self, sub: str) -> int:
        """Release every task that a removed worker holds, and return their number.

        Raises:
            ThrottlingException: Others changed a loop all the time; a repeat releases the rest.
        """
        now, count = self.clock(), 0
        for loop in self.loops.held_by(sub):
            try:
                self.loops.change(loop.name, partial(transitions.release, sub=sub, now=now))
            except (ResourceNotFoundException, TaskNotFound):
                continue  # it ended meanwhile
            count += 1
        logger.info("removed worker's tasks released", sub=sub, count=count)
        return count

    def _due(self, now: datetime) -> Iterator[str]:
        for definition in self.loops.definitions.all():
            yield from self.loops.due(definition.id, now)

    def _look_at(self, name: str, *, now: datetime) -> None:
        try:
            before = self.loops.find(name)
            after = self.loops.change(name, partial(transitions.advance, now=now))
        except (ResourceNotFoundException, ThrottlingException):
            return  # gone, or busy: a busy one is still due in a minute
        except Exception:  # noqa: BLE001  # one loop's failure keeps no other one waiting
            logger.exception("loop is still due", human_loop_name=name)
            return
        due = due_at(after)
        if after == before and after.owes is not None and due is not None and due <= now:
            self.loops.show_again(name)
