"""Finds stuck reviews: requeues lost starts, replays lost status events.

The starter and the results function do the work. Both can be repeated, so a run that meets a
review in the middle of its regular way does no harm.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import nsmallest

from botocore.exceptions import BotoCoreError, ClientError

from a2i_core.statuses import ReviewStatus
from a2i_shared.clock import now
from a2i_shared.errors import ReviewNotFinishedError
from a2i_shared.ledger import LedgerEntry
from reconciler.human_loops import End, HumanLoops
from reconciler.report import Action, ReviewAction
from reconciler.results_function import ResultsFunction
from reconciler.starter_queue import StarterQueue

LOOKED_AT = 1000
"""Reviews per run that wait for reviewers, and as many of all others."""

_REGULAR_WAY = timedelta(minutes=2)
"""Time that starter and results function have for a review before it counts as stuck."""

_LAST_DELAY = timedelta(hours=1)
"""By then the starter has seen a request that became too old, and given it up."""

_CALLS_AT_ONCE = 8


@dataclass(frozen=True)
class OpenReviews:
    human_loops: HumanLoops
    results_function: ResultsFunction
    queue: StarterQueue
    flows: frozenset[str]
    """The flows that the starter knows; reviews of others can never start."""
    queue_max_age: timedelta = timedelta(days=1)
    """Longest time that the starter lets a request wait in its queue."""
    clock: Callable[[], datetime] = now

    def reconcile(
        self, entries: list[LedgerEntry], *, discard_starting: bool = False
    ) -> list[ReviewAction]:
        """Act on stuck reviews first, then on a sample of those that wait for reviewers.

        A sample, because the oldest would be the same in each run for as long as they wait.

        Args:
            entries: the open reviews.
            discard_starting: end reviews whose human loop has not started, instead of starting it.
        """
        waiting = [each for each in entries if each.status is ReviewStatus.IN_PROGRESS]
        others = [each for each in entries if each.status is not ReviewStatus.IN_PROGRESS]
        looked_at = [
            *nsmallest(LOOKED_AT, others, key=lambda entry: entry.started_at),
            *random.sample(waiting, min(LOOKED_AT, len(waiting))),
        ]
        queue_is_empty = self.queue.is_empty()

        def act(entry: LedgerEntry) -> ReviewAction:
            try:
                action, reason = self._act(
                    entry, queue_is_empty=queue_is_empty, discard_starting=discard_starting
                )
            except (BotoCoreError, ClientError, ReviewNotFinishedError) as error:
                action, reason = Action.FAILED, str(error)
            return ReviewAction(
                human_loop_name=entry.human_loop_name,
                review_id=entry.review_id,
                flow=entry.flow,
                action=action,
                reason=reason,
            )

        with ThreadPoolExecutor(_CALLS_AT_ONCE) as pool:
            return list(pool.map(act, looked_at))

    def _act(
        self, entry: LedgerEntry, *, queue_is_empty: bool, discard_starting: bool
    ) -> tuple[Action, str]:
        if entry.status is ReviewStatus.STARTING:
            if discard_starting:
                return self._give_up(entry, "Discarded", "discarded before its human loop started")
            return self._resume(entry, queue_is_empty=queue_is_empty)
        if not self._is_older(entry.finished_at or entry.started_at, _REGULAR_WAY):
            return Action.WAITING, "is on its regular way"
        if entry.status is ReviewStatus.IN_PROGRESS:
            gone = End(
                entry.human_loop_name,
                "Stopped",
                failure_code="HumanLoopGone",
                failure_reason="the human loop exists no longer",
            )
            end = self.human_loops.end(entry.human_loop_name, if_gone=gone)
            if end is None:
                return Action.WAITING, "waits for reviewers"
            return self._finish(end, f"human loop is {end.status}, which no event told")
        return self._finish(End.recorded(entry), "had ended, but not all who wait were told")

    def _resume(self, entry: LedgerEntry, *, queue_is_empty: bool) -> tuple[Action, str]:
        """While the queue holds requests, this review's may be among them."""
        if entry.flow not in self.flows:
            reason = f"flow {entry.flow} was removed before the review started"
            return self._give_up(entry, "FlowRemoved", reason)
        if entry.failure_code is not None:
            reason = f"the human loop cannot be started: {entry.failure_code}"
            return self._give_up(entry, entry.failure_code, reason, status="Failed")
        patience = _REGULAR_WAY if queue_is_empty else self.queue_max_age + _LAST_DELAY
        if not self._is_older(entry.started_at, patience):
            return Action.WAITING, "is about to start"
        self.queue.give_back(entry)
        return Action.RESUMED, "was stuck before its human loop started"

    def _give_up(
        self, entry: LedgerEntry, code: str, reason: str, *, status: str = "Stopped"
    ) -> tuple[Action, str]:
        """End a review before its loop, unless the loop runs and the ledger does not know it."""
        without_loop = End(entry.human_loop_name, status, failure_code=code, failure_reason=reason)
        end = self.human_loops.end(entry.human_loop_name, if_gone=without_loop)
        if end is None:
            return Action.WAITING, "waits for reviewers"
        return self._finish(end, reason)

    def _finish(self, end: End, reason: str) -> tuple[Action, str]:
        self.results_function.finish(end, self.clock())
        return Action.FINISHED, reason

    def _is_older(self, since: str, than: timedelta) -> bool:
        return self.clock() - datetime.fromisoformat(since) >= than
