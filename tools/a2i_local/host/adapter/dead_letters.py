"""Sends failed events to a function's dead-letter queue in Lambda's form.

Lambda sends the event as it came, with the attributes RequestID, ErrorCode and ErrorMessage, and
without a retry where the reserved concurrency is 0 (Lambda developer guide, "Capturing records of
Lambda asynchronous invocations"). MiniStack sends a destination's envelope to either.
"""

import json
import uuid
from typing import Any

from ministack.services import lambda_svc, sqs

_MESSAGE_BYTES = 1024


def send_events_as_they_came() -> None:
    """Replace what MiniStack sends to dead-letter queues; destinations get their envelope."""
    route = lambda_svc._route_async_failure

    def route_failure(
        target_arn: str, function_name: str, event: Any, result: dict[str, Any]
    ) -> None:
        queue = sqs._queue_by_arn(target_arn)
        if queue is None or target_arn != _dead_letter_queue(function_name):
            route(target_arn, function_name, event, result)
        else:
            sqs._act_send_message(_message(event, result), queue["url"])

    lambda_svc._route_async_failure = route_failure


def _dead_letter_queue(function_name: str) -> str | None:
    config = lambda_svc._functions.get(function_name, {}).get("config", {})
    target: str | None = (config.get("DeadLetterConfig") or {}).get("TargetArn")
    return target


def _message(event: Any, result: dict[str, Any]) -> dict[str, Any]:
    body = result.get("body")
    said = body if isinstance(body, dict) else {}
    reason = str(said.get("errorMessage") or said.get("message") or "")
    attributes = {
        "RequestID": ("String", str(uuid.uuid4())),
        "ErrorCode": ("Number", "429" if result.get("throttle") else "200"),
        "ErrorMessage": ("String", reason.encode()[:_MESSAGE_BYTES].decode(errors="ignore")),
    }
    return {
        "MessageBody": json.dumps(event),
        "MessageAttributes": {
            name: {"DataType": kind, "StringValue": value}
            for name, (kind, value) in attributes.items()
            if value
        },
    }
