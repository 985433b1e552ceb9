"""Amazon A2I's runtime API with the rules that matter to its callers, in memory."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.lambda_src.service_errors import service_error

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_NAME = re.compile(r"[a-z0-9](-*[a-z0-9])*")
_MAX_NAME = 63
_MAX_INPUT = 3_145_728


@dataclass
class Loop:
    name: str
    flow_definition_arn: str
    input_content: str
    status: str = "InProgress"
    output_uri: str | None = None
    failure_code: str | None = None

    @property
    def arn(self) -> str:
        return f"arn:aws:sagemaker:us-east-1:123456789012:human-loop/{self.name}"


@dataclass
class FakeA2IRuntime:
    """A name belongs to one open loop: the same input finds it, another input conflicts.

    Whether the name of a loop that has ended is free again is not documented: tests try both.
    """

    s3: S3Client
    output_bucket: str
    active_flow_definitions: set[str]
    names_are_free_again: bool = False
    loops: dict[str, Loop] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    """Error codes of the next calls to StartHumanLoop, one each."""
    starts: list[str] = field(default_factory=list)
    """Names of the loops that came into being."""

    def start_human_loop(self, **parameters: Any) -> dict[str, str]:
        if self.refusals:
            raise service_error(self.refusals.pop(0), "said the service", "StartHumanLoop")
        name, content = parameters["HumanLoopName"], parameters["HumanLoopInput"]["InputContent"]
        self._validate(name, parameters["FlowDefinitionArn"], content)
        existing = self.loops.get(name)
        has_ended = existing is not None and existing.status != "InProgress"
        if existing is None or (has_ended and self.names_are_free_again):
            existing = self.loops[name] = Loop(
                name,
                parameters["FlowDefinitionArn"],
                content,
            )
            self.starts.append(name)
        elif has_ended or existing.input_content != content:
            raise service_error("ConflictException", operation="StartHumanLoop")
        return {"HumanLoopArn": existing.arn}

    def describe_human_loop(self, **parameters: Any) -> dict[str, Any]:
        loop = self.loops.get(parameters["HumanLoopName"])
        if loop is None:
            raise service_error("ResourceNotFoundException", operation="DescribeHumanLoop")
        output = {"HumanLoopOutput": {"OutputS3Uri": loop.output_uri}} if loop.output_uri else {}
        failure = {"FailureCode": loop.failure_code} if loop.failure_code else {}
        return {
            **output,
            **failure,
            "HumanLoopName": loop.name,
            "HumanLoopArn": loop.arn,
            "HumanLoopStatus": loop.status,
            "FlowDefinitionArn": loop.flow_definition_arn,
            "CreationTime": datetime(2026, 11, 22, tzinfo=UTC),
        }

    def complete(self, name: str, *contents: dict[str, Any]) -> dict[str, Any]:
        """Have reviewers answer, write output.json, and return the event."""
        loop = self.loops[name]
        loop.status = "Completed"
        key = f"flow/2026/11/22/10/00/00/{name}/output.json"
        document = {
            "flowDefinitionArn": loop.flow_definition_arn,
            "humanAnswers": [_human_answer(i, content) for i, content in enumerate(contents)],
            "humanLoopName": name,
            "inputContent": json.loads(loop.input_content),
        }
        self.s3.put_object(Bucket=self.output_bucket, Key=key, Body=json.dumps(document).encode())
        loop.output_uri = f"s3://{self.output_bucket}/{key}"
        return self.event(name, "Completed", output_uri=loop.output_uri)

    def end(self, name: str, status: str, *, failure_code: str | None = None) -> dict[str, Any]:
        self.loops[name].status = status
        self.loops[name].failure_code = failure_code
        return self.event(name, status, failure_code=failure_code)

    def event(
        self,
        name: str,
        status: str,
        *,
        output_uri: str | None = None,
        failure_code: str | None = None,
    ) -> dict[str, Any]:
        loop = self.loops[name]
        return {
            "source": "aws.sagemaker",
            "detail-type": "SageMaker A2I HumanLoop Status Change",
            "time": "2026-11-22T10:30:00Z",
            "detail": {
                "creationTime": "2026-11-22T10:00:00.000Z",
                "failureCode": failure_code,
                "failureReason": None if failure_code is None else "said the service",
                "flowDefinitionArn": loop.flow_definition_arn,
                "humanLoopArn": loop.arn,
                "humanLoopName": name,
                "humanLoopOutput": None if output_uri is None else {"outputS3Uri": output_uri},
                "humanLoopStatus": status,
            },
        }

    def _validate(self, name: str, flow_definition_arn: str, content: str) -> None:
        json.loads(content)
        if (
            not _NAME.fullmatch(name)
            or len(name) > _MAX_NAME
            or len(content) > _MAX_INPUT
            or flow_definition_arn not in self.active_flow_definitions
        ):
            raise service_error("ValidationException", "said the service", "StartHumanLoop")


def _human_answer(index: int, content: dict[str, Any]) -> dict[str, Any]:
    return {
        "acceptanceTime": f"2026-11-22T10:1{index}:00.000Z",
        "answerContent": content,
        "submissionTime": f"2026-11-22T10:2{index}:00.000Z",
        "timeSpentInSeconds": 600.0,
        "workerId": f"{index:016x}",
        "workerMetadata": {"identityData": {"identityProviderType": "Cognito", "sub": "s"}},
    }
