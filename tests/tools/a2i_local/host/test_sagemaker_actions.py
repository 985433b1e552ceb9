"""Which permissions each call of the A2I API asks for."""

import json
from typing import Any

import pytest

from a2i_local.host.adapter.sagemaker_actions import (
    _NAMED,
    Call,
    Check,
    changes_something,
    identify_call,
    required_checks,
)
from tests.infra.iam_statements import actions_like

PREFIX = "arn:aws:sagemaker:us-east-1:123456789012"
FLOW = f"{PREFIX}:flow-definition/flow"
WORKTEAM = f"{PREFIX}:workteam/private-crowd/team"
ROLE = "arn:aws:iam::123456789012:role/flow"


def checks(operation: str, **parameters: Any) -> list[Check]:
    return required_checks(Call(operation, parameters), region="us-east-1", account="123456789012")


def asked(found: list[Check]) -> list[tuple[str, str]]:
    return [(check.action, check.resource) for check in found]


def test_a_control_plane_call_names_itself_in_its_target() -> None:
    call = identify_call(
        "POST", "/", {"x-amz-target": "SageMaker.DescribeWorkteam"}, b'{"WorkteamName": "team"}'
    )

    assert call == Call("DescribeWorkteam", {"WorkteamName": "team"})


@pytest.mark.parametrize("body", [b"{nope", b"[" * 100_000, b"\xff", b"[1]", b""])
def test_a_body_that_the_service_will_refuse_has_no_parameters(body: bytes) -> None:
    headers = {"x-amz-target": "SageMaker.DescribeWorkteam"}

    assert identify_call("POST", "/", headers, body) == Call("DescribeWorkteam", {})


@pytest.mark.parametrize(
    ("method", "path", "target", "changes"),
    [
        ("POST", "/", "SageMaker.CreateHumanTaskUi", True),
        ("POST", "/", "SageMaker.DescribeWorkteam", False),
        ("POST", "/", "SageMaker.RenderUiTemplate", False),
        ("POST", "/human-loops", "", True),
        ("GET", "/human-loops", "", False),
        ("GET", "/unknown", "", False),
    ],
)
def test_looking_changes_nothing(method: str, path: str, target: str, *, changes: bool) -> None:
    headers = {"x-amz-target": target} if target else {}

    assert changes_something(method, path, headers, b"{}") is changes


@pytest.mark.parametrize(
    ("method", "path", "operation", "parameters"),
    [
        ("POST", "/human-loops", "StartHumanLoop", {"HumanLoopName": "loop"}),
        ("POST", "/human-loops/stop", "StopHumanLoop", {"HumanLoopName": "loop"}),
        ("GET", "/human-loops", "ListHumanLoops", {"HumanLoopName": "loop"}),
        ("GET", "/human-loops/loop", "DescribeHumanLoop", {"HumanLoopName": "loop"}),
        ("DELETE", "/human-loops/loop", "DeleteHumanLoop", {"HumanLoopName": "loop"}),
        ("GET", "/human-loops/stop", "DescribeHumanLoop", {"HumanLoopName": "stop"}),
    ],
)
def test_a_runtime_call_is_known_by_method_and_path(
    method: str, path: str, operation: str, parameters: dict[str, str]
) -> None:
    body = json.dumps({"HumanLoopName": "loop"}).encode()

    assert identify_call(method, path, {}, body) == Call(operation, parameters)


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "/human-loops"), ("PATCH", "/human-loops/loop"), ("GET", "/x")]
)
def test_what_the_api_does_not_have_is_no_call(method: str, path: str) -> None:
    assert identify_call(method, path, {}, b"") is None


def test_starting_a_loop_asks_for_the_flow_definition_alone() -> None:
    found = checks("StartHumanLoop", HumanLoopName="loop", FlowDefinitionArn=FLOW)

    assert asked(found) == [("sagemaker:StartHumanLoop", FLOW)]


@pytest.mark.parametrize("operation", sorted(_NAMED))
def test_what_is_asked_for_is_what_awss_reference_asks_for(operation: str) -> None:
    names = {parameter: "it" for _, parameter in _NAMED[operation]}
    for action, resource in asked(checks(operation, **names)):
        [known] = actions_like(action)
        assert known.applies_to(resource)


def test_listing_loops_knows_no_resource() -> None:
    assert asked(checks("ListHumanLoops")) == [("sagemaker:ListHumanLoops", "*")]


def test_creating_a_flow_definition_asks_to_pass_its_role_to_the_service() -> None:
    found = checks("CreateFlowDefinition", FlowDefinitionName="flow", RoleArn=ROLE)

    assert asked(found) == [("sagemaker:CreateFlowDefinition", FLOW), ("iam:PassRole", ROLE)]
    assert found[1].context == {"iam:PassedToService": "sagemaker.amazonaws.com"}


def test_creating_a_flow_definition_tells_the_work_team() -> None:
    found = checks(
        "CreateFlowDefinition",
        FlowDefinitionName="flow",
        HumanLoopConfig={"WorkteamArn": WORKTEAM},
    )

    assert found[0].context == {
        "sagemaker:WorkteamArn": WORKTEAM,
        "sagemaker:WorkteamType": "private-crowd",
    }


def test_creating_with_tags_asks_to_tag() -> None:
    found = checks(
        "CreateHumanTaskUi", HumanTaskUiName="ui", Tags=[{"Key": "team", "Value": "blue"}]
    )

    ui = f"{PREFIX}:human-task-ui/ui"
    assert asked(found) == [("sagemaker:CreateHumanTaskUi", ui), ("sagemaker:AddTags", ui)]
    assert found[0].context == {"aws:TagKeys": ["team"], "aws:RequestTag/team": "blue"}


def test_tagging_asks_for_the_tagged_resource() -> None:
    found = checks("AddTags", ResourceArn=FLOW, Tags=[{"Key": "team", "Value": "blue"}])

    assert asked(found) == [("sagemaker:AddTags", FLOW)]


def test_a_call_that_names_no_resource_needs_a_grant_for_any() -> None:
    assert asked(checks("DescribeWorkteam")) == [("sagemaker:DescribeWorkteam", "*")]


@pytest.mark.parametrize("body", [b"", b"no json", b"[]", b"\xff"])
def test_a_body_that_holds_no_parameters_names_no_resource(body: bytes) -> None:
    call = identify_call("POST", "/", {"x-amz-target": "SageMaker.DescribeWorkteam"}, body)

    assert call == Call("DescribeWorkteam", {})


@pytest.mark.parametrize("operation", ["CreateWorkforce", "CreateWorkteam"])
def test_a_user_pool_is_described_and_updated_on_behalf_of_the_caller(operation: str) -> None:
    member = {"UserPool": "us-east-1_pool", "ClientId": "c", "UserGroup": "g"}
    request: dict[str, dict[str, Any]] = {
        "CreateWorkforce": {"WorkforceName": "w", "CognitoConfig": member},
        "CreateWorkteam": {
            "WorkteamName": "w",
            "MemberDefinitions": [{"CognitoMemberDefinition": member}] * 2,
        },
    }
    pool = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_pool"

    assert asked(checks(operation, **request[operation]))[1:] == [
        ("cognito-idp:DescribeUserPool", pool),
        ("cognito-idp:DescribeUserPoolClient", pool),
        ("cognito-idp:UpdateUserPool", pool),
        ("cognito-idp:UpdateUserPoolClient", pool),
    ]


def test_a_workforce_without_a_user_pool_asks_for_none() -> None:
    found = checks("CreateWorkforce", WorkforceName="w", OidcConfig={"ClientId": "c"})

    assert asked(found) == [("sagemaker:CreateWorkforce", f"{PREFIX}:workforce/w")]
