"""Permission to destroy a stack: given once nothing is pending, with the starter paused."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from a2i_shared.errors import PendingReviewsError, WorkteamsLeftError
from a2i_shared.starter_pause import StarterPause
from review_guard.pending import Counter
from review_guard.work_teams import WorkTeams

_COUNTS = 6


@dataclass(frozen=True)
class DestroyGuard:
    """The destroy guard of one stack.

    Attributes:
        workforce: ARN of the workforce that is deleted with the stack; None where it stays.
        seconds_of_counting: How long nothing may be pending before the stack may go. Covers what
            was on its way when the pause began: sends until the queue denies them, messages that
            SQS has not counted yet, and invocations under way.
    """

    pause: StarterPause
    counter: Counter
    work_teams: WorkTeams
    workforce: str | None
    seconds_of_counting: float
    sleep: Callable[[float], None] = time.sleep

    def allow_destruction(self) -> None:
        """Leave the starter paused for good and drained flow definitions deleted.

        Raises:
            PendingReviewsError: Reviews are pending; everything is as it was.
            WorkteamsLeftError: The workforce has teams that are not in the template.
            PauseLiftedError: Requests were accepted while they were counted.
        """
        try:
            self.pause.begin()
            self._require_no_other_teams()
            self._require_nothing_pending()
            for _ in range(_COUNTS):
                self.sleep(self.seconds_of_counting / _COUNTS)
                self._require_nothing_pending()
            self.counter.draining.discard_drained(self.sleep)
            self.pause.close()
        except BaseException:
            self.pause.lift()
            raise

    def _require_nothing_pending(self) -> None:
        pending = self.counter.count()
        if pending:
            raise PendingReviewsError(
                f"destroying the stack now would lose reviews: {pending}. wait until they are "
                "finished, or discard them with 'a2i flow discard-pending --queued'; then "
                "destroy the stack again"
            )

    def _require_no_other_teams(self) -> None:
        if self.workforce is None:
            return
        others = self.work_teams.outside_template(self.workforce)
        if others:
            raise WorkteamsLeftError(
                f"the workforce is deleted with the stack, and cannot be while it has other work "
                f"teams: {', '.join(others)}. delete those that an update of this stack replaced "
                "with 'a2i flow prune', and others where they belong; then destroy the stack again"
            )
