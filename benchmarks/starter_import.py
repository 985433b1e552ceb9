"""Import time of the starter's handler compared with boto3 and the one client it needs."""

import os
import re
from functools import partial
from pathlib import Path

from benchmarks.measure import Measurement, alternating_medians, run_python

ROOT = Path(__file__).parents[1]
ROUNDS = 7
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join([str(ROOT / "core"), str(ROOT / "lambda_src")]),
    "POWERTOOLS_SERVICE_NAME": "starter",
    "POWERTOOLS_METRICS_NAMESPACE": "A2IReview",
    "AWS_DEFAULT_REGION": "us-east-1",
}
HANDLER = "import starter.handler"
CLIENT = "import boto3; boto3.client('sagemaker-a2i-runtime')"
SHARES = ("boto3", "botocore", "pydantic", "aws_lambda_powertools", "jmespath", "starter")
_LINE = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)")


def measure() -> list[Measurement]:
    """The ratio, and each package's own share of the handler's import time."""
    nothing, handler, client = alternating_medians(
        [partial(_run, "pass"), partial(_run, HANDLER), partial(_run, CLIENT)], ROUNDS
    )
    ratio = (handler - nothing) / (client - nothing)
    name = "starter.handler import against boto3 and one client"
    return [Measurement(name, ratio, "times", 2), *_shares()]


def _run(code: str) -> None:
    run_python("-c", code, env=ENVIRONMENT)


def _shares() -> list[Measurement]:
    trace = run_python("-X", "importtime", "-c", HANDLER, env=ENVIRONMENT).stderr
    own = [(int(micros), module.partition(".")[0]) for micros, module in _LINE.findall(trace)]
    total = sum(micros for micros, _ in own)
    return [
        Measurement(
            f"of which {package}",
            100 * sum(micros for micros, found in own if found == package) / total,
            "%",
        )
        for package in SHARES
    ]
