"""The wire without a model says what the local A2I says, which has AWS's model."""

import json
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings

from a2i_core.human_loops import wire
from a2i_core.human_loops.errors import ServiceError, ValidationException
from a2i_local.protocol import requests
from a2i_local.protocol.validation import validate
from a2i_local.service import FaultSettings, ManualClock
from a2i_local.testing import LocalA2I
from tests.effort import examples
from tests.lambda_src.local_clients import runtime_client_of
from tests.tools.a2i_local.protocol.test_errors import CASES, FLOW_ARN, LOOP, Case, call_by
from tests.tools.a2i_local.protocol.test_properties import requests_of

OPERATIONS = [
    *("StartHumanLoop", "DescribeHumanLoop", "ListHumanLoops", "StopHumanLoop", "DeleteHumanLoop"),
]
RUNTIME_CASES = [
    case
    for case in CASES
    if case.operation in OPERATIONS
    and case.code not in {"ThrottlingException", "InternalServerException"}
]
HttpRequest = tuple[str, str, dict[str, str], bytes, dict[str, Any]]


@pytest.fixture
def a2i() -> Iterator[LocalA2I]:
    made = LocalA2I(clock=ManualClock())
    made.create_flow_definition("review", "<crowd-form><p>{{ task.input.text }}</p></crowd-form>")
    yield made
    made.close()


def operations_of(a2i: LocalA2I) -> wire.Operations:
    """The local A2I's operations, behind its own protocol."""
    call = a2i.service.call
    return {
        name: partial(call, name, account=a2i.account, region=a2i.region) for name in OPERATIONS
    }


def client_of(a2i: LocalA2I) -> Any:
    def answer(
        method: str, path: str, _headers: Any, body: bytes, query: Any
    ) -> tuple[int, dict[str, Any], Any]:
        request = wire.Request(method, path, urlencode(query, doseq=True), body)
        return wire.answer(operations_of(a2i), request)

    return runtime_client_of(answer)


@pytest.mark.parametrize("case", RUNTIME_CASES, ids=lambda case: f"{case.operation}-{case.code}")
def test_fails_with_the_local_a2is_code_status_and_message(a2i: LocalA2I, case: Case) -> None:
    case.given(a2i)
    answers = []
    for client in (a2i.runtime, client_of(a2i)):
        with pytest.raises(ClientError) as caught:
            call_by(client, case.operation, case.parameters)
        response = caught.value.response
        error = response["Error"]
        answers.append(
            (error["Code"], response["ResponseMetadata"]["HTTPStatusCode"], error["Message"])
        )
    assert answers[0] == answers[1]
    assert answers[1][:2] == (case.code, case.status)


def test_boto3_reads_every_result(a2i: LocalA2I) -> None:
    client = client_of(a2i)
    arn = client.start_human_loop(**LOOP)["HumanLoopArn"]
    assert arn == a2i.runtime.start_human_loop(**LOOP)["HumanLoopArn"]  # type: ignore[arg-type]
    calls: dict[str, dict[str, Any]] = {
        "DescribeHumanLoop": {"HumanLoopName": "loop"},
        "ListHumanLoops": {"FlowDefinitionArn": FLOW_ARN, "MaxResults": 1},
    }
    for operation, parameters in calls.items():
        ours, theirs = (call_by(each, operation, parameters) for each in (client, a2i.runtime))
        assert {**ours, "ResponseMetadata": None} == {**theirs, "ResponseMetadata": None}
    client.stop_human_loop(HumanLoopName="loop")
    a2i.advance(timedelta(seconds=1))
    client.delete_human_loop(HumanLoopName="loop")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.describe_human_loop(HumanLoopName="loop")


def test_boto3_pages_and_filters(a2i: LocalA2I) -> None:
    client = client_of(a2i)
    for number in range(23):
        a2i.start(f"loop-{number:02}", FLOW_ARN, {"text": "a"})
    pages = list(
        client.get_paginator("list_human_loops").paginate(
            FlowDefinitionArn=FLOW_ARN, SortOrder="Descending"
        )
    )
    assert [len(page["HumanLoopSummaries"]) for page in pages] == [10, 10, 3]
    found = [loop for page in pages for loop in page["HumanLoopSummaries"]]
    later = client.list_human_loops(
        FlowDefinitionArn=FLOW_ARN,
        CreationTimeAfter=found[5]["CreationTime"],
        CreationTimeBefore=found[2]["CreationTime"],
    )
    assert [loop["HumanLoopName"] for loop in later["HumanLoopSummaries"]] == ["loop-18", "loop-19"]


def _ours(request: HttpRequest) -> Any:
    method, path, _, body, query = request
    try:
        return tuple(wire.call_of(wire.Request(method, path, urlencode(query), body)))
    except ServiceError as error:
        return error.code, error.http_status, error.message


def _theirs(request: HttpRequest) -> Any:
    parsed = requests.Request(*request)
    try:
        operation = requests.operation_called(parsed)
        parameters = requests.parameters_of(parsed, operation)
        validate(operation.input_shape, parameters)
    except ServiceError as error:
        return error.code, error.http_status, error.message
    return operation.name, parameters


@pytest.mark.soak
@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_request_is_read_as_the_model_reads_it(operation: str) -> None:
    @settings(
        max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    @given(requests_of(operation))
    def agree(request: HttpRequest) -> None:
        assert _ours(request) == _theirs(request)

    agree()


@pytest.mark.parametrize(
    "request_of",
    [
        ("GET", "/elsewhere", {}, b"", {}),
        ("PATCH", "/human-loops", {}, b"", {}),
        ("GET", "/human-loops/", {}, b"", {}),
        ("GET", "/human-loops/a/b", {}, b"", {}),
        ("GET", "/human-loops/stop", {}, b"", {}),
        ("DELETE", "/human-loops/a%20b", {}, b"", {}),
        ("POST", "/human-loops", {}, b"{", {}),
        ("POST", "/human-loops", {}, b"[]", {}),
        ("POST", "/human-loops", {}, b"[" * 100_000, {}),
        ("POST", "/human-loops", {}, b"\xff", {}),
        ("POST", "/human-loops/stop", {}, b"", {}),
        ("GET", "/human-loops", {}, b"", {"FlowDefinitionArn": "arn", "MaxResults": "1.5"}),
        ("GET", "/human-loops", {}, b"", {"FlowDefinitionArn": FLOW_ARN, "MaxResults": "0"}),
        ("GET", "/human-loops", {}, b"", {"FlowDefinitionArn": FLOW_ARN + "\u2028"}),
        ("GET", "/human-loops", {}, b"", {"FlowDefinitionArn": "a", "CreationTimeAfter": "soon"}),
    ],
)
def test_requests_that_are_none_are_refused_alike(request_of: HttpRequest) -> None:
    assert _ours(request_of) == _theirs(request_of)


@pytest.mark.parametrize(
    "parameters",
    [
        {"HumanLoopName": "-", "HumanLoopInput": {}},
        {"HumanLoopName": "x" * 64, "FlowDefinitionArn": "a", "HumanLoopInput": None},
        {"DataAttributes": {"ContentClassifiers": ["Free", None]}},
        {"DataAttributes": {"ContentClassifiers": ["FreeOfAdultContent"] * 257}},
        {"DataAttributes": {}},
        {"HumanLoopName": 1},
        {"HumanLoopInput": []},
        {"HumanLoopInput": {"InputContent": {}}},
        {"DataAttributes": {"ContentClassifiers": "Free"}},
        {"HumanLoopName": "\ud800"},
    ],
)
def test_constraints_are_told_alike(parameters: dict[str, Any]) -> None:
    body = json.dumps({**LOOP, **parameters}).encode()
    request: HttpRequest = ("POST", "/human-loops", {}, body, {})
    assert _ours(request) == _theirs(request)


def test_input_that_no_function_could_be_invoked_with_is_refused() -> None:
    """What API Gateway hands to a function has 6 MB at most, with quotation marks escaped twice."""
    content = json.dumps({"text": "ä" * wire.MAX_INPUT_BYTES}, ensure_ascii=False)
    body = json.dumps({**LOOP, "HumanLoopInput": {"InputContent": content}}).encode()
    with pytest.raises(
        ValidationException, match="this endpoint takes 2097152: keep large objects"
    ):
        wire.call_of(wire.Request("POST", "/human-loops", "", body))


def test_a_quota_is_told(a2i: LocalA2I) -> None:
    a2i.inject(FaultSettings(open_human_loops_quota=0))
    with pytest.raises(ClientError, match="ServiceQuotaExceededException"):
        client_of(a2i).start_human_loop(**LOOP)
