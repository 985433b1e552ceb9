"""Request queue and dead-letter queue: counts, ages, reasons of failure, redrive."""

import contextlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from a2i_cli.failures import CommandError

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import ListMessageMoveTasksResultEntryTypeDef, MessageTypeDef

_PEEK_SECONDS = 30
_AT_ONCE = 10
# Where a dead letter says why it is one, by who put it there.
_BY_STARTER = "error"
_BY_EVENTBRIDGE = ("ERROR_CODE", "ERROR_MESSAGE")
_BY_LAMBDA = "ErrorMessage"
_REASONS = (_BY_STARTER, *_BY_EVENTBRIDGE, _BY_LAMBDA)
_MOVE_ENDED = frozenset({"COMPLETED", "CANCELLED", "FAILED"})


@dataclass(frozen=True)
class MessageCounts:
    """Number of messages in a queue, by state."""

    visible: int
    in_flight: int
    delayed: int

    @property
    def total(self) -> int:
        """All messages that the queue holds."""
        return self.visible + self.in_flight + self.delayed


@dataclass(frozen=True)
class DeadLetter:
    """A request that could not be started, without its content."""

    review_id: str | None
    flow: str | None
    error: str | None
    sent_at: datetime


def count_messages(sqs: "SQSClient", url: str) -> MessageCounts:
    """Return a queue's counts; SQS itself calls them approximate."""
    attributes = sqs.get_queue_attributes(
        QueueUrl=url,
        AttributeNames=[
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
            "ApproximateNumberOfMessagesDelayed",
        ],
    )["Attributes"]
    return MessageCounts(
        visible=int(attributes["ApproximateNumberOfMessages"]),
        in_flight=int(attributes["ApproximateNumberOfMessagesNotVisible"]),
        delayed=int(attributes["ApproximateNumberOfMessagesDelayed"]),
    )


def oldest_message_seconds(cloudwatch: "CloudWatchClient", url: str) -> int | None:
    """Return the age of the oldest message.

    None where CloudWatch has no recent figure, as for a queue that was empty for a while.
    """
    now = datetime.now(UTC)
    datapoints = cloudwatch.get_metric_statistics(
        Namespace="AWS/SQS",
        MetricName="ApproximateAgeOfOldestMessage",
        Dimensions=[{"Name": "QueueName", "Value": url.rpartition("/")[2]}],
        StartTime=now - timedelta(minutes=10),
        EndTime=now,
        Period=60,
        Statistics=["Maximum"],
    )["Datapoints"]
    if not datapoints:
        return None
    return int(max(datapoints, key=lambda point: point["Timestamp"])["Maximum"])


def peek_dead_letters(sqs: "SQSClient", url: str, limit: int) -> Iterator[DeadLetter]:
    """Yield up to `limit` messages of the dead-letter queue and leave them there.

    Each is invisible to others for a moment, so a redrive should wait until this ends.
    """
    seen: list[MessageTypeDef] = []
    try:
        while len(seen) < limit:
            received = sqs.receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=min(_AT_ONCE, limit - len(seen)),
                VisibilityTimeout=_PEEK_SECONDS,
                MessageAttributeNames=[*_REASONS],
                MessageSystemAttributeNames=["SentTimestamp"],
            ).get("Messages", [])
            if not received:
                return
            seen += received
            yield from map(_dead_letter, received)
    finally:
        _make_visible(sqs, url, seen)


def redrive(
    sqs: "SQSClient",
    *,
    source_url: str,
    destination_url: str,
    per_second: int | None,
    on_progress: Callable[[str], None],
    pause: Callable[[float], None] = time.sleep,
) -> int:
    """Move all messages from the dead-letter queue back and return how many moved.

    The destination is named because the starter puts messages there itself, and SQS knows where to
    return only those that its own redrive policy moved.

    Raises:
        CommandError: SQS ended the move before it was complete.
    """
    source_arn = _queue_arn(sqs, source_url)
    rate = {} if per_second is None else {"MaxNumberOfMessagesPerSecond": per_second}
    sqs.start_message_move_task(
        SourceArn=source_arn, DestinationArn=_queue_arn(sqs, destination_url), **rate
    )
    while True:
        task = _latest_move(sqs, source_arn)
        moved = task.get("ApproximateNumberOfMessagesMoved", 0)
        if task["Status"] in _MOVE_ENDED:
            break
        on_progress(f"{moved} of {task.get('ApproximateNumberOfMessagesToMove', 0)} moved")
        pause(1)
    if task["Status"] != "COMPLETED":
        raise CommandError(
            f"the move is {task['Status']} after {moved} messages:"
            f" {task.get('FailureReason', 'SQS gives no reason')}: run a2i queue redrive again"
        )
    return moved


def purge(sqs: "SQSClient", url: str) -> None:
    """Delete every message of a queue; SQS needs up to a minute."""
    sqs.purge_queue(QueueUrl=url)


def _dead_letter(message: "MessageTypeDef") -> DeadLetter:
    request = _request_names(message["Body"])
    sent = int(message["Attributes"]["SentTimestamp"]) / 1000
    return DeadLetter(
        review_id=request.get("reviewId"),
        flow=request.get("flow"),
        error=_error(message),
        sent_at=datetime.fromtimestamp(sent, UTC),
    )


def _error(message: "MessageTypeDef") -> str | None:
    """Return why a message was given up; None where SQS itself moved it."""
    attributes = message.get("MessageAttributes", {})
    given = [attributes[name].get("StringValue", "") for name in _REASONS if name in attributes]
    return ": ".join(given) or None


def _request_names(body: str) -> Mapping[str, Any]:
    """Return the request in a message, or in the detail of an event.

    One that is no JSON object may be why it failed.
    """
    with contextlib.suppress(ValueError):
        request = json.loads(body)
        if isinstance(request, dict) and "detail-type" in request:
            request = request.get("detail")
        if isinstance(request, dict):
            return request
    return {}


def _make_visible(sqs: "SQSClient", url: str, messages: list["MessageTypeDef"]) -> None:
    for start in range(0, len(messages), _AT_ONCE):
        sqs.change_message_visibility_batch(
            QueueUrl=url,
            Entries=[
                {"Id": str(i), "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 0}
                for i, message in enumerate(messages[start : start + _AT_ONCE])
            ],
        )


def _queue_arn(sqs: "SQSClient", url: str) -> str:
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return answer["Attributes"]["QueueArn"]


def _latest_move(sqs: "SQSClient", source_arn: str) -> "ListMessageMoveTasksResultEntryTypeDef":
    return sqs.list_message_move_tasks(SourceArn=source_arn, MaxResults=1)["Results"][0]
