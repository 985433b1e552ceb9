"""Starts the review of a prediction. Each step can be repeated, by attempts at the same time too.

1. Validate the request and decide by the flow's policy.
2. Keep the request in S3, under a key of this attempt.
3. Write the ledger entry `Starting`, or join the one that another attempt has written. The entry
   says which request is kept; an attempt deletes its own kept request when the entry names another.
4. Start the human loop, whose name is derived from the review.
5. Publish `Human Review Started` and mark the entry `InProgress`.

An entry stays `Starting` after a crash or a delay: the next attempt joins it, or `resume` does.
Only the attempt that wrote an entry may withdraw it, and only while no other has joined it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from a2i_core.statuses import ReviewStatus
from a2i_shared.clock import now
from a2i_shared.documents import Documents, S3Uri
from a2i_shared.errors import (
    DocumentNotFoundError,
    DocumentUnreadableError,
    HumanLoopRefusedError,
    RequestRefusedError,
    ReviewIdConflictError,
    TooManyTasksError,
)
from a2i_shared.events import Events, HumanReviewStarted
from a2i_shared.ledger import Ledger, LedgerEntry
from a2i_shared.review_result import ReviewResult
from a2i_shared.task_tokens import TaskTokens
from starter.flows import Flows
from starter.human_loops import Deadline, HumanLoop, HumanLoops
from starter.request import ReviewRequest, parse_request
from starter.review import Review, StartResponse

MAX_TASKS = 100
"""Tasks that may wait for one review: tokens of up to 2 KiB, in an item of 400 KB."""

NEVER_STARTS = (RequestRefusedError, DocumentNotFoundError, DocumentUnreadableError)
"""Errors that the same request meets again."""


@dataclass(frozen=True)
class ReviewStarter:
    stack_id: str
    input_bucket: str
    """Bucket of kept requests."""
    flows: Flows
    documents: Documents
    ledger: Ledger
    human_loops: HumanLoops
    events: Events
    task_tokens: TaskTokens
    former_buckets: tuple[str, ...] = ()
    """Former buckets that may still hold requests of pending reviews."""
    clock: Callable[[], datetime] = now

    def start(self, request: ReviewRequest, seconds_left: Deadline) -> StartResponse:
        """Take a request as far as it can go now.

        Raises:
            RequestRefusedError: the request can never start; nothing of it is kept.
            StartDelayedError: it can start later; its entry stays `Starting`.
        """
        review = self.identify(request)
        entry, is_new = self._enter(review)
        if entry.status is ReviewStatus.STARTING:
            entry = self._start_loop(review, entry, seconds_left, is_new=is_new)
        response = StartResponse.of(entry)
        if entry.open_flow is None and request.task_token is not None:
            self._answer(request.task_token, entry, response)
        return response

    def find_stuck(self, human_loop_name: str) -> LedgerEntry | None:
        """Join an entry that stayed `Starting`; None when it did not."""
        entry = self.ledger.join(human_loop_name, task_token=None)
        return entry if entry is not None and entry.status is ReviewStatus.STARTING else None

    def resume(self, entry: LedgerEntry, seconds_left: Deadline) -> StartResponse:
        """Start the human loop of an entry that `find_stuck` has found.

        A review that can never start gets the reason into its entry, and the reconciler ends it.

        Raises:
            RequestRefusedError, DocumentNotFoundError, DocumentUnreadableError: it can never start.
            StartDelayedError: it can start later.
        """
        try:
            kept = self.documents.read(S3Uri.parse(str(entry.request_uri)))
            review = self.identify(parse_request(kept, self.documents, self.buckets))
            started = self._start_loop(review, entry, seconds_left, is_new=False)
        except NEVER_STARTS as error:
            self.ledger.note_failure(entry.human_loop_name, type(error).__name__)
            raise
        return StartResponse.of(started)

    @property
    def buckets(self) -> tuple[str, ...]:
        """Buckets that may hold requests: the input bucket, then former ones."""
        return (self.input_bucket, *self.former_buckets)

    def find(self, request: ReviewRequest) -> LedgerEntry | None:
        """The review's entry, if an attempt came that far."""
        return self.ledger.get(self.identify(request).human_loop_name)

    def identify(self, request: ReviewRequest) -> Review:
        return Review.identify(
            request, self.flows, stack_id=self.stack_id, input_bucket=self.input_bucket
        )

    def _enter(self, review: Review) -> tuple[LedgerEntry, bool]:
        """Decide and write the review's entry, or join it; and say whether it was written.

        Most requests are new, so nothing is read before the first write fails.
        """
        request = review.request
        decision = review.flow.decide(request.review_id, request.prediction)
        moment = self.clock()
        if decision.review_needed:
            entry = review.starting(decision.reasons, moment)
            self.documents.write(review.request_uri, review.kept_request())
        else:
            entry = review.not_needed(decision.reasons, moment, self.ledger.expires_at(moment))
        known = self._add(entry, review)
        if known is None:
            return entry, True
        if decision.review_needed:
            self.documents.delete(review.request_uri)
        if known.input_digest != review.input_digest:
            raise ReviewIdConflictError(
                f"reviewId {known.review_id!r} was already used with another input or prediction: "
                "send a new reviewId for a new review"
            )
        if known.open_flow is not None and not _waits(request.task_token, known):
            raise TooManyTasksError(
                f"{MAX_TASKS} tasks wait for reviewId {known.review_id!r} already, which is the "
                "most: send it without taskToken, and learn its end from the event"
            )
        return known, False

    def _add(self, entry: LedgerEntry, review: Review) -> LedgerEntry | None:
        """Write the entry; returns the one that there is, which then cannot be withdrawn."""
        token = review.request.task_token
        while True:
            known = self.ledger.add(entry)
            if known is None or known == entry:  # it is: an earlier answer of DynamoDB was lost
                return None
            if known.open_flow is None or known.input_digest != entry.input_digest:
                return known
            if len(known.task_tokens) >= MAX_TASKS and not _waits(token, known):
                return known
            joined = self.ledger.join(known.human_loop_name, token)
            if joined is not None:
                return joined

    def _answer(self, task_token: str, entry: LedgerEntry, response: StartResponse) -> None:
        """Answer a task that asks after the review's end."""
        if entry.result_uri is None:
            output = {**response.to_json(), "status": ReviewStatus.NOT_NEEDED.value}
            self.task_tokens.succeed(task_token, output)
        else:
            result = ReviewResult.model_validate(self.documents.read(S3Uri.parse(entry.result_uri)))
            self.task_tokens.answer_finished(task_token, result.finished())

    def _start_loop(
        self, review: Review, entry: LedgerEntry, seconds_left: Deadline, *, is_new: bool
    ) -> LedgerEntry:
        loop = None
        if not is_new:  # an earlier attempt may have started it, or even seen it end
            loop = self.human_loops.find(review.human_loop_name, seconds_left)
        if loop is None:
            loop = self._start_or_withdraw(review, seconds_left, is_new=is_new)
        self.events.publish_started(HumanReviewStarted.of(entry))
        running = self.ledger.mark_in_progress(
            review.human_loop_name,
            human_loop_arn=loop.arn,
            flow_definition_arn=loop.flow_definition_arn,
        )
        return running or self.ledger.get(review.human_loop_name) or entry

    def _start_or_withdraw(
        self, review: Review, seconds_left: Deadline, *, is_new: bool
    ) -> HumanLoop:
        """Start the loop; a refused one leaves nothing, so that a corrected request may follow."""
        try:
            return self.human_loops.start(
                review.human_loop_name,
                review_id=review.request.review_id,
                flow=review.flow,
                input_content=review.input_content,
                seconds_left=seconds_left,
            )
        except HumanLoopRefusedError:
            if is_new and self.ledger.withdraw(review.human_loop_name):
                self.documents.delete(review.request_uri)
            raise


def _waits(task_token: str | None, entry: LedgerEntry) -> bool:
    """Whether the review's end answers this task, if there is one."""
    return task_token is None or task_token in entry.task_tokens
