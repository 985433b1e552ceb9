"""Direct invocations and queue messages: they differ in what an error turns into.

A direct caller (Step Functions is one) gets the error itself. Nobody listens to a message, so what
can never start goes to the dead-letter queue with the reason, and its task fails.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from a2i_core.canonical_json import parse_json
from a2i_core.statuses import ReviewStatus
from a2i_shared import telemetry
from a2i_shared.clock import now
from a2i_shared.errors import (
    EventNotPublishedError,
    HumanReviewError,
    InvalidRequestError,
    StartDelayedError,
)
from a2i_shared.resumption import resumed_review
from a2i_shared.telemetry import logger
from starter.human_loops import Deadline
from starter.queue import QueuedMessage, RequestQueue
from starter.request import ReviewRequest, parse_request, refuse_content
from starter.review import ReviewDecision, StartResponse
from starter.start_review import NEVER_STARTS, ReviewStarter

_TASK_TOKEN = re.compile(r"[\x21-\x7e]{1,2048}")
_METRICS = {
    ReviewDecision.STARTED: "ReviewsStarted",
    ReviewDecision.NOT_NEEDED: "ReviewsNotNeeded",
    ReviewDecision.QUEUED: "ReviewsQueued",
    ReviewDecision.FINISHED: "ReviewsRepeated",
}


@dataclass(frozen=True)
class Intake:
    starter: ReviewStarter
    queue: RequestQueue
    max_age: timedelta
    clock: Callable[[], datetime] = now

    def take_direct(self, payload: Any, seconds_left: Deadline) -> StartResponse:
        """Start, or queue what Amazon A2I does not take now; errors go to the caller."""
        request = self._parse(payload)
        try:
            response = self._start(request, seconds_left)
        except StartDelayedError:
            entry = self.starter.find(request)
            if entry is None:
                raise
            if entry.status is ReviewStatus.STARTING:
                self.queue.send_resumption(entry.human_loop_name)
            response = StartResponse.of(entry)
        return _noted(response)

    def take_message(self, message: QueuedMessage, seconds_left: Deadline) -> None:
        """Start a queued request, or move it to the dead-letter queue when it never can.

        Raises:
            StartDelayedError, BotoCoreError, ClientError, EventNotPublishedError: the message has
                to come again.
        """
        payload: Any = None
        try:
            payload, is_event = _read_body(message.body)
            if is_event:
                refuse_content(payload)
            stuck = resumed_review(payload)
            if stuck is not None:
                self._resume(stuck, seconds_left)
            else:
                _noted(self._start(self._parse(payload), seconds_left))
        except StartDelayedError as error:
            self._delay(message, error)
        except (BotoCoreError, ClientError, EventNotPublishedError):
            raise
        except Exception as error:  # noqa: BLE001  # what fails by its content fails each time
            self._bury(message.body, payload, error)

    def _start(self, request: ReviewRequest, seconds_left: Deadline) -> StartResponse:
        try:
            return self.starter.start(request, seconds_left)
        except StartDelayedError:
            telemetry.count("StartsDelayed", flow=self.starter.identify(request).flow.flow)
            raise

    def _resume(self, human_loop_name: str, seconds_left: Deadline) -> None:
        """No dead letter for what cannot start: the review itself ends, as failed."""
        try:
            response = self.starter.resume(human_loop_name, seconds_left)
        except NEVER_STARTS as error:
            logger.error(
                "review can never start",
                human_loop_name=human_loop_name,
                error=type(error).__name__,
            )
        else:
            if response is not None:
                _noted(response)

    def _parse(self, payload: Any) -> ReviewRequest:
        return parse_request(payload, self.starter.documents, self.starter.buckets)

    def _delay(self, message: QueuedMessage, error: StartDelayedError) -> None:
        """Too old, a message leaves its entry `Starting`: redriving it, or resuming, goes on."""
        if self.clock() - message.sent_at >= self.max_age:
            logger.error("request is too old to wait any longer", error=str(error))
            self.queue.send_dead_letter(message.body, f"{type(error).__name__}: {error}")
            return
        self.queue.delay(message)
        raise error

    def _bury(self, body: str, payload: Any, error: Exception) -> None:
        """The words of our own errors are safe to show; others may quote the request."""
        kind = type(error).__name__
        cause = str(error) if isinstance(error, HumanReviewError) else "see the error's name"
        logger.error("request can never start", error=kind)
        token = payload.get("taskToken") if isinstance(payload, dict) else None
        if isinstance(token, str) and _TASK_TOKEN.fullmatch(token):
            self.starter.task_tokens.fail(token, error=kind, cause=cause)
        self.queue.send_dead_letter(body, f"{kind}: {cause}")


def _read_body(body: str) -> tuple[Any, bool]:
    """A request, or the detail of an event that a rule sent to the queue, and which of the two."""
    try:
        payload = parse_json(body)
    except ValueError as error:
        raise InvalidRequestError(f"the message's body cannot be read: {error}") from None
    if isinstance(payload, dict) and "detail-type" in payload:
        return payload.get("detail"), True
    return payload, False


def _noted(response: StartResponse) -> StartResponse:
    logger.info(
        "request taken",
        decision=response.decision.value,
        review_id=response.review_id,
        flow=response.flow,
        human_loop_name=response.human_loop_name,
    )
    telemetry.count(_METRICS[response.decision], flow=response.flow)
    return response
