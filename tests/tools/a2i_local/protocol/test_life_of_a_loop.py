"""The whole life of a human loop, by two clients that are not ours: boto3 and the AWS CLI."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from a2i_local.testing import LocalA2I

TEMPLATE = "<crowd-form><p>{{ task.input.text }}</p></crowd-form>"
CLI = Path(sys.executable).with_name("aws")
PATIENCE_SECONDS = 60.0


@pytest.fixture
def running() -> Iterator[LocalA2I]:
    """A service whose life cycles move with real time."""
    with LocalA2I() as a2i:
        yield a2i


def _wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "the condition never came true"
        time.sleep(0.02)


def _human_loop_config(a2i: LocalA2I, ui_arn: str) -> dict[str, Any]:
    return {
        "WorkteamArn": a2i.workteam_arn,
        "HumanTaskUiArn": ui_arn,
        "TaskTitle": "Check",
        "TaskDescription": "Check a text",
        "TaskCount": 1,
    }


def test_boto3_runs_a_loop_from_template_to_answer(running: LocalA2I) -> None:
    sagemaker, runtime = running.sagemaker, running.runtime
    ui = sagemaker.create_human_task_ui(HumanTaskUiName="check", UiTemplate={"Content": TEMPLATE})
    flow_arn = sagemaker.create_flow_definition(
        FlowDefinitionName="check",
        RoleArn=running.role_arn,
        OutputConfig={"S3OutputPath": f"s3://{running.bucket}"},
        HumanLoopConfig=_human_loop_config(running, ui["HumanTaskUiArn"]),  # type: ignore[arg-type]
    )["FlowDefinitionArn"]

    def flow_status() -> str:
        return sagemaker.describe_flow_definition(FlowDefinitionName="check")[
            "FlowDefinitionStatus"
        ]

    _wait(lambda: flow_status() == "Active")
    started = runtime.start_human_loop(
        HumanLoopName="loop",
        FlowDefinitionArn=flow_arn,
        HumanLoopInput={"InputContent": '{"text": "ä"}'},
        DataAttributes={"ContentClassifiers": ["FreeOfAdultContent"]},
    )
    _wait(lambda: bool(running.service.worker_tasks.list("worker-1")))
    task = running.service.worker_tasks.list("worker-1")[0]
    running.service.worker_tasks.submit(task.id, "worker-1", {"label": "yes"})
    loop = runtime.describe_human_loop(HumanLoopName="loop")
    assert loop["HumanLoopArn"] == started["HumanLoopArn"]
    assert loop["HumanLoopStatus"] == "Completed"
    assert abs(loop["CreationTime"] - datetime.now(UTC)) < timedelta(minutes=1)
    bucket, _, key = loop["HumanLoopOutput"]["OutputS3Uri"].removeprefix("s3://").partition("/")
    output = json.load(running.s3.get_object(Bucket=bucket, Key=key)["Body"])
    assert output["inputContent"] == {"text": "ä"}
    runtime.delete_human_loop(HumanLoopName="loop")
    sagemaker.delete_flow_definition(FlowDefinitionName="check")
    _wait(lambda: not sagemaker.list_flow_definitions()["FlowDefinitionSummaries"])
    sagemaker.delete_human_task_ui(HumanTaskUiName="check")
    sagemaker.delete_workteam(WorkteamName="reviewers")
    sagemaker.delete_workforce(WorkforceName="default")
    _wait(lambda: not sagemaker.list_workforces()["Workforces"])


def test_boto3_pages_and_filters(running: LocalA2I) -> None:
    flow_arn = running.create_flow_definition("many", TEMPLATE)
    for number in range(23):
        running.start(f"loop-{number:02}", flow_arn, {"text": "a"})
    paginator = running.runtime.get_paginator("list_human_loops")
    pages = list(paginator.paginate(FlowDefinitionArn=flow_arn, SortOrder="Descending"))
    assert [len(page["HumanLoopSummaries"]) for page in pages] == [10, 10, 3]
    found = [loop for page in pages for loop in page["HumanLoopSummaries"]]
    names = [loop["HumanLoopName"] for loop in found]
    assert names == [f"loop-{number:02}" for number in reversed(range(23))]
    later = running.runtime.list_human_loops(
        FlowDefinitionArn=flow_arn,
        CreationTimeAfter=found[5]["CreationTime"],
        CreationTimeBefore=found[2]["CreationTime"],
    )
    assert [loop["HumanLoopName"] for loop in later["HumanLoopSummaries"]] == ["loop-18", "loop-19"]


def _aws(a2i: LocalA2I, home: Path, *arguments: str) -> Any:
    result = subprocess.run(
        [CLI, *arguments, "--output", "json"],
        env={**os.environ, **a2i.environment, "HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout) if result.stdout.strip() else {}


@pytest.mark.process
def test_the_aws_cli_runs_a_loop_from_template_to_answer(running: LocalA2I, tmp_path: Path) -> None:
    def sagemaker(*arguments: str) -> Any:
        return _aws(running, tmp_path, "sagemaker", *arguments)

    def runtime(*arguments: str) -> Any:
        return _aws(running, tmp_path, "sagemaker-a2i-runtime", *arguments)

    template = json.dumps({"Content": TEMPLATE})
    ui = sagemaker(
        "create-human-task-ui", "--human-task-ui-name", "check", "--ui-template", template
    )
    config = json.dumps(_human_loop_config(running, ui["HumanTaskUiArn"]))
    flow = sagemaker(
        *("create-flow-definition", "--flow-definition-name", "check"),
        *("--role-arn", running.role_arn),
        *("--output-config", f"S3OutputPath=s3://{running.bucket}"),
        *("--human-loop-config", config),
    )
    running.advance(timedelta(seconds=1))
    described = sagemaker("describe-flow-definition", "--flow-definition-name", "check")
    assert described["FlowDefinitionStatus"] == "Active"
    runtime(
        *("start-human-loop", "--human-loop-name", "loop"),
        *("--flow-definition-arn", flow["FlowDefinitionArn"]),
        *("--human-loop-input", json.dumps({"InputContent": '{"text": "ä"}'})),
    )
    running.submit("loop", {"label": "yes"})
    loop = runtime("describe-human-loop", "--human-loop-name", "loop")
    assert loop["HumanLoopStatus"] == "Completed"
    assert datetime.fromisoformat(loop["CreationTime"]).tzinfo is not None
    listed = runtime("list-human-loops", "--flow-definition-arn", flow["FlowDefinitionArn"])
    assert [summary["HumanLoopName"] for summary in listed["HumanLoopSummaries"]] == ["loop"]
    assert runtime("delete-human-loop", "--human-loop-name", "loop") == {}
    assert sagemaker("delete-flow-definition", "--flow-definition-name", "check") == {}
