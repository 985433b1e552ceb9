"""Time of a batch of ten queue messages compared with one StartHumanLoop call of 50 ms.

Human loops in the account are started by the same batch without that call. All go over HTTP to
services in another process that answer at once but for that call, so that neither an emulator's
time nor the network's is in the ratio: what is left is the starter's own.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from benchmarks.instant_services import FLOW_ARN, FLOWS_PATH
from benchmarks.measure import Measurement, alternating_medians, run_python
from tests.lambda_src.invocation import lambda_context

ROOT = Path(__file__).parents[1]
BATCH = 10
ROUNDS = 25
REQUEST = {"input": {"taskObject": "I enjoy this product"}, "prediction": {"score": 0.71}}
ENVIRONMENT = {
    "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "core"), str(ROOT / "lambda_src")]),
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_DEFAULT_REGION": "us-east-1",
    "POWERTOOLS_SERVICE_NAME": "bench",
    "POWERTOOLS_METRICS_NAMESPACE": "A2IReview",
    "A2I_STACK_ID": "arn:aws:cloudformation:us-east-1:123456789012:stack/Bench/0a1b2c3d-1-2-3-4",
    "A2I_FLOWS_PATH": FLOWS_PATH,
    "A2I_LEDGER_TABLE": "bench-ledger",
    "A2I_INPUT_BUCKET": "bench-input",
    "A2I_OUTPUT_BUCKET": "bench-output",
    "A2I_QUEUE_URL": "https://sqs.invalid/queue",
    "A2I_DEAD_LETTER_QUEUE_URL": "https://sqs.invalid/dead-letters",
    "A2I_EVENT_BUS_NAME": "default",
}

IN_ACCOUNT = {
    "A2I_BACKEND": "account",
    "A2I_HUMAN_LOOPS_TABLE": "bench-loops",
    "A2I_HUMAN_LOOPS_BUCKET": "bench-input",
}


def measure() -> list[Measurement]:
    """The ratio of the two, and the same with human loops in the account against it."""
    a2i, account = _ratio_in({}), _ratio_in(IN_ACCOUNT)
    return [
        Measurement("a batch of 10 against one start of 50 ms", a2i, "times", 2),
        Measurement("the same batch in the account against A2I's", account / a2i, "times", 1.2),
    ]


def _ratio_in(backend: Mapping[str, str]) -> float:
    """Return the ratio from a process with the function's environment."""
    code = "from benchmarks.starter_batch import ratio; print(ratio())"
    with services() as endpoint:
        environment = {**os.environ, **ENVIRONMENT, **backend, "AWS_ENDPOINT_URL": endpoint}
        printed = run_python("-c", code, cwd=ROOT, env=environment).stdout
    return float(printed.splitlines()[-1])


def ratio() -> float:
    """Run batches of ten and single calls in turn; return the ratio of the median times."""
    from a2i_shared import aws_clients  # noqa: PLC0415  # in the function's environment only
    from starter.handler import lambda_handler  # noqa: PLC0415  # likewise

    if os.environ.get("A2I_BACKEND") == "account":
        _define_flow()
    client = aws_clients.a2i_runtime_single_attempt()
    batches = (_batch(number) for number in range(ROUNDS + 1))
    names = (f"bench-one-{number}" for number in range(ROUNDS + 1))

    def take_batch() -> None:
        answer = lambda_handler(next(batches), lambda_context())
        if answer != {"batchItemFailures": []}:
            raise RuntimeError(f"messages were refused: {answer}")

    def start_one() -> None:
        content = json.dumps(REQUEST["input"])
        client.start_human_loop(
            HumanLoopName=next(names),
            FlowDefinitionArn=FLOW_ARN,
            HumanLoopInput={"InputContent": content},
        )

    for warm_up in (take_batch, start_one):  # threads and connections are there from now on
        warm_up()
    batch, one = alternating_medians([take_batch, start_one], ROUNDS)
    return batch / one


def _define_flow() -> None:
    from a2i_account import backend  # noqa: PLC0415  # in the function's environment only

    arn = FLOW_ARN.rpartition(":")[0]
    backend.loops().definitions.add_ui("bench", "<crowd-form></crowd-form>")
    backend.sagemaker().create_flow_definition(
        FlowDefinitionName=FLOW_ARN.rpartition("/")[2],
        RoleArn="arn:aws:iam::123456789012:role/bench",
        HumanLoopConfig={
            "WorkteamArn": f"{arn}:workteam/private-crowd/bench",
            "HumanTaskUiArn": f"{arn}:human-task-ui/bench",
            "TaskTitle": "Check",
            "TaskDescription": "Check",
            "TaskCount": 1,
        },
        OutputConfig={"S3OutputPath": "s3://bench-output/answers"},
    )


@contextmanager
def services() -> Iterator[str]:
    """The endpoint of the services while they run."""
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.instant_services"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        port = cast("IO[str]", process.stdout).readline().strip()
        yield f"http://127.0.0.1:{port}"
        cast("IO[str]", process.stdin).close()


def _batch(number: int) -> dict[str, Any]:
    return {"Records": [_record(f"bench-{number}-{index}") for index in range(BATCH)]}


def _record(review_id: str) -> dict[str, Any]:
    return {
        "messageId": review_id,
        "receiptHandle": review_id,
        "body": json.dumps({"reviewId": review_id, **REQUEST}),
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1767225600000"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:queue",
        "awsRegion": "us-east-1",
    }
