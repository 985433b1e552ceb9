"""Reviews of a deployed stack: sends predictions, waits for answers, lists results."""

import re
import time
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from a2i_client.documents import read_json
from a2i_client.errors import (
    FunctionFailedError,
    RequestRefusedError,
    ReviewsError,
    StackNotFoundError,
    StartDelayedError,
)
from a2i_client.functions import as_json, invoke
from a2i_client.ledger import Entry, LedgerReader
from a2i_client.results import Results
from a2i_client.review import Result, Review
from a2i_client.stack_parts import StackParts, not_deployed, read_parameters, read_stack_id
from a2i_core.names import human_loop_name
from a2i_core.statuses import FINISHED_STATUSES, ReviewStatus

if TYPE_CHECKING:
    import boto3

# The starter works for 60 seconds at most.
_READ_TIMEOUT_SECONDS = 70
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 15.0
# Lambda's limit.
_MOST_BYTES = 6 * 1024 * 1024
# Errors that repeating the request cannot cure, and the field that they are about. Where it is
# not always the same, the words name it: `invalid request: reviewId: field required`.
_REFUSALS = {
    "InvalidRequestError": None,
    "UnknownFlowError": "flow",
    "MissingInputError": None,
    "InputTooLargeError": "input",
    "ReviewIdConflictError": "reviewId",
    "HumanLoopRefusedError": None,
    "TooManyTasksError": None,
}
_NAMED_FIELD = re.compile(r"(?:invalid request: )?(input\.[\w-]+|input|prediction|reviewId|flow)\b")


class Reviews:
    """Human reviews of one deployed stack.

    Credentials need what `HumanReviewWorkflow.grant_use_client` grants. What AWS refuses is
    botocore's ClientError.

    Args:
        stack_name: Name of the stack, such as `HumanReview`.
        session: Credentials and region. Default: those that boto3 finds.
        region: The stack's region. Default: the session's.
    """

    def __init__(
        self, stack_name: str, *, session: "boto3.Session | None" = None, region: str | None = None
    ) -> None:
        import boto3  # noqa: PLC0415 -- takes half a second, which importing the package should not

        self.stack_name = stack_name
        self._session = session or boto3.Session()
        self._region = region

    def send(
        self,
        review_id: str,
        *,
        input: Mapping[str, Any],  # noqa: A002 -- the request's own word
        prediction: Any = None,
        flow: str | None = None,
    ) -> Review:
        """Send a prediction, and return what the stack decided on it.

        The same `review_id` twice is one review: repeat a call whose answer was lost.

        Args:
            review_id: Your own key of the item, 1 to 128 characters.
            input: What the template reads as `task.input`; JSON of at most 3 MiB.
            prediction: What the flow's policy looks at. Default: none, which an unknown policy
                has reviewed.
            flow: Default: the stack's only one.

        Raises:
            RequestRefusedError: The request is wrong; `field` names what is.
            StartDelayedError: Nothing is kept yet, send again.
            FunctionFailedError: The starter failed otherwise; its log says more.
            StackNotFoundError: No such stack is deployed.
        """
        request = {"reviewId": review_id, "flow": flow, "input": input, "prediction": prediction}
        given = {name: value for name, value in request.items() if value is not None}
        _refuse_unsendable(given)
        try:
            answer = invoke(self._lambda, self._parts.starter_function_name, given)
        except FunctionFailedError as error:
            raise _refusal(error) from None
        return Review.from_response(answer)

    def find(self, review_id: str, *, flow: str | None = None) -> Review | None:
        """Return a review as it stands now; None where the stack knows none of that id.

        Args:
            review_id: The id that it was sent under, in whatever way.
            flow: Default: each of the stack's flows is asked.

        Raises:
            ReviewsError: Several flows have a review of that id.
        """
        entry = self._entry(review_id, flow)
        return None if entry is None else Review.from_entry(entry)

    def wait(self, review: Review | str, *, timeout: float, flow: str | None = None) -> Result:
        """Wait until a review has ended, and return how.

        A review that nobody needs returns at once. One that is not known yet is waited for: its
        request may still be in the queue.

        Args:
            review: What `send` returned, or a review's id.
            timeout: Seconds; people take minutes to days.
            flow: Flow of an id. Default: the one that has it.

        Raises:
            TimeoutError: The review had not ended in time; the message says what it waits for.
            ReviewsError: Several flows have a review of that id, or its result was erased.
        """
        if isinstance(review, Review):
            review_id, flow = review.review_id, review.flow
        else:
            review_id = review
        deadline = time.monotonic() + timeout
        pause = _FIRST_PAUSE_SECONDS
        while True:
            entry = self._entry(review_id, flow)
            if entry is not None and entry["status"] == ReviewStatus.NOT_NEEDED:
                return Result.not_needed(entry)
            if entry is not None and entry["status"] in FINISHED_STATUSES:
                return self._result(entry)
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(self._pending(review_id, flow, entry, timeout))
            time.sleep(min(pause, left))
            pause = min(pause * 1.5, _LONGEST_PAUSE_SECONDS)

    def results(self, flow: str | None = None, since: datetime | None = None) -> Results:
        """Return the finished reviews, read from S3 one by one as you iterate, in no order.

        Args:
            flow: Default: all flows, also those that the stack had before.
            since: Only reviews that ended then or later, with a time zone. Default: all that S3
                still has.

        Raises:
            ValueError: `since` has no time zone.
        """
        return Results(self._s3, self._parts, flow=flow, since=since)

    @cached_property
    def _parts(self) -> StackParts:
        ssm = self._session.client("ssm", region_name=self._region)
        parameters = read_parameters(ssm, self.stack_name)
        if parameters is None:
            words = not_deployed(self.stack_name, ssm.meta.region_name)
            raise StackNotFoundError(f"{words}: check the name and the region, or deploy it")
        return StackParts(self.stack_name, parameters)

    @cached_property
    def _stack_id(self) -> str:
        cloudformation = self._session.client("cloudformation", region_name=self._region)
        return read_stack_id(cloudformation, self.stack_name)

    @cached_property
    def _lambda(self) -> Any:
        from botocore.config import Config  # noqa: PLC0415 -- as above

        config = Config(read_timeout=_READ_TIMEOUT_SECONDS, retries={"mode": "standard"})
        return self._session.client("lambda", region_name=self._region, config=config)

    @cached_property
    def _ledger(self) -> LedgerReader:
        dynamodb = self._session.client("dynamodb", region_name=self._region)
        return LedgerReader(dynamodb, self._parts.ledger_table)

    @cached_property
    def _s3(self) -> Any:
        return self._session.client("s3", region_name=self._region)

    def _entry(self, review_id: str, flow: str | None) -> Entry | None:
        flows = [*self._parts.flows] if flow is None else [flow]
        names = (human_loop_name(self._stack_id, each, review_id) for each in flows)
        found = [entry for entry in map(self._ledger.get, names) if entry is not None]
        if len(found) > 1:
            having = ", ".join(entry["flow"] for entry in found)
            raise ReviewsError(f"flows {having} all have a review {review_id!r}: pass flow")
        return found[0] if found else None

    def _result(self, entry: Entry) -> Result:
        try:
            return Result.from_document(read_json(self._s3, entry["resultUri"]))
        except self._s3.exceptions.NoSuchKey as error:
            raise ReviewsError(
                f"review {entry['reviewId']!r} is {entry['status']}, but its result is gone:"
                " it was erased, or has expired"
            ) from error

    def _pending(
        self, review_id: str, flow: str | None, entry: Entry | None, timeout: float
    ) -> str:
        if entry is None:
            where = ", ".join([*self._parts.flows] if flow is None else [flow]) or "none"
            return (
                f"review {review_id!r} is not known after {timeout:g} s to stack"
                f" {self.stack_name} (flows: {where}): check the id and the flow, and whether its"
                " request waits in the queue"
            )
        waits_for = (
            "a reviewer has yet to answer"
            if entry["status"] == ReviewStatus.IN_PROGRESS
            else "A2I has yet to start its human loop"
        )
        return (
            f"review {review_id!r} of flow {entry['flow']!r} is {entry['status']} after"
            f" {timeout:g} s: {waits_for} (human loop {entry['humanLoopName']})"
        )


def _refuse_unsendable(request: Mapping[str, Any]) -> None:
    size = 0
    for name, value in request.items():
        try:
            size += len(as_json(value))
        except (TypeError, ValueError, RecursionError) as error:
            words = f"{name} is not JSON: {error}"
            raise RequestRefusedError("InvalidRequestError", words, name) from error
    if size > _MOST_BYTES:
        words = f"the request has {size} bytes as JSON, at most {_MOST_BYTES} are taken"
        raise RequestRefusedError("InputTooLargeError", words, "input")


def _refusal(error: FunctionFailedError) -> ReviewsError:
    if error.error == "StartDelayedError":
        return StartDelayedError(f"{error.words}: send the same request again in a while")
    if error.error not in _REFUSALS:
        return error
    named = _NAMED_FIELD.match(error.words)
    field = _REFUSALS[error.error] or (named[1] if named else None)
    return RequestRefusedError(error.error, error.words, field)
