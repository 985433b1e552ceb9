"""Failed asynchronous events reach dead-letter queues as Lambda sends them there."""

import io
import json
import time
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.local_aws

ClientMaker = Callable[[str], Any]
CODE = """
class OrderRefusedError(Exception):
    pass

def handler(event, context):
    raise OrderRefusedError("no such order")
"""
EVENT = {"reviewId": "order-1", "input": {"text": "ä"}}


@pytest.fixture(scope="module")
def make_function(client: ClientMaker) -> Callable[..., str]:
    """Makes a function that always fails, and returns its name."""
    role = client("iam").create_role(RoleName="r", AssumeRolePolicyDocument='{"Statement": []}')
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("index.py", CODE)

    def make(name: str, **more: Any) -> str:
        client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.14",
            Handler="index.handler",
            Role=role["Role"]["Arn"],
            Code={"ZipFile": code.getvalue()},
            **more,
        )
        return name

    return make


def make_queue(client: ClientMaker, name: str) -> tuple[str, str]:
    """Make a queue, and return its URL and ARN."""
    sqs = client("sqs")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return url, found["Attributes"]["QueueArn"]


def only_message(client: ClientMaker, url: str) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        received = client("sqs").receive_message(
            QueueUrl=url, MessageAttributeNames=["All"], WaitTimeSeconds=1
        )
        if received.get("Messages"):
            [message] = received["Messages"]
            return dict(message)
    raise AssertionError("no message came within a minute")


def invoke_and_forget(client: ClientMaker, function: str) -> None:
    answer = client("lambda").invoke(
        FunctionName=function, InvocationType="Event", Payload=json.dumps(EVENT)
    )
    assert answer["StatusCode"] == 202


def attributes(message: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {
        name: (value["DataType"], value["StringValue"])
        for name, value in message["MessageAttributes"].items()
    }


def test_the_event_comes_as_it_was_with_the_reason(
    client: ClientMaker, make_function: Callable[..., str]
) -> None:
    url, arn = make_queue(client, "dead")
    function = make_function("refuses", DeadLetterConfig={"TargetArn": arn})
    invoke_and_forget(client, function)

    message = only_message(client, url)

    assert json.loads(message["Body"]) == EVENT
    found = attributes(message)
    assert found.pop("RequestID")[0] == "String"
    assert found == {"ErrorCode": ("Number", "200"), "ErrorMessage": ("String", "no such order")}


def test_so_does_one_that_a_paused_function_never_saw(
    client: ClientMaker, make_function: Callable[..., str]
) -> None:
    url, arn = make_queue(client, "dead-of-paused")
    function = make_function("paused", DeadLetterConfig={"TargetArn": arn})
    client("lambda").put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=0)
    invoke_and_forget(client, function)

    message = only_message(client, url)

    assert json.loads(message["Body"]) == EVENT
    assert attributes(message)["ErrorCode"] == ("Number", "429")


def test_a_function_of_a_stack_has_its_dead_letter_queue_until_an_update_takes_it(
    client: ClientMaker,
) -> None:
    function = {
        "FunctionName": "of-stack",
        "Runtime": "python3.14",
        "Handler": "index.handler",
        "Role": "arn:aws:iam::123456789012:role/r",
        "Code": {"ZipFile": CODE},
    }
    _, arn = make_queue(client, "dead-of-stack")
    cloudformation = client("cloudformation")

    def deploy(operation: str, **properties: Any) -> dict[str, Any]:
        resource = {"Type": "AWS::Lambda::Function", "Properties": {**function, **properties}}
        template = json.dumps({"Resources": {"Function": resource}})
        getattr(cloudformation, f"{operation}_stack")(StackName="dead", TemplateBody=template)
        waiter = cloudformation.get_waiter(f"stack_{operation}_complete")
        waiter.wait(StackName="dead", WaiterConfig={"Delay": 1})
        return dict(client("lambda").get_function_configuration(FunctionName="of-stack"))

    assert "DeadLetterConfig" not in deploy("create")
    given = deploy("update", DeadLetterConfig={"TargetArn": arn})
    assert given["DeadLetterConfig"] == {"TargetArn": arn}
    kept = deploy("update", DeadLetterConfig={"TargetArn": arn}, Description="changed")
    assert kept["DeadLetterConfig"] == {"TargetArn": arn}
    assert "DeadLetterConfig" not in deploy("update")


def test_a_destination_gets_the_record_of_the_invocation(
    client: ClientMaker, make_function: Callable[..., str]
) -> None:
    url, arn = make_queue(client, "destination")
    function = make_function("records")
    client("lambda").put_function_event_invoke_config(
        FunctionName=function,
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": arn}},
    )
    invoke_and_forget(client, function)

    record = json.loads(only_message(client, url)["Body"])

    assert record["requestPayload"] == EVENT
    assert record["responsePayload"]["errorType"] == "OrderRefusedError"
