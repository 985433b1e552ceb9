"""Every operation's errors: code and HTTP status, as boto3 reads them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from a2i_local.service import FaultSettings
from a2i_local.testing import LocalA2I
from a2i_local.testing.local_a2i import CLIENT_ID, GROUP, USER_POOL

ARN = "arn:aws:sagemaker:us-east-1:123456789012"
FLOW_ARN = f"{ARN}:flow-definition/review"
MISSING_FLOW_ARN = f"{ARN}:flow-definition/missing"
UI_ARN = f"{ARN}:human-task-ui/review"
ROLE_ARN = LocalA2I.role_arn
COGNITO = {"UserPool": USER_POOL, "ClientId": CLIENT_ID}
MEMBER = {"CognitoMemberDefinition": {**COGNITO, "UserGroup": GROUP}}
TEAM = {"WorkteamName": "other", "Description": "d", "MemberDefinitions": [MEMBER]}
FLOW = {
    "FlowDefinitionName": "other",
    "RoleArn": ROLE_ARN,
    "OutputConfig": {"S3OutputPath": f"s3://{LocalA2I.bucket}"},
    "HumanLoopConfig": {
        "WorkteamArn": f"{ARN}:workteam/private-crowd/reviewers",
        "HumanTaskUiArn": UI_ARN,
        "TaskTitle": "t",
        "TaskDescription": "d",
        "TaskCount": 1,
    },
}
UI = {"HumanTaskUiName": "other", "UiTemplate": {"Content": "x"}}
RENDER = {"UiTemplate": {"Content": "x"}, "Task": {"Input": "{}"}, "RoleArn": ROLE_ARN}
LOOP = {
    "HumanLoopName": "loop",
    "FlowDefinitionArn": FLOW_ARN,
    "HumanLoopInput": {"InputContent": '{"text": "a"}'},
}
MISSING_ROLE = "arn:aws:iam::123456789012:role/missing"
TOO_MANY_TAGS = [{"Key": f"k{n}", "Value": ""} for n in range(51)]


def _nothing(_a2i: LocalA2I) -> None:
    return


def _with_team_limit(a2i: LocalA2I) -> None:
    for number in range(24):
        a2i.call("CreateWorkteam", **TEAM | {"WorkteamName": f"team-{number}"})


def _updating(a2i: LocalA2I) -> None:
    a2i.call("UpdateWorkforce", WorkforceName="default", IpAddressType="dualstack")


def _with_loop(a2i: LocalA2I) -> None:
    a2i.call("StartHumanLoop", **LOOP)
    a2i.advance(timedelta(seconds=1))


def _with_stopped_loop(a2i: LocalA2I) -> None:
    _with_loop(a2i)
    a2i.call("StopHumanLoop", HumanLoopName="loop")
    a2i.advance(timedelta(seconds=1))


def _initializing(a2i: LocalA2I) -> None:
    a2i.call("CreateFlowDefinition", **FLOW)


def _with_quota(a2i: LocalA2I) -> None:
    a2i.inject(FaultSettings(open_human_loops_quota=0))


def _throttled(a2i: LocalA2I) -> None:
    a2i.inject(FaultSettings(throttling={"*": 1}))


def _broken(a2i: LocalA2I) -> None:
    a2i.inject(FaultSettings(server_errors={"*": 1}))


@dataclass(frozen=True)
class Case:
    """One way in which an operation fails."""

    operation: str
    parameters: dict[str, Any]
    code: str
    status: int
    given: Callable[[LocalA2I], None] = field(default=_nothing)


def _invalid(operation: str, **parameters: Any) -> Case:
    return Case(operation, parameters, "ValidationException", 400)


def _missing(operation: str, **parameters: Any) -> Case:
    return Case(operation, parameters, "ResourceNotFound", 400)


def _gone(operation: str, **parameters: Any) -> Case:
    return Case(operation, parameters, "ResourceNotFoundException", 404)


CASES = [
    _invalid("CreateWorkforce", WorkforceName="-", CognitoConfig=COGNITO),
    _invalid("CreateWorkforce", WorkforceName="second", CognitoConfig=COGNITO),
    _invalid("DescribeWorkforce", WorkforceName="missing"),
    _invalid("ListWorkforces", MaxResults=101),
    _invalid("ListWorkforces", NextToken="forged"),
    _invalid("ListWorkforces", SortOrder="Sideways"),
    _invalid("UpdateWorkforce", WorkforceName="missing"),
    _invalid("UpdateWorkforce", WorkforceName="default", SourceIpConfig={"Cidrs": ["here"]}),
    Case("UpdateWorkforce", {"WorkforceName": "default"}, "ConflictException", 400, _updating),
    _invalid("DeleteWorkforce", WorkforceName="missing"),
    Case("DeleteWorkforce", {"WorkforceName": "default"}, "ResourceInUse", 400),
    Case("CreateWorkteam", TEAM | {"WorkteamName": "reviewers"}, "ResourceInUse", 400),
    Case("CreateWorkteam", TEAM, "ResourceLimitExceeded", 400, _with_team_limit),
    _invalid("CreateWorkteam", **TEAM | {"WorkteamName": "a_b"}),
    _invalid("CreateWorkteam", **TEAM | {"WorkforceName": "missing"}),
    _invalid("CreateWorkteam", **TEAM | {"Description": "x" * 201}),
    _invalid("DescribeWorkteam", WorkteamName="missing"),
    _invalid("ListWorkteams", SortBy="Size"),
    _invalid("ListWorkteams", NextToken="forged"),
    _invalid("UpdateWorkteam", WorkteamName="missing"),
    _invalid("UpdateWorkteam", WorkteamName="reviewers", Description="two\nlines"),
    _invalid("DeleteWorkteam", WorkteamName="missing"),
    Case("DeleteWorkteam", {"WorkteamName": "reviewers"}, "ResourceInUse", 400),
    Case("CreateHumanTaskUi", UI | {"HumanTaskUiName": "review"}, "ResourceInUse", 400),
    _invalid("CreateHumanTaskUi", **UI | {"HumanTaskUiName": "Upper"}),
    _invalid("CreateHumanTaskUi", **UI | {"UiTemplate": {"Content": "x" * 128_001}}),
    _missing("DescribeHumanTaskUi", HumanTaskUiName="missing"),
    _invalid("DescribeHumanTaskUi", HumanTaskUiName="a" * 64),
    _invalid("ListHumanTaskUis", NextToken="Zm9yZ2Vk"),
    _missing("DeleteHumanTaskUi", HumanTaskUiName="missing"),
    _invalid("RenderUiTemplate", Task={"Input": "{}"}, RoleArn=ROLE_ARN),
    _invalid("RenderUiTemplate", **RENDER | {"HumanTaskUiArn": UI_ARN}),
    _invalid("RenderUiTemplate", **RENDER | {"Task": {"Input": "no"}}),
    _invalid("RenderUiTemplate", **RENDER | {"RoleArn": MISSING_ROLE}),
    _missing(
        "RenderUiTemplate",
        HumanTaskUiArn=f"{ARN}:human-task-ui/missing",
        Task={"Input": "{}"},
        RoleArn=ROLE_ARN,
    ),
    Case("CreateFlowDefinition", FLOW | {"FlowDefinitionName": "review"}, "ResourceInUse", 400),
    _invalid("CreateFlowDefinition", **FLOW | {"FlowDefinitionName": "Upper"}),
    _invalid("CreateFlowDefinition", **FLOW | {"RoleArn": MISSING_ROLE}),
    _invalid("CreateFlowDefinition", **FLOW | {"OutputConfig": {"S3OutputPath": "s3://none"}}),
    _invalid("CreateFlowDefinition", **FLOW | {"Tags": TOO_MANY_TAGS}),
    _missing("DescribeFlowDefinition", FlowDefinitionName="missing"),
    _invalid("ListFlowDefinitions", NextToken="forged"),
    _missing("DeleteFlowDefinition", FlowDefinitionName="missing"),
    Case(
        "DeleteFlowDefinition", {"FlowDefinitionName": "other"}, "ResourceInUse", 400, _initializing
    ),
    _invalid("AddTags", ResourceArn=f"{ARN}:human-loop/loop", Tags=[]),
    _invalid("AddTags", ResourceArn=FLOW_ARN, Tags=TOO_MANY_TAGS),
    _invalid("ListTags", ResourceArn=MISSING_FLOW_ARN),
    _invalid("ListTags", ResourceArn=FLOW_ARN, NextToken="forged"),
    _invalid("DeleteTags", ResourceArn=MISSING_FLOW_ARN, TagKeys=["a"]),
    _invalid("StartHumanLoop", **LOOP | {"HumanLoopName": "under_score"}),
    _invalid("StartHumanLoop", **LOOP | {"FlowDefinitionArn": MISSING_FLOW_ARN}),
    _invalid("StartHumanLoop", **LOOP | {"HumanLoopInput": {"InputContent": "no"}}),
    _invalid("StartHumanLoop", **LOOP | {"DataAttributes": {"ContentClassifiers": ["Free"]}}),
    Case(
        "StartHumanLoop",
        LOOP | {"HumanLoopInput": {"InputContent": '{"text": "b"}'}},
        "ConflictException",
        409,
        _with_loop,
    ),
    Case("StartHumanLoop", LOOP, "ServiceQuotaExceededException", 402, _with_quota),
    Case("StartHumanLoop", LOOP, "ThrottlingException", 429, _throttled),
    Case("StartHumanLoop", LOOP, "InternalServerException", 500, _broken),
    _gone("DescribeHumanLoop", HumanLoopName="missing"),
    _invalid("DescribeHumanLoop", HumanLoopName="dotted.name"),
    Case("DescribeHumanLoop", {"HumanLoopName": "l"}, "ThrottlingException", 429, _throttled),
    _gone("ListHumanLoops", FlowDefinitionArn=MISSING_FLOW_ARN),
    _invalid("ListHumanLoops", FlowDefinitionArn="review"),
    _invalid("ListHumanLoops", FlowDefinitionArn=FLOW_ARN, NextToken="forged"),
    Case("ListHumanLoops", {"FlowDefinitionArn": FLOW_ARN}, "ThrottlingException", 429, _throttled),
    _gone("StopHumanLoop", HumanLoopName="missing"),
    Case(
        "StopHumanLoop", {"HumanLoopName": "loop"}, "ValidationException", 400, _with_stopped_loop
    ),
    Case("StopHumanLoop", {"HumanLoopName": "l"}, "InternalServerException", 500, _broken),
    _gone("DeleteHumanLoop", HumanLoopName="missing"),
    Case("DeleteHumanLoop", {"HumanLoopName": "loop"}, "ValidationException", 400, _with_loop),
    Case("DeleteHumanLoop", {"HumanLoopName": "l"}, "ThrottlingException", 429, _throttled),
    Case("ListFlowDefinitions", {}, "ThrottlingException", 400, _throttled),
    Case("CreateFlowDefinition", FLOW, "InternalFailure", 500, _broken),
    Case("CreateModel", {"ModelName": "m"}, "UnknownOperationException", 400),
]


def call(a2i: LocalA2I, operation: str, parameters: dict[str, Any]) -> Any:
    return call_by(
        a2i.runtime if "HumanLoop" in operation else a2i.sagemaker, operation, parameters
    )


def call_by(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
    """Call an operation of a boto3 client by the API's name for it."""
    snake = "".join(f"_{c.lower()}" if c.isupper() else c for c in operation).lstrip("_")
    return getattr(client, snake)(**parameters)


def _name(case: Case) -> str:
    return f"{case.operation}-{case.code}"


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_fails_with_code_and_status(served: LocalA2I, case: Case) -> None:
    case.given(served)
    with pytest.raises(ClientError) as caught:
        call(served, case.operation, case.parameters)
    response = caught.value.response
    assert response["Error"]["Code"] == case.code
    assert response["ResponseMetadata"]["HTTPStatusCode"] == case.status
    assert response["Error"]["Message"]


def test_every_operation_has_a_case(served: LocalA2I) -> None:
    assert served.service.operations <= {case.operation for case in CASES}


@pytest.mark.parametrize(
    "case",
    [
        Case("CreateFlowDefinition", FLOW, "InternalFailure", 500),
        Case("StartHumanLoop", LOOP, "InternalServerException", 500),
    ],
    ids=_name,
)
def test_an_unforeseen_failure_is_a_server_error_that_is_logged(
    served: LocalA2I,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    case: Case,
) -> None:
    def broken(*_arguments: Any, **_keywords: Any) -> None:
        raise OSError("secret detail")

    monkeypatch.setattr(served.service, "call", broken)
    with pytest.raises(ClientError) as caught:
        call(served, case.operation, case.parameters)
    assert caught.value.response["Error"]["Code"] == case.code
    assert "secret detail" not in str(caught.value)
    assert "secret detail" in caplog.text


def test_declared_errors_are_the_clients_own_exceptions(served: LocalA2I) -> None:
    with pytest.raises(served.runtime.exceptions.ResourceNotFoundException):
        served.runtime.describe_human_loop(HumanLoopName="missing")
    with pytest.raises(served.sagemaker.exceptions.ResourceNotFound):
        served.sagemaker.describe_flow_definition(FlowDefinitionName="missing")
