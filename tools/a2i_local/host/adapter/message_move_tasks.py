"""SQS message move tasks, which MiniStack lacks.

The destination has to be named; a task is complete when it is answered, and is never slowed down.
"""

import itertools
import time
import uuid
from typing import Any

from ministack.core.concurrency import esm_wake
from ministack.services import sqs

_LARGEST_LIST = 10


def add_message_move_tasks() -> None:
    """Serve StartMessageMoveTask and ListMessageMoveTasks."""
    tasks = _MoveTasks()
    sqs._HANDLERS.update(
        {
            "StartMessageMoveTask": lambda request, _url: tasks.start(request),
            "ListMessageMoveTasks": lambda request, _url: tasks.list(request),
        }
    )


class _MoveTasks:
    """The tasks of all queues, by the ARN of the queue that they emptied; gone at the end."""

    def __init__(self) -> None:
        self._finished: dict[str, list[dict[str, Any]]] = {}

    def start(self, request: dict[str, Any]) -> dict[str, Any]:
        source_arn, destination_arn = request["SourceArn"], request.get("DestinationArn")
        if destination_arn is None:
            raise sqs._Err("UnsupportedOperation", "the local AWS needs DestinationArn")
        moved = _move(_queue(source_arn), _queue(destination_arn))
        task = {
            "Status": "COMPLETED",
            "SourceArn": source_arn,
            "DestinationArn": destination_arn,
            "ApproximateNumberOfMessagesMoved": moved,
            "ApproximateNumberOfMessagesToMove": moved,
            "StartedTimestamp": int(time.time() * 1000),
        }
        self._finished.setdefault(source_arn, []).insert(0, task)
        return {"TaskHandle": str(uuid.uuid4())}

    def list(self, request: dict[str, Any]) -> dict[str, Any]:
        _queue(request["SourceArn"])
        wanted = min(request.get("MaxResults", 1), _LARGEST_LIST)
        found = self._finished.get(request["SourceArn"], [])
        return {"Results": list(itertools.islice(found, wanted))}


def _queue(arn: str) -> dict[str, Any]:
    queue: dict[str, Any] | None = sqs._queue_by_arn(arn)
    if queue is None:
        raise sqs._Err(
            "ResourceNotFoundException",
            "The resource that you specified for the SourceArn parameter doesn't exist.",
            404,
        )
    return queue


def _move(source: dict[str, Any], destination: dict[str, Any]) -> int:
    """Move the messages that are not in flight; they arrive as new messages."""
    now = time.time()
    waiting = [message for message in source["messages"] if message["visible_at"] <= now]
    source["messages"] = [message for message in source["messages"] if message["visible_at"] > now]
    destination["messages"].extend(_sent_anew(message, now) for message in waiting)
    esm_wake.set()
    return len(waiting)


def _sent_anew(message: dict[str, Any], now: float) -> dict[str, Any]:
    return {
        **message,
        "id": str(uuid.uuid4()),
        "sent_at": now,
        "visible_at": now,
        "receive_count": 0,
        "receipt_handle": None,
        "first_receive_at": None,
        "sys": {**message.get("sys", {}), "SentTimestamp": str(int(now * 1000))},
    }
