"""Amazon A2I that neither answers nor refuses: the function ends in time, and nothing is lost."""

from __future__ import annotations

import dataclasses
import json
from random import Random
from typing import Any, cast

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import ReadTimeoutError

from a2i_shared.aws_clients import LONGEST_ATTEMPT_SECONDS
from starter import handler
from starter.human_loops import HumanLoops
from starter.intake import Intake
from tests.lambda_src.account import Account, sentiment_request
from tests.lambda_src.invocation import sqs_event

FUNCTION_SECONDS = 60
LIVES = 200


class Time:
    """Seconds since the invocation began; the context of an invocation, too."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.seconds = random.uniform(0, 6)  # cold start, S3 and DynamoDB before the call
        self.function_name = "starter"
        self.memory_limit_in_mb = 256
        self.invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:starter"
        self.aws_request_id = "8f0a"

    def get_remaining_time_in_millis(self) -> int:
        return int((FUNCTION_SECONDS - self.seconds) * 1000)

    def pass_by(self, seconds: float) -> None:
        self.seconds += seconds


class HangingA2I:
    """Hangs at each call, or answers just before the client gives up."""

    def __init__(self, account: Account, time: Time) -> None:
        self.account, self.time = account, time

    def start_human_loop(self, **_: Any) -> Any:
        self.time.pass_by(LONGEST_ATTEMPT_SECONDS)
        raise ReadTimeoutError(endpoint_url="https://a2i")

    def describe_human_loop(self, **parameters: Any) -> Any:
        self.time.pass_by(LONGEST_ATTEMPT_SECONDS - 0.1)
        if self.time.random.random() < 0.7:
            raise ReadTimeoutError(endpoint_url="https://a2i")
        return self.account.a2i.describe_human_loop(**parameters)


@pytest.fixture
def invoke(account: Account, monkeypatch: pytest.MonkeyPatch) -> Any:
    def invoke(event: Any, time: Time) -> Any:
        a2i: Any = HangingA2I(account, time)
        starter = dataclasses.replace(
            account.starter(), human_loops=HumanLoops(a2i, sleep=time.pass_by)
        )
        intake = account.intake()
        hanging = Intake(starter, intake.queue, intake.max_age)
        monkeypatch.setattr(handler, "intake", lambda: hanging)
        return handler.lambda_handler(event, cast("LambdaContext", time))

    return invoke


def test_a_hanging_call_ends_within_the_functions_time_as_queued(
    account: Account, invoke: Any
) -> None:
    for number in range(LIVES):
        time = Time(Random(number))  # noqa: S311  # a moment, not a secret

        answer = invoke(sentiment_request(), time)

        assert answer["decision"] == "ReviewQueued"
        assert time.seconds <= FUNCTION_SECONDS - 2  # what follows takes its time, too


def test_a_batch_of_messages_comes_again_one_by_one(account: Account, invoke: Any) -> None:
    time = Time(Random(1))  # noqa: S311  # a moment, not a secret
    bodies = [json.dumps(sentiment_request(f"order-{number}")) for number in range(3)]
    time.seconds = FUNCTION_SECONDS - LONGEST_ATTEMPT_SECONDS - 6

    answer = invoke(sqs_event(*bodies), time)

    assert len(answer["batchItemFailures"]) == 3
    assert account.messages(account.dead_letter_queue_url) == []
