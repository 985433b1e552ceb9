"""A thousand malformed requests by each way in: each is one clear error or one dead letter."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from starter import handler
from starter.flows import Flow
from starter.start_review import NEVER_STARTS
from tests.lambda_src.account import FLOW_ARN, SENTIMENT_POLICY, Account
from tests.lambda_src.fast_clients import FastDynamoDB, FastS3, FastSQS
from tests.lambda_src.invocation import lambda_context, sqs_event
from tests.lambda_src.malformed_requests import OBJECTS, malformed

NUMBER = 1000
REASON = re.compile(
    r"(InvalidRequest|UnknownFlow|MissingInput|InputTooLarge|DocumentNotFound|DocumentUnreadable)"
    r"Error: \S[^\x00-\x1f]*"
)


@pytest.fixture(scope="module")
def account() -> Account:
    flow = Flow(
        flow="sentiment",
        flow_definition_arn=FLOW_ARN,
        review_when=SENTIMENT_POLICY,
        required_inputs=("taskObject",),
    )
    clients: Any = {"dynamodb": FastDynamoDB(), "s3": FastS3(), "sqs": FastSQS()}
    made = Account([flow], **clients)
    for name, body in OBJECTS.items():
        key = f"requests/_incoming/{name}"
        made.s3.put_object(Bucket=made.input_bucket, Key=key, Body=body)
    return made


@pytest.fixture(autouse=True)
def starter(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the handler work in the account."""
    monkeypatch.setattr(handler, "intake", account.intake)


def texts(account: Account) -> list[str]:
    return [malformed(number).replace("{bucket}", account.input_bucket) for number in range(NUMBER)]


def messages(account: Account) -> list[str]:
    """Return those that SQS takes."""
    return [text for text in texts(account) if len(text) < 1_000_000]


def nothing_is_kept(account: Account) -> bool:
    kept = [k for k in account.keys(account.input_bucket) if "_incoming" not in k]
    return not kept and not account.entries() and not account.a2i.starts


def fails_with(account: Account, body: str) -> str | None:
    """Give the queue's message to the function; return the reason of its dead letter."""
    sqs: Any = account.sqs
    sqs.reasons.clear()
    answer = handler.lambda_handler(sqs_event(body), lambda_context())
    assert answer == {"batchItemFailures": []}, "it comes again"
    [reason] = sqs.reasons
    assert sqs.queues[account.dead_letter_queue_url][-1] == body
    return str(reason)


def test_each_is_one_clear_error_of_the_function(account: Account) -> None:
    tried = 0
    for text in texts(account):
        try:
            payload = json.loads(text)
        except (ValueError, RecursionError):  # Lambda's runtime refuses it
            continue
        tried += 1
        with pytest.raises(NEVER_STARTS) as refused:
            handler.lambda_handler(payload, lambda_context())
        assert REASON.fullmatch(f"{type(refused.value).__name__}: {refused.value}"), text[:200]
        assert len(str(refused.value)) < 2000
    assert tried > NUMBER / 2
    assert nothing_is_kept(account)


def test_each_message_is_one_dead_letter_with_its_reason(account: Account) -> None:
    for text in messages(account):
        assert REASON.fullmatch(str(fails_with(account, text))), text[:200]
    assert nothing_is_kept(account)


def test_each_event_is_one_dead_letter_with_its_reason(account: Account) -> None:
    for text in messages(account):
        body = f'{{"version": "0", "detail-type": "Uploaded", "source": "app", "detail": {text}}}'
        assert REASON.fullmatch(str(fails_with(account, body))), text[:200]
    assert nothing_is_kept(account)


def test_a_token_of_any_form_brings_no_message_back(account: Account) -> None:
    account.stepfunctions.error = "ValidationException"
    for token in ["t" * 5000, "\ud800", "\x00", "ä", "t"]:
        assert fails_with(account, json.dumps({"taskToken": token}))
    account.stepfunctions.error = None


def test_a_message_that_leaves_no_room_for_the_reason_is_kept_whole(account: Account) -> None:
    assert fails_with(account, '"' + "x" * (1024 * 1024 - 2) + '"') == "None"


def test_a_message_that_fails_by_a_fault_of_ours_is_a_dead_letter(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError("Jane Doe")

    monkeypatch.setattr("starter.flows.decide", fail)
    request = json.dumps({"reviewId": "a", "input": {"taskObject": "x"}})

    assert fails_with(account, request) == "ZeroDivisionError: see the error's name"
