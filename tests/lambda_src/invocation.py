"""A Lambda invocation's context and events as the service shapes them."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any, cast

from aws_lambda_powertools.utilities.typing import LambdaContext


@dataclass
class _Context:
    seconds: float = 30.0
    function_name: str = "starter"
    memory_limit_in_mb: int = 256
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:starter"
    aws_request_id: str = "8f0a"

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)


def lambda_context(seconds: float = 30.0) -> LambdaContext:
    """What the handlers read of a context, which only Lambda can make a real one of."""
    return cast("LambdaContext", _Context(seconds))


def sqs_event(*bodies: Any, sent_seconds_ago: float = 0, receive_count: int = 1) -> dict[str, Any]:
    sent = str(int((time.time() - sent_seconds_ago) * 1000))
    return {
        "Records": [
            {
                "messageId": f"message-{index}",
                "receiptHandle": f"handle-{index}",
                "body": body if isinstance(body, str) else json.dumps(body),
                "attributes": {
                    "SentTimestamp": sent,
                    "ApproximateReceiveCount": str(receive_count),
                },
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:queue",
                "awsRegion": "us-east-1",
            }
            for index, body in enumerate(bodies)
        ]
    }
