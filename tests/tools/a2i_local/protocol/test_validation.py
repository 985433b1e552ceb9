"""AWS's wording for broken constraints, and its names for places."""

from typing import Any

import pytest

from a2i_core.human_loops.errors import SerializationException, ValidationException
from a2i_local import protocol
from a2i_local.service import ServiceError
from a2i_local.testing import LocalA2I

RequestParts = tuple[str, str, dict[str, str], bytes]
NAME_PATTERN = "[a-z0-9](-*[a-z0-9]){0,62}"


def _message(a2i: LocalA2I, operation: str, **parameters: Any) -> str:
    with pytest.raises(ValidationException) as caught:
        a2i.call(operation, **parameters)
    return caught.value.message


def test_one_broken_pattern(served: LocalA2I) -> None:
    assert _message(served, "DescribeFlowDefinition", FlowDefinitionName="A") == (
        "1 validation error detected: Value 'A' at 'flowDefinitionName' failed to satisfy"
        f" constraint: Member must satisfy regular expression pattern: {NAME_PATTERN}"
    )


def test_the_documented_message_for_a_wrong_workteam_arn(served: LocalA2I) -> None:
    described = served.call("DescribeFlowDefinition", FlowDefinitionName="review")
    arn = described["FlowDefinitionArn"]
    message = _message(
        served,
        "CreateFlowDefinition",
        FlowDefinitionName="other",
        RoleArn=served.role_arn,
        OutputConfig=described["OutputConfig"],
        HumanLoopConfig=described["HumanLoopConfig"] | {"WorkteamArn": arn},
    )
    assert message == (
        f"1 validation error detected: Value '{arn}' at 'humanLoopConfig.workteamArn' failed to"
        r" satisfy constraint: Member must satisfy regular expression pattern: arn:aws[a-z\-]*"
        r":sagemaker:[a-z0-9\-]*:[0-9]{12}:workteam/.*"
    )


def test_all_broken_constraints_are_told_at_once(served: LocalA2I) -> None:
    assert _message(
        served,
        "CreateHumanTaskUi",
        HumanTaskUiName="",
        UiTemplate={},
        Tags=[{"Key": "a", "Value": ""}, {"Key": ""}],
    ) == (
        "5 validation errors detected: Value '' at 'humanTaskUiName' failed to satisfy constraint:"
        " Member must have length greater than or equal to 1; Value '' at 'humanTaskUiName' failed"
        " to satisfy constraint: Member must satisfy regular expression pattern:"
        " [a-z0-9](-*[a-z0-9])*; Value null at 'uiTemplate.content' failed to satisfy constraint:"
        " Member must not be null; Value '' at 'tags.2.member.key' failed to satisfy constraint:"
        " Member must have length greater than or equal to 1; Value null at 'tags.2.member.value'"
        " failed to satisfy constraint: Member must not be null"
    )


def test_constraints_of_list_members_are_told_on_the_list(served: LocalA2I) -> None:
    message = _message(
        served,
        "StartHumanLoop",
        HumanLoopName="l",
        FlowDefinitionArn="arn:aws:sagemaker:us-east-1:123456789012:flow-definition/f",
        HumanLoopInput={"InputContent": "{}"},
        DataAttributes={"ContentClassifiers": ["Free", None]},
    )
    assert "Value '[Free, null]' at 'dataAttributes.contentClassifiers'" in message
    assert "Member must satisfy constraint: [Member must satisfy enum value set: [" in message


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "greater than or equal to 1"), (4, "less than or equal to 3")],
)
def test_numbers_have_a_value_not_a_length(served: LocalA2I, count: int, text: str) -> None:
    described = served.call("DescribeFlowDefinition", FlowDefinitionName="review")
    message = _message(
        served,
        "CreateFlowDefinition",
        FlowDefinitionName="other",
        RoleArn=served.role_arn,
        OutputConfig=described["OutputConfig"],
        HumanLoopConfig=described["HumanLoopConfig"] | {"TaskCount": count},
    )
    assert message.endswith(
        f"Value '{count}' at 'humanLoopConfig.taskCount' failed to satisfy constraint:"
        f" Member must have value {text}"
    )


def test_secrets_are_not_repeated(served: LocalA2I) -> None:
    message = _message(
        served,
        "UpdateWorkforce",
        WorkforceName="default",
        OidcConfig={"ClientSecret": "gehe\u00efm"},
    )
    assert "gehe" not in message
    assert "Value at 'oidcConfig.clientSecret' failed to satisfy constraint" in message


def test_patterns_know_letters_of_all_scripts(served: LocalA2I) -> None:
    arn = served.workteam_arn
    served.call("AddTags", ResourceArn=arn, Tags=[{"Key": "Prüfung 審査", "Value": ""}])
    assert "tags.1.member.key" in _message(
        served, "AddTags", ResourceArn=arn, Tags=[{"Key": "a*b", "Value": ""}]
    )


@pytest.mark.parametrize("separator", ["\n", "\r", "\u2028"])
def test_a_description_is_one_line(served: LocalA2I, separator: str) -> None:
    message = _message(
        served, "UpdateWorkteam", WorkteamName="reviewers", Description=f"a{separator}b"
    )
    assert message.endswith("Member must satisfy regular expression pattern: .+")


def test_null_is_absent_and_unknown_members_are_ignored(served: LocalA2I) -> None:
    listed = served.call("ListFlowDefinitions", NextToken=None, Unknown=1)
    assert len(listed["FlowDefinitionSummaries"]) == 1


@pytest.mark.parametrize(
    ("operation", "parameters", "message"),
    [
        ("DescribeWorkteam", {"WorkteamName": 1}, "NUMBER_VALUE can not be converted to a String"),
        ("ListWorkteams", {"MaxResults": "1"}, "STRING_VALUE can not be converted to an Integer"),
        ("ListWorkteams", {"MaxResults": True}, "BOOLEAN_VALUE can not be converted"),
        ("ListWorkteams", {"MaxResults": 2**31}, "out of the range of an Integer"),
        ("DeleteTags", {"TagKeys": {}}, "START_OBJECT can not be converted to a list"),
        ("CreateHumanTaskUi", {"UiTemplate": []}, "START_ARRAY can not be converted to an object"),
        ("ListHumanTaskUis", {"CreationTimeAfter": 1e300}, "can not be converted to a Timestamp"),
        ("ListHumanTaskUis", {"CreationTimeAfter": "soon"}, "can not be converted to a Timestamp"),
        ("DescribeWorkteam", {"WorkteamName": "\udfff"}, "half of a surrogate pair"),
    ],
)
def test_fails_on_values_of_another_type(
    served: LocalA2I, operation: str, parameters: dict[str, Any], message: str
) -> None:
    with pytest.raises(SerializationException, match=message):
        served.call(operation, **parameters)


def test_fails_on_operations_that_do_not_exist(served: LocalA2I) -> None:
    with pytest.raises(ServiceError, match="MakeCoffee"):
        served.call("MakeCoffee")


@pytest.mark.parametrize(
    ("request_parts", "status", "code"),
    [
        (("GET", "/elsewhere", {}, b""), 404, "UnknownOperationException"),
        (("PATCH", "/human-loops", {}, b""), 404, "UnknownOperationException"),
        (("POST", "/human-loops", {}, b"{"), 400, "SerializationException"),
        (("POST", "/human-loops", {}, b"[]"), 400, "SerializationException"),
        (("POST", "/human-loops", {}, b"[" * 100_000), 400, "SerializationException"),
        (("POST", "/human-loops", {}, b"\xff"), 400, "SerializationException"),
        (("POST", "/human-loops/stop", {}, b""), 400, "ValidationException"),
        (
            ("POST", "/", {"X-Amz-Target": "SageMaker.Nothing"}, b""),
            400,
            "UnknownOperationException",
        ),
        (
            ("POST", "/", {"X-Amz-Target": "Other.ListWorkteams"}, b""),
            400,
            "UnknownOperationException",
        ),
        (
            ("POST", "/", {"x-amz-target": "SageMaker.ListWorkteams"}, b"{"),
            400,
            "SerializationException",
        ),
    ],
)
def test_fails_on_requests_that_are_none(
    served: LocalA2I, request_parts: RequestParts, status: int, code: str
) -> None:
    answer = protocol.handle(
        served.service, *request_parts, {}, account=served.account, region="us-east-1"
    )
    assert answer[0] == status
    assert code in answer[1].get("x-amzn-ErrorType", "") + answer[2].decode()


@pytest.mark.parametrize("limit", ["x", "1.5", "99999999999"])
def test_fails_on_query_values_of_another_type(served: LocalA2I, limit: str) -> None:
    query = {"FlowDefinitionArn": "arn", "MaxResults": limit}
    status, headers, _ = protocol.handle(
        served.service, "GET", "/human-loops", {}, b"", query, account="1", region="r"
    )
    assert (status, headers["x-amzn-ErrorType"]) == (400, "SerializationException")
