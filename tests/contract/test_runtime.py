"""The runtime API is one and the same, wherever human loops run."""

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.contract.hosts import ONE, TEMPLATE, Host

CONTENT = {"text": "a"}


@pytest.fixture
def flow(host: Host) -> str:
    return host.create_flow_definition(
        "review", TEMPLATE, TaskAvailabilityLifetimeInSeconds=36_000, TaskTimeLimitInSeconds=600
    )


def started(host: Host, name: str, flow: str, content: str = '{"text": "a"}') -> str:
    arn: str = host.runtime.start_human_loop(
        HumanLoopName=name, FlowDefinitionArn=flow, HumanLoopInput={"InputContent": content}
    )["HumanLoopArn"]
    return arn


def described(host: Host, name: str = "loop") -> dict[str, Any]:
    loop: dict[str, Any] = host.runtime.describe_human_loop(HumanLoopName=name)
    loop.pop("ResponseMetadata", None)
    return loop


def refusal(call: Any, **parameters: Any) -> tuple[str, int, str]:
    """Code, status and message that a call is refused with."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    response: Any = caught.value.response
    error = response["Error"]
    return error["Code"], response["ResponseMetadata"]["HTTPStatusCode"], error["Message"]


def test_a_loop_is_in_progress_from_its_start(host: Host, flow: str) -> None:
    arn = host.start("loop", flow, CONTENT)
    loop = described(host)
    created, output = loop.pop("CreationTime"), loop.pop("HumanLoopOutput")["OutputS3Uri"]
    assert loop == {
        "HumanLoopStatus": "InProgress",
        "HumanLoopName": "loop",
        "HumanLoopArn": arn,
        "FlowDefinitionArn": flow,
    }
    assert output.endswith(f"/answers/review/{created:%Y/%m/%d/%H/%M/%S}/loop/output.json")
    assert host.told("loop") == []


def test_the_same_request_again_is_the_same_loop(host: Host, flow: str) -> None:
    assert started(host, "loop", flow) == started(host, "loop", flow)
    code, status, message = refusal(
        host.runtime.start_human_loop,
        HumanLoopName="loop",
        FlowDefinitionArn=flow,
        HumanLoopInput={"InputContent": '{"text": "b"}'},
    )
    assert (code, status) == ("ConflictException", 409)
    assert message.startswith("A human loop named loop exists with other input")


def test_a_start_without_flow_definition_or_json_is_refused(host: Host, flow: str) -> None:
    for arn, content, words in (
        (f"{flow}x", "{}", "does not exist or you do not have access to it"),
        (flow, "no", "InputContent is not valid JSON"),
        (flow, "[]", "InputContent must be a JSON object"),
    ):
        code, status, message = refusal(
            host.runtime.start_human_loop,
            HumanLoopName="loop",
            FlowDefinitionArn=arn,
            HumanLoopInput={"InputContent": content},
        )
        assert (code, status) == ("ValidationException", 400)
        assert words in message


@pytest.mark.parametrize("operation", ["describe", "stop", "delete"])
def test_a_loop_that_there_is_not_is_not_found(host: Host, flow: str, operation: str) -> None:
    call = getattr(host.runtime, f"{operation}_human_loop")
    code, status, message = refusal(call, HumanLoopName="none")
    assert (code, status) == ("ResourceNotFoundException", 404)
    assert message.endswith(":human-loop/none does not exist")


def test_loops_are_listed_in_order_page_by_page_and_by_time(host: Host, flow: str) -> None:
    for number in range(23):
        host.start(f"loop-{number:02}", flow, CONTENT)
    listing = host.runtime.get_paginator("list_human_loops")
    pages = list(listing.paginate(FlowDefinitionArn=flow, SortOrder="Descending"))
    assert [len(page["HumanLoopSummaries"]) for page in pages] == [10, 10, 3]
    found = [loop for page in pages for loop in page["HumanLoopSummaries"]]
    assert [loop["HumanLoopName"] for loop in found] == [f"loop-{n:02}" for n in range(22, -1, -1)]
    between = host.runtime.list_human_loops(
        FlowDefinitionArn=flow,
        CreationTimeAfter=found[5]["CreationTime"],
        CreationTimeBefore=found[2]["CreationTime"],
    )
    names = [loop["HumanLoopName"] for loop in between["HumanLoopSummaries"]]
    assert names == ["loop-18", "loop-19"]
    one = host.runtime.list_human_loops(FlowDefinitionArn=flow, MaxResults=1)
    code, _, _ = refusal(
        host.runtime.list_human_loops,
        FlowDefinitionArn=flow,
        SortOrder="Descending",
        NextToken=one["NextToken"],
    )
    assert code == "ValidationException"
    code, _, _ = refusal(host.runtime.list_human_loops, FlowDefinitionArn=f"{flow}x")
    assert code == "ResourceNotFoundException"


def test_a_loop_that_nobody_works_on_is_stopped(host: Host, flow: str) -> None:
    host.start("loop", flow, CONTENT)
    host.runtime.stop_human_loop(HumanLoopName="loop")
    assert host.tasks(ONE) == []
    host.advance(timedelta(minutes=1))
    assert described(host)["HumanLoopStatus"] == "Stopped"
    (told,) = host.told("loop")
    assert (told["humanLoopStatus"], told["humanLoopOutput"]) == ("Stopped", None)
    code, status, _ = refusal(host.runtime.stop_human_loop, HumanLoopName="loop")
    assert (code, status) == ("ValidationException", 400)


def test_who_works_on_a_loop_that_is_stopped_may_still_answer(host: Host, flow: str) -> None:
    host.start("loop", flow, CONTENT)
    host.act(ONE, "accept", "loop")
    host.runtime.stop_human_loop(HumanLoopName="loop")
    host.advance(timedelta(minutes=1))
    assert described(host)["HumanLoopStatus"] == "Stopping"
    host.act(ONE, "submit", "loop", {"label": "yes"})
    (told,) = host.told("loop")
    assert told["humanLoopStatus"] == "Stopped"
    assert host.output("loop")["humanAnswers"][0]["answerContent"] == {"label": "yes"}


def test_a_loop_expires(host: Host, flow: str) -> None:
    host.start("loop", flow, CONTENT)
    host.advance(timedelta(seconds=35_998))
    assert described(host)["HumanLoopStatus"] == "InProgress"
    host.advance(timedelta(seconds=2))
    loop = described(host)
    assert (loop["HumanLoopStatus"], loop["FailureCode"]) == ("Failed", "Expired")
    assert "TaskAvailabilityLifetimeInSeconds" in loop["FailureReason"]
    (told,) = host.told("loop")
    assert told["failureReason"] == loop["FailureReason"]


def test_a_task_that_does_not_render_fails(host: Host) -> None:
    flow = host.create_flow_definition("broken", "{{ task.input.text | grant_read_access }}")
    host.start("loop", flow, {"text": "no address"})
    host.advance(timedelta(seconds=1))
    loop = described(host)
    assert (loop["HumanLoopStatus"], loop["FailureCode"]) == ("Failed", "ValidationError")
    assert loop["FailureReason"].startswith("Task failed to render: [ InvalidParameters: '")
    assert host.tasks(ONE) == []


def test_a_loop_is_deleted_once_it_has_ended_and_its_name_is_free(host: Host, flow: str) -> None:
    host.start("loop", flow, CONTENT)
    code, status, _ = refusal(host.runtime.delete_human_loop, HumanLoopName="loop")
    assert (code, status) == ("ValidationException", 400)
    host.act(ONE, "submit", "loop", {})
    host.runtime.delete_human_loop(HumanLoopName="loop")
    assert refusal(host.runtime.describe_human_loop, HumanLoopName="loop")[1] == 404
    assert host.runtime.list_human_loops(FlowDefinitionArn=flow)["HumanLoopSummaries"] == []
    host.start("loop", flow, {"text": "another"})
    assert host.act(ONE, "show", "loop")["html"] == TEMPLATE.replace(
        "{{ task.input.text }}", "another"
    )
