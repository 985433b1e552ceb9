"""Functions' errors have their class's name, also where a task waits for a token."""

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
    if event["refuse"]:
        raise OrderRefusedError(event.get("message", "no such order"))
"""


@pytest.fixture(scope="module")
def state_machine(client: ClientMaker) -> str:
    role = client("iam").create_role(RoleName="r", AssumeRolePolicyDocument='{"Statement": []}')
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("index.py", CODE)
    function = client("lambda").create_function(
        FunctionName="orders",
        Runtime="python3.14",
        Handler="index.handler",
        Role=role["Role"]["Arn"],
        Code={"ZipFile": code.getvalue()},
    )
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {
            "FunctionName": function["FunctionArn"],
            "Payload": {"refuse.$": "$.refuse", "token.$": "$$.Task.Token"},
        },
        "End": True,
    }
    choice = {"Variable": "$.refuse", "BooleanEquals": True, "Next": "Refused"}
    states = {
        "Choose": {"Type": "Choice", "Choices": [choice], "Default": "Taken"},
        "Refused": {**task, "TimeoutSeconds": 60},  # a function's start may take a while
        "Taken": {**task, "TimeoutSeconds": 3},
    }
    made = client("stepfunctions").create_state_machine(
        name="orders",
        definition=json.dumps({"StartAt": "Choose", "States": states}),
        roleArn=role["Role"]["Arn"],
    )
    return str(made["stateMachineArn"])


def test_an_error_is_named_by_its_class_whatever_its_message(
    client: ClientMaker, state_machine: str
) -> None:
    functions = client("lambda")
    for message in ("no such order", "", "two\nlines: here"):
        answer = functions.invoke(
            FunctionName="orders", Payload=json.dumps({"refuse": True, "message": message})
        )
        error = json.load(answer["Payload"])
        assert (error["errorType"], error["errorMessage"]) == ("OrderRefusedError", message)


def test_a_failing_function_fails_the_task_with_its_error(
    client: ClientMaker, state_machine: str
) -> None:
    failed = run(client("stepfunctions"), state_machine, {"refuse": True})
    assert failed["error"] == "OrderRefusedError"
    assert json.loads(failed["cause"])["errorMessage"] == "no such order"


def test_a_function_that_succeeds_leaves_the_task_waiting(
    client: ClientMaker, state_machine: str
) -> None:
    failed = run(client("stepfunctions"), state_machine, {"refuse": False})
    assert failed["error"] == "States.Timeout"


def run(stepfunctions: Any, state_machine: str, execution_input: dict[str, Any]) -> dict[str, Any]:
    started = stepfunctions.start_execution(
        stateMachineArn=state_machine, input=json.dumps(execution_input)
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found: dict[str, Any] = stepfunctions.describe_execution(
            executionArn=started["executionArn"]
        )
        if found["status"] != "RUNNING":
            return found
        time.sleep(0.1)
    raise AssertionError("the execution did not end within 60 s")
