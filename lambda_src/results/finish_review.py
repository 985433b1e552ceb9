"""Ends a review when its human loop has ended: result, ledger, event, tasks.

Each step can be repeated.

The first result.json that is written settles how the review ended. Everything after it is derived
from it, so that repeated and reordered events, and attempts after a crash, all tell the same story.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from a2i_core import names
from a2i_core.statuses import ReviewStatus
from a2i_shared.clock import now
from a2i_shared.documents import Documents, S3Uri
from a2i_shared.errors import DocumentNotFoundError, DocumentUnreadableError
from a2i_shared.events import Events, HumanReviewStarted
from a2i_shared.ledger import Ending, Ledger, LedgerEntry
from a2i_shared.review_result import HumanAnswer, ReviewResult
from a2i_shared.shown_names import shown
from a2i_shared.task_tokens import TaskTokens
from a2i_shared.telemetry import logger
from results.changes import find_changes
from results.consolidation import consolidate
from results.human_answers import read_answers
from results.status_change import StatusChange

_OUTPUT_PATIENCE = timedelta(hours=1)
"""Time after which a missing output counts as deleted: A2I writes it within moments."""


@dataclass(frozen=True)
class ReviewFinisher:
    output_bucket: str
    documents: Documents
    ledger: Ledger
    events: Events
    task_tokens: TaskTokens
    clock: Callable[[], datetime] = now

    def finish(self, change: StatusChange, finished_at: str) -> ReviewResult | None:
        """End the review that the loop belongs to.

        Returns its result when this call ended it; None when it had ended before, or when the loop
        is none of the starter's. Raises DocumentNotFoundError while A2I's output is not there yet,
        for an hour at most.
        """
        entry = self.ledger.get(change.human_loop_name)
        if entry is None or entry.open_flow is None:
            return None
        result = self._settle(entry, change, finished_at)
        self._announce(entry, change)
        ended_now = self.ledger.end(entry.human_loop_name, _ending(result))
        self._tell(result)
        return result if ended_now else None

    def _announce(self, entry: LedgerEntry, change: StatusChange) -> None:
        """Say that the review began, where the starter may have died before it could."""
        if entry.status is ReviewStatus.STARTING and change.human_loop_arn is not None:
            self.events.publish_started(HumanReviewStarted.of(entry))

    def _settle(self, entry: LedgerEntry, change: StatusChange, finished_at: str) -> ReviewResult:
        """Write the result, unless an earlier attempt or another event has."""
        location = S3Uri(self.output_bucket, names.result_key(entry.flow, entry.review_id))
        if entry.result_uri is not None:
            with suppress(DocumentNotFoundError):  # somebody has deleted it: it is made anew
                return ReviewResult.model_validate(self.documents.read(location))
        result = self._result(entry, change, finished_at, str(location))
        if self.documents.write_once(location, result.model_dump(by_alias=True)):
            return result
        return ReviewResult.model_validate(self.documents.read(location))

    def _result(
        self, entry: LedgerEntry, change: StatusChange, finished_at: str, result_uri: str
    ) -> ReviewResult:
        output_uri = change.output_uri
        change, answers = self._answers(entry, change)
        request = self._request(entry)
        prediction = request.get("prediction") if request else None
        contents = [answer.answer_content for answer in answers]
        consolidated = consolidate(contents, entry.consolidation) if contents else None
        answer = consolidated.answer if consolidated else None
        changes = (
            find_changes(answer, prediction=prediction, task_input=request["input"])
            if answer and request
            else {}
        )
        return ReviewResult(
            event_id=names.event_id(entry.human_loop_name, "Finished"),
            review_id=entry.review_id,
            flow=entry.flow,
            status=change.review_status,
            human_loop_name=entry.human_loop_name,
            result_uri=result_uri,
            output_uri=output_uri,
            answer=answer,
            answers=answers,
            agreement=consolidated.agreement if consolidated else None,
            prediction=prediction,
            changes=changes,
            changed_fields=sorted(changes),
            started_at=entry.started_at,
            finished_at=finished_at,
            failure_code=shown(change.failure_code) if change.failure_code else None,
            failure_reason=change.failure_reason,
            request_gone=request is None,
        )

    def _answers(
        self, entry: LedgerEntry, change: StatusChange
    ) -> tuple[StatusChange, list[HumanAnswer]]:
        """Read the reviewers' answers. A review whose answers cannot be read has failed."""
        if change.output_uri is None:
            return change, []
        try:
            return change, read_answers(self.documents, change.output_uri)
        except DocumentNotFoundError as error:
            moment = self.clock()
            since = self.ledger.note_missing_output(entry.human_loop_name, moment)
            if moment - since < _OUTPUT_PATIENCE:
                raise
            return _failed(change, "OutputGone", str(error))
        except DocumentUnreadableError as error:
            return _failed(change, "OutputUnreadable", str(error))

    def _request(self, entry: LedgerEntry) -> dict[str, Any] | None:
        """Read the kept request; None when it is gone, which keeps no review from its end."""
        if entry.request_uri is None:
            raise AssertionError("only a review without a loop has no kept request")
        try:
            request: dict[str, Any] = self.documents.read(S3Uri.parse(entry.request_uri))
        except (DocumentNotFoundError, DocumentUnreadableError):
            logger.error("kept request is gone", human_loop_name=entry.human_loop_name)
            return None
        return request

    def _tell(self, result: ReviewResult) -> None:
        """Tell all who wait, then close the entry; a task that joins meanwhile is answered too."""
        finished = result.finished()
        self.events.publish_finished(finished)
        while True:
            entry = self.ledger.get(result.human_loop_name)
            if entry is None or entry.open_flow is None:
                return
            for task_token in entry.task_tokens:
                self.task_tokens.answer_finished(task_token, finished)
            if self.ledger.close(entry, at=self.clock()):
                return


def _failed(change: StatusChange, code: str, reason: str) -> tuple[StatusChange, list[HumanAnswer]]:
    failure = {"human_loop_status": "Failed", "failure_code": code, "failure_reason": reason}
    return change.model_copy(update=failure), []


def _ending(result: ReviewResult) -> Ending:
    return Ending(
        status=ReviewStatus(result.status),
        finished_at=result.finished_at,
        result_uri=result.result_uri,
        output_uri=result.output_uri,
        failure_code=result.failure_code,
    )
