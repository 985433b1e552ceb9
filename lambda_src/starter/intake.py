"""Direct invocations and queue messages: they differ in what an error turns into.

A direct caller (Step Functions is one) gets the error itself. Nobody listens to a message, so what
can never start goes to the dead-letter queue with the reason, and its task fails.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from a2i_core.canonical_json import parse_json
from a2i_core.statuses import ReviewStatus
from a2i_shared import telemetry
from a2i_shared.clock import now
from a2i_shared.documents import S3Uri
from a2i_shared.errors import (
    EventNotPublishedError,
    HumanReviewError,
    InvalidRequestError,
    StartDelayedError,
)
from a2i_shared.resumption import resumed_review
from a2i_shared.telemetry import logger
from starter.byte_budget import ByteBudget
from starter.human_loops import Deadline
from starter.queue import QueuedMessage, RequestQueue
from starter.request import (
    MAX_REQUEST_BYTES,
    ReviewRequest,
    parse_request,
    referenced_object,
    refuse_content,
)
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
    budget: ByteBudget = field(default_factory=lambda: ByteBudget(MAX_REQUEST_BYTES))

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
        try:
            self._take(message.body, seconds_left)
        except StartDelayedError as error:
            self._delay(message, error)
        except (BotoCoreError, ClientError, EventNotPublishedError):
            raise
        except Exception as error:  # noqa: BLE001  # what fails by its content fails each time
            self._bury(message.body, error)

    def _take(self, body: str, seconds_left: Deadline) -> None:
        with self._room(len(body), seconds_left):
            payload = _read_body(body)
            human_loop_name = resumed_review(payload)
            location = referenced_object(payload, self.starter.buckets)
            if human_loop_name is None and location is None:
                _noted(self._start(self._parse(payload), seconds_left))
                return
        if human_loop_name is not None:
            self._resume(human_loop_name, seconds_left)
        elif location is not None:
            with self._room(self.starter.documents.size(location), seconds_left):
                _noted(self._start(self._parse(payload), seconds_left))

    @contextmanager
    def _room(self, size: int, seconds_left: Deadline) -> Iterator[None]:
        """Wait until a request of `size` bytes fits into the function's memory."""
        with self.budget.hold(size):
            if seconds_left() < 0:
                raise StartDelayedError("the batch left no time for the request")
            yield

    def _start(self, request: ReviewRequest, seconds_left: Deadline) -> StartResponse:
        try:
            return self.starter.start(request, seconds_left)
        except StartDelayedError:
            telemetry.count("StartsDelayed", flow=self.starter.identify(request).flow.flow)
            raise

    def _resume(self, human_loop_name: str, seconds_left: Deadline) -> None:
        """No dead letter for what cannot start: the review itself ends, as failed."""
        entry = self.starter.find_stuck(human_loop_name)
        if entry is None:
            return
        size = self.starter.documents.size(S3Uri.parse(str(entry.request_uri)))
        with self._room(size, seconds_left):
            try:
                _noted(self.starter.resume(entry, seconds_left))
            except NEVER_STARTS as error:
                logger.error(
                    "review can never start",
                    human_loop_name=human_loop_name,
                    error=type(error).__name__,
                )

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

    def _bury(self, body: str, error: Exception) -> None:
        """The words of our own errors are safe to show; others may quote the request."""
        kind = type(error).__name__
        cause = str(error) if isinstance(error, HumanReviewError) else "see the error's name"
        logger.error("request can never start", error=kind)
        token = _task_token(body)
        if token is not None:
            self.starter.task_tokens.fail(token, error=kind, cause=cause)
        self.queue.send_dead_letter(body, f"{kind}: {cause}")


def _read_body(body: str) -> Any:
    """A request, or the detail of an event that a rule sent to the queue."""
    try:
        payload = parse_json(body)
    except ValueError as error:
        raise InvalidRequestError(f"the message's body cannot be read: {error}") from None
    if isinstance(payload, dict) and "detail-type" in payload:
        refuse_content(payload.get("detail"))
        return payload.get("detail")
    return payload


def _task_token(body: str) -> str | None:
    """The token of a request that was refused, if it has one that can be a token."""
    try:
        payload = parse_json(body)
        token = payload.get("detail", payload).get("taskToken")
    except (ValueError, AttributeError):
        return None
    return token if isinstance(token, str) and _TASK_TOKEN.fullmatch(token) else None


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
