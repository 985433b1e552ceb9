"""One prediction's way from request to human loop; every step is safe to repeat.

Validate, decide, keep the request in S3, note `Starting` in the ledger, start the loop, tell, note
`InProgress`. What a crash leaves behind is found by the next attempt through the ledger: an entry
that is still `Starting` is resumed, and no step is ever taken for another input than the first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from a2i_core.statuses import ReviewStatus
from a2i_shared.clock import now
from a2i_shared.documents import Documents, S3Uri
from a2i_shared.errors import HumanLoopRefusedError, ReviewIdConflictError, StartDelayedError
from a2i_shared.events import Events, HumanReviewStarted
from a2i_shared.ledger import Ledger, LedgerEntry
from a2i_shared.review_result import ReviewResult
from a2i_shared.task_tokens import TaskTokens
from starter.flows import Flows
from starter.human_loops import Deadline, HumanLoop, HumanLoops
from starter.request import ReviewRequest, digest_of
from starter.review import Review, StartResponse


@dataclass(frozen=True)
class Entered:
    """A review's ledger entry, and what of it this very attempt brought about."""

    entry: LedgerEntry
    entry_is_new: bool = False
    request_is_new: bool = False


@dataclass(frozen=True)
class ReviewStarter:
    stack_id: str
    input_bucket: str
    flows: Flows
    documents: Documents
    ledger: Ledger
    human_loops: HumanLoops
    events: Events
    task_tokens: TaskTokens
    clock: Callable[[], datetime] = now

    def start(self, request: ReviewRequest, seconds_left: Deadline) -> StartResponse:
        """Take a request as far as it can go now.

        Raises RequestRefusedError's kinds for what can never start, of which nothing is kept, and
        StartDelayedError for what can start later, of which the entry stays `Starting`.
        """
        review = self.identify(request)
        entered = self._enter(review)
        entry = entered.entry
        if entry.input_digest != review.input_digest:
            raise _conflict(request.review_id)
        if entry.status is ReviewStatus.NOT_NEEDED:
            return self._not_needed(entry, request.task_token)
        if request.task_token is not None:
            self._have_answered(entry, request.task_token)
        if entry.status is ReviewStatus.STARTING:
            entry = self._start_loop(review, entered, seconds_left)
        return StartResponse.of(entry)

    def queued(self, request: ReviewRequest) -> LedgerEntry | None:
        """The entry that a delayed start has left for another attempt, if it came that far."""
        entry = self.ledger.get(self.identify(request).human_loop_name)
        return entry if entry is not None and entry.status is ReviewStatus.STARTING else None

    def identify(self, request: ReviewRequest) -> Review:
        return Review.identify(
            request, self.flows, stack_id=self.stack_id, input_bucket=self.input_bucket
        )

    def _enter(self, review: Review) -> Entered:
        """Decide and write the review's first entry, or find the one that it has.

        Most requests are new, so nothing is read before a first write fails.
        """
        decision = review.flow.decide(review.request.review_id, review.request.prediction)
        moment = self.clock()
        if not decision.review_needed:
            entry = review.not_needed(decision.reasons, moment, self.ledger.expires_at(moment))
            return Entered(self.ledger.add(entry) or entry)
        request_is_new = self.documents.write_once(review.request_uri, review.kept_request())
        if not request_is_new:
            known = self.ledger.get(review.human_loop_name)
            if known is not None:
                return Entered(known)
            self._check_kept_request(review)
        entry = review.starting(decision.reasons, moment)
        return self._add(entry, review, request_is_new=request_is_new)

    def _add(self, entry: LedgerEntry, review: Review, *, request_is_new: bool) -> Entered:
        known = self.ledger.add(entry)
        if known is None:
            return Entered(entry, entry_is_new=True, request_is_new=request_is_new)
        is_over = known.open_flow is None
        is_about_another_input = known.input_digest != review.input_digest
        if request_is_new and (is_over or is_about_another_input):
            self.documents.delete(review.request_uri)
        return Entered(known, request_is_new=request_is_new)

    def _check_kept_request(self, review: Review) -> None:
        """The first request under a reviewId stays, and settles which input the review is about."""
        kept = self.documents.read(review.request_uri)
        if digest_of(kept.get("input"), kept.get("prediction")) != review.input_digest:
            raise _conflict(review.request.review_id)

    def _not_needed(self, entry: LedgerEntry, task_token: str | None) -> StartResponse:
        response = StartResponse.of(entry)
        if task_token is not None:
            output = {**response.to_json(), "status": ReviewStatus.NOT_NEEDED.value}
            self.task_tokens.succeed(task_token, output)
        return response

    def _have_answered(self, entry: LedgerEntry, task_token: str) -> None:
        """Leave the token to the review's end, or answer it when that has been told already."""
        if task_token in entry.task_tokens:
            return
        if self.ledger.add_task_token(entry.human_loop_name, task_token):
            return
        ended = self.ledger.get(entry.human_loop_name)
        if ended is None or ended.result_uri is None:
            raise StartDelayedError("a parallel attempt at the same review was just withdrawn")
        result = ReviewResult.model_validate(self.documents.read(S3Uri.parse(ended.result_uri)))
        self.task_tokens.answer_finished(task_token, result.finished())

    def _start_loop(self, review: Review, entered: Entered, seconds_left: Deadline) -> LedgerEntry:
        loop = None
        if not entered.entry_is_new:  # an earlier attempt may have started it, or even seen it end
            loop = self.human_loops.find(review.human_loop_name, seconds_left)
        if loop is None:
            loop = self._start_or_withdraw(review, entered, seconds_left)
        self.events.publish_started(HumanReviewStarted.of(entered.entry))
        running = self.ledger.mark_in_progress(
            review.human_loop_name,
            human_loop_arn=loop.arn,
            flow_definition_arn=loop.flow_definition_arn,
        )
        current = running or self.ledger.get(review.human_loop_name)
        if current is None:
            raise StartDelayedError("a parallel attempt at the same review was just withdrawn")
        return current

    def _start_or_withdraw(
        self, review: Review, entered: Entered, seconds_left: Deadline
    ) -> HumanLoop:
        """What can never start leaves nothing behind, so that a corrected request may follow."""
        try:
            return self.human_loops.start(
                review.human_loop_name,
                flow=review.flow,
                input_content=review.input_content,
                seconds_left=seconds_left,
            )
        except HumanLoopRefusedError:
            if self.ledger.withdraw(review.human_loop_name) and entered.request_is_new:
                self.documents.delete(review.request_uri)
            raise


def _conflict(review_id: str) -> ReviewIdConflictError:
    return ReviewIdConflictError(
        f"reviewId {review_id!r} was already used with another input or prediction: "
        "send a new reviewId for a new review"
    )
