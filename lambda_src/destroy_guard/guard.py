"""Lets a stack be destroyed once nothing is pending, and says what is while something is."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from a2i_shared.errors import PendingReviewsError
from destroy_guard.pending import Counter
from destroy_guard.starter_function import StarterFunction

SETTLING_SECONDS = 5.0
"""For invocations that run when the starter is paused: they enter a request into the ledger within
moments. What starts later still stops the deletion of its flow definition."""


@dataclass(frozen=True)
class DestroyGuard:
    starter: StarterFunction
    counter: Counter
    sleep: Callable[[float], None] = time.sleep

    def allow_destruction(self) -> None:
        """Leave the starter paused and drained flow definitions deleted.

        Raises PendingReviewsError, with everything as it was, while reviews are pending.
        """
        with self.starter.paused():
            self.sleep(SETTLING_SECONDS)
            pending = self.counter.count()
            if pending:
                raise PendingReviewsError(
                    f"destroying the stack now would lose reviews: {pending}. wait until they are "
                    "finished, or discard them with 'a2i flow discard-pending --queued'; then "
                    "destroy the stack again"
                )
            self.counter.draining.discard_drained(self.sleep)
