"""Errors of the starter, as the client raises them; a stubbed Lambda answers."""

import io
import json
from typing import Any

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import ANY, Stubber

from a2i_client import FunctionFailedError, RequestRefusedError, Reviews, StartDelayedError
from a2i_client.stack_parts import StackParts
from a2i_shared import errors


@pytest.fixture
def reviews() -> Reviews:
    session = boto3.Session("none", "none", region_name="us-east-1")
    reviews = Reviews("HumanReview", session=session)
    vars(reviews)["_parts"] = StackParts("HumanReview", {"starter-function-name": "starter"})
    return reviews


def fail_with(reviews: Reviews, error: str, words: str) -> Stubber:
    payload = json.dumps({"errorType": error, "errorMessage": words}).encode()
    response: dict[str, Any] = {
        "FunctionError": "Unhandled",
        "Payload": StreamingBody(io.BytesIO(payload), len(payload)),
    }
    stubber = Stubber(reviews._lambda)
    stubber.add_response("invoke", response, {"FunctionName": "starter", "Payload": ANY})
    return stubber


@pytest.mark.parametrize(
    "error", [each.__name__ for each in errors.RequestRefusedError.__subclasses__()]
)
def test_every_refusal_of_the_starter_is_one_of_the_client(reviews: Reviews, error: str) -> None:
    with fail_with(reviews, error, "no"), pytest.raises(RequestRefusedError) as raised:
        reviews.send("order-1", input={})
    assert raised.value.error == error


def test_a_delayed_start_says_to_send_again(reviews: Reviews) -> None:
    stubbed = fail_with(reviews, "StartDelayedError", "A2I is throttling")
    with stubbed, pytest.raises(StartDelayedError, match="throttling: send the same request again"):
        reviews.send("order-1", input={})


def test_a_failing_function_is_no_refusal(reviews: Reviews) -> None:
    stubbed = fail_with(reviews, "Sandbox.Timedout", "Task timed out after 60.00 seconds")
    with stubbed, pytest.raises(FunctionFailedError, match=r"^Sandbox\.Timedout: Task timed out"):
        reviews.send("order-1", input={})
