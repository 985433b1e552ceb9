"""Peak memory of the starter for a batch of ten requests of the largest size, by their content.

Each content runs in a process of its own, against services in another one. The function's memory
must hold the peak.
"""

import json
import os
import resource
from pathlib import Path
from typing import Any

from a2i_constructs.functions.bundled_function import CONTENT_ENVIRONMENT, CONTENT_MEMORY_SIZE
from benchmarks.instant_services import CONTENTS
from benchmarks.measure import Measurement, run_python
from benchmarks.starter_batch import ENVIRONMENT, services
from tests.lambda_src.invocation import lambda_context

ROOT = Path(__file__).parents[1]
BATCH = 10


def measure() -> list[Measurement]:
    """The peak of each content."""
    measurements = []
    for content in CONTENTS:
        code = f"from benchmarks.starter_memory import peak; print(peak({content!r}))"
        with services() as endpoint:
            environment = {
                **os.environ,
                **ENVIRONMENT,
                **CONTENT_ENVIRONMENT,
                "AWS_ENDPOINT_URL": endpoint,
            }
            printed = run_python("-c", code, cwd=ROOT, env=environment).stdout
        value = float(printed.splitlines()[-1])
        name = f"peak memory of a batch of {BATCH} largest requests, {content}"
        measurements.append(Measurement(name, value, "MiB", CONTENT_MEMORY_SIZE))
    return measurements


def peak(content: str) -> float:
    """Take a batch; return the process's largest resident size in MiB."""
    from starter.handler import lambda_handler  # noqa: PLC0415  # in the function's environment only

    answer = lambda_handler(
        {"Records": [_record(content, i) for i in range(BATCH)]}, lambda_context(60)
    )
    if answer != {"batchItemFailures": []}:
        raise RuntimeError(f"messages were refused: {answer}")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _record(content: str, index: int) -> dict[str, Any]:
    uri = f"s3://bench-input/requests/_incoming/{content}.json"
    return {
        "messageId": f"{content}-{index}",
        "receiptHandle": f"{content}-{index}",
        "body": json.dumps({"reviewId": f"{content}-{index}", "requestUri": uri}),
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1767225600000"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:queue",
        "awsRegion": "us-east-1",
    }
