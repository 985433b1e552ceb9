"""A batch of ten queue messages against one StartHumanLoop call that takes 50 ms."""

import json
import os
import time
from pathlib import Path
from typing import Any, cast

from aws_lambda_powertools.utilities.typing import LambdaContext

from benchmarks.measure import Measurement, median_seconds, run_python
from starter.batch import take_batch
from starter.flows import Flow
from tests.lambda_src.account import FLOW_ARN, SENTIMENT_POLICY, Account, sentiment_request

ROOT = Path(__file__).parents[1]
LATENCY_SECONDS = 0.05
BATCH = 10
ROUNDS = 15


def measure() -> list[Measurement]:
    """The ratio of the two, from a process of its own, because functions log to its output."""
    code = "from benchmarks.starter_batch import ratio; print(ratio())"
    path = os.pathsep.join([str(ROOT), str(ROOT / "lambda_src")])
    environment = {**os.environ, "PYTHONPATH": path}
    printed = run_python("-c", code, cwd=ROOT, env=environment).stdout
    value = float(printed.splitlines()[-1])
    return [Measurement("a batch of 10 against one start of 50 ms", value, "times", 2)]


def ratio() -> float:
    """Start batches of ten; return the median time over the time of one call."""
    flow = Flow(flow="sentiment", flow_definition_arn=FLOW_ARN, review_when=SENTIMENT_POLICY)
    account = Account([flow])
    account.a2i.start_human_loop = _slow(account.a2i.start_human_loop)  # type: ignore[method-assign]  # a slower one
    batches = (_batch(number) for number in range(ROUNDS + 1))
    intake = account.intake()

    def take() -> None:
        answer = take_batch(intake, next(batches), cast("LambdaContext", None), lambda: 60)
        if answer["batchItemFailures"]:
            raise RuntimeError(f"messages were refused: {answer}")

    take()  # threads and connections are there from now on
    return median_seconds(take, ROUNDS) / LATENCY_SECONDS


def _slow(start: Any) -> Any:
    def start_human_loop(**parameters: Any) -> Any:
        time.sleep(LATENCY_SECONDS)
        return start(**parameters)

    return start_human_loop


def _batch(number: int) -> dict[str, Any]:
    return {"Records": [_record(f"bench-{number}-{index}") for index in range(BATCH)]}


def _record(review_id: str) -> dict[str, Any]:
    return {
        "messageId": review_id,
        "receiptHandle": review_id,
        "body": json.dumps(sentiment_request(review_id)),
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1767225600000"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:queue",
        "awsRegion": "us-east-1",
    }
