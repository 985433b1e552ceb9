"""The starter from the outside: what each way in is answered, and what it leaves in the queues."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from a2i_core.canonical_json import canonical_json
from a2i_shared import aws_clients
from a2i_shared.errors import ConfigurationError, InvalidRequestError, StartDelayedError
from starter import handler
from tests.lambda_src.account import FLOW_ARN, SENTIMENT_POLICY, Account, sentiment_request
from tests.lambda_src.invocation import lambda_context, sqs_event
from tests.lambda_src.local_clients import ssm_client
from tests.lambda_src.service_errors import service_error

Invoke = Callable[..., Any]


@pytest.fixture
def invoke(
    account: Account, fresh_execution_environment: None, monkeypatch: pytest.MonkeyPatch
) -> Invoke:
    """The handler as deployed: environment variables, flows in Parameter Store, the account."""
    flows_path = f"/a2i/{account.prefix}/flows"
    ssm = ssm_client()
    registration = {
        "flow": "sentiment",
        "flowDefinitionArn": FLOW_ARN,
        "reviewWhen": SENTIMENT_POLICY,
        "requiredInputs": ["taskObject"],
    }
    ssm.put_parameter(Name=f"{flows_path}/sentiment", Type="String", Value=json.dumps(registration))
    variables = {
        "A2I_STACK_ID": "arn:aws:cloudformation:us-east-1:123456789012:stack/S/0a1b2c3d-1-2-3-4",
        "A2I_FLOWS_PATH": flows_path,
        "A2I_LEDGER_TABLE": account.table,
        "A2I_INPUT_BUCKET": account.input_bucket,
        "A2I_OUTPUT_BUCKET": account.output_bucket,
        "A2I_QUEUE_URL": account.queue_url,
        "A2I_DEAD_LETTER_QUEUE_URL": account.dead_letter_queue_url,
        "A2I_EVENT_BUS_NAME": "default",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    clients = {
        "a2i_runtime_single_attempt": account.a2i,
        "dynamodb": account.dynamodb,
        "eventbridge": account.eventbridge,
        "s3": account.s3,
        "sqs": account.sqs,
        "ssm": ssm,
        "stepfunctions": account.stepfunctions,
    }
    for name, client in clients.items():
        monkeypatch.setattr(aws_clients, name, lambda client=client: client)

    def invoke_handler(event: Any, seconds: float = 18.5) -> Any:
        return handler.lambda_handler(event, lambda_context(seconds))

    return invoke_handler


@pytest.fixture
def delays(account: Account, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Visibility timeouts that were set; the test's messages were never really received."""
    timeouts: list[int] = []

    def change(**parameters: Any) -> None:
        timeouts.append(parameters["VisibilityTimeout"])

    monkeypatch.setattr(account.sqs, "change_message_visibility", change)
    return timeouts


def test_a_direct_caller_gets_the_decision(invoke: Invoke, account: Account) -> None:
    response = invoke(sentiment_request())

    (name,) = account.a2i.starts
    assert response == {
        "decision": "ReviewStarted",
        "reviewId": "order-1234",
        "flow": "sentiment",
        "humanLoopName": name,
        "humanLoopArn": account.a2i.loops[name].arn,
        "reasons": ["confidence 0.71 is below 0.99"],
        "resultUri": None,
    }


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"reviewId": ""}, "reviewId"),
        ({"reviewId": "x" * 129}, "reviewId"),
        ({"reviewId": "line\nbreak"}, "reviewId"),
        ({"reviewId": 7}, "reviewId"),
        ({"input": "text"}, "input"),
        ({"flow": 1}, "flow"),
        ({"taskToken": ""}, "taskToken"),
        ({"colour": "blue"}, "colour"),
        ({"prediction": float("nan")}, "prediction"),
        ({"input": {"taskObject": "\ud800"}}, "input"),
    ],
)
def test_a_bad_request_is_an_error_that_names_the_field(
    invoke: Invoke, account: Account, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidRequestError, match=field):
        invoke({**sentiment_request(), **change})

    assert not account.a2i.loops
    assert not account.entries()
    assert not account.keys(account.input_bucket)


def test_an_error_about_a_request_does_not_repeat_its_content(invoke: Invoke) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        invoke({**sentiment_request(), "input": "secret words"})

    assert "secret words" not in str(refused.value)


def test_a_throttled_direct_request_is_queued(
    invoke: Invoke, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("starter.queue.random.randint", lambda _low, _high: 0)
    account.a2i.refusals = ["ThrottlingException"] * 1000

    assert invoke(sentiment_request())["decision"] == "ReviewQueued"

    ((body, _),) = account.messages(account.queue_url)
    account.a2i.refusals.clear()
    assert invoke(sqs_event(body)) == {"batchItemFailures": []}
    assert len(account.a2i.starts) == 1


@pytest.mark.parametrize(
    "message",
    [
        f"The flow definition {FLOW_ARN} is Deleting: human loops can be started when it is Active",
        "The specified HumanTaskUi 'arn:aws:sagemaker:us-east-1:1:human-task-ui/x' does not exist",
    ],
)
def test_a_definition_that_an_update_takes_away_at_the_moment_is_waited_out(
    invoke: Invoke, account: Account, monkeypatch: pytest.MonkeyPatch, message: str
) -> None:
    monkeypatch.setattr("starter.queue.random.randint", lambda _low, _high: 0)
    start = account.a2i.start_human_loop

    def refuse(**_: Any) -> None:
        raise service_error("ValidationException", message)

    monkeypatch.setattr(account.a2i, "start_human_loop", refuse)
    assert invoke(sentiment_request())["decision"] == "ReviewQueued"

    monkeypatch.setattr(account.a2i, "start_human_loop", start)
    ((body, _),) = account.messages(account.queue_url)
    assert invoke(sqs_event(body)) == {"batchItemFailures": []}
    assert len(account.a2i.starts) == 1


def test_a_large_throttled_request_is_queued_too(invoke: Invoke, account: Account) -> None:
    account.a2i.refusals = ["ThrottlingException"] * 1000
    large = sentiment_request(input={"taskObject": "x" * 2_000_000})

    assert invoke(large)["decision"] == "ReviewQueued"


def test_a_throttled_direct_request_returns_within_its_time(
    invoke: Invoke, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.a2i.refusals = ["ThrottlingException"] * 1000

    assert invoke(sentiment_request(), seconds=18)["decision"] == "ReviewQueued"
    assert len(account.a2i.refusals) == 999


def test_a_batch_reports_only_what_must_come_again(
    invoke: Invoke, account: Account, monkeypatch: pytest.MonkeyPatch, delays: list[int]
) -> None:
    start = account.a2i.start_human_loop

    def throttle_one(**parameters: Any) -> Any:
        if "busy" in parameters["HumanLoopInput"]["InputContent"]:
            raise service_error("ThrottlingException")
        return start(**parameters)

    monkeypatch.setattr(account.a2i, "start_human_loop", throttle_one)
    bodies = [
        sentiment_request("a"),
        sentiment_request("b", input={"taskObject": "busy"}),
        sentiment_request("c", input={}),
        "not JSON",
    ]

    response = invoke(sqs_event(*bodies))

    assert response == {"batchItemFailures": [{"itemIdentifier": "message-1"}]}
    assert len(account.a2i.starts) == 1
    assert len(delays) == 1


def test_what_never_starts_goes_to_the_dead_letter_queue_with_the_reason(
    invoke: Invoke, account: Account
) -> None:
    invoke(sqs_event(sentiment_request(input={})))

    ((body, error),) = account.messages(account.dead_letter_queue_url)
    assert json.loads(body) == sentiment_request(input={})
    assert error is not None
    assert error.startswith("MissingInputError: input.taskObject is missing")


def test_the_task_of_a_message_that_never_starts_fails(invoke: Invoke, account: Account) -> None:
    account.stepfunctions.waiting = {"token"}

    invoke(sqs_event(sentiment_request(flow="claims", taskToken="token")))

    assert account.stepfunctions.failed == {"token": "UnknownFlowError"}


def test_a_message_that_waited_too_long_goes_to_the_dead_letter_queue(
    invoke: Invoke, account: Account
) -> None:
    account.a2i.refusals = ["ThrottlingException"] * 1000
    body = sentiment_request()

    response = invoke(sqs_event(body, sent_seconds_ago=86_401))

    assert response == {"batchItemFailures": []}
    ((kept, error),) = account.messages(account.dead_letter_queue_url)
    assert json.loads(kept) == body
    assert error == "StartDelayedError: Amazon A2I is busy: ThrottlingException"


def test_waiting_grows_with_each_receive(
    invoke: Invoke, account: Account, delays: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("starter.queue.random.randint", lambda _low, high: high)
    account.a2i.refusals = ["ThrottlingException"] * 1000

    for receive_count in (1, 2, 3, 30):
        invoke(sqs_event(sentiment_request(), receive_count=receive_count), seconds=4)

    assert delays == [10, 20, 40, 900]


def test_a_request_by_reference_is_read_from_the_requests_prefix(
    invoke: Invoke, account: Account
) -> None:
    content = {key: sentiment_request()[key] for key in ("input", "prediction")}
    account.s3.put_object(
        Bucket=account.input_bucket,
        Key="requests/_incoming/own.json",
        Body=json.dumps(content).encode(),
    )
    uri = f"s3://{account.input_bucket}/requests/_incoming/own.json"

    response = invoke({"reviewId": "order-1234", "flow": "sentiment", "requestUri": uri})

    assert response["decision"] == "ReviewStarted"


@pytest.mark.parametrize(
    "uri",
    [
        "s3://elsewhere/requests/_incoming/a.json",
        "s3://{bucket}/requests/sentiment/a.json",
        "s3://{bucket}/other/a.json",
        "https://x/y",
    ],
)
def test_a_reference_leads_nowhere_else(invoke: Invoke, account: Account, uri: str) -> None:
    with pytest.raises(InvalidRequestError, match="s3://"):
        invoke({"reviewId": "a", "requestUri": uri.format(bucket=account.input_bucket)})


def requested(detail: Any) -> dict[str, Any]:
    """An event that asks for a review."""
    return {"detail-type": "Human Review Requested", "source": "app", "detail": detail}


def keep_request(account: Account) -> dict[str, Any]:
    """Put a request into the input bucket; returns the reference to it."""
    key = "requests/_incoming/order-1234.json"
    body = json.dumps(sentiment_request()).encode()
    account.s3.put_object(Bucket=account.input_bucket, Key=key, Body=body)
    return {
        "reviewId": "order-1234",
        "flow": "sentiment",
        "requestUri": f"s3://{account.input_bucket}/{key}",
    }


def test_an_event_comes_through_the_queue(invoke: Invoke, account: Account) -> None:
    invoke(sqs_event(requested(keep_request(account))))

    assert len(account.a2i.starts) == 1


def test_an_event_is_no_request_for_a_direct_call(invoke: Invoke, account: Account) -> None:
    with pytest.raises(InvalidRequestError, match="detail-type"):
        invoke(requested(keep_request(account)))

    assert not account.a2i.starts


def test_an_event_without_a_request_goes_to_the_dead_letter_queue(
    invoke: Invoke, account: Account
) -> None:
    event = requested({"flow": "x"})
    invoke(sqs_event(event))

    ((body, error),) = account.messages(account.dead_letter_queue_url)
    assert json.loads(body) == event
    assert error is not None
    assert "reviewId" in error


def test_an_event_holds_no_content(invoke: Invoke, account: Account) -> None:
    account.stepfunctions.waiting = {"token"}
    event = requested(sentiment_request(taskToken="token"))
    invoke(sqs_event(event))

    ((body, error),) = account.messages(account.dead_letter_queue_url)
    assert json.loads(body) == event
    assert error is not None
    assert error.startswith("InvalidRequestError: an event names its request by reviewId, flow and")
    assert account.stepfunctions.failed == {"token": "InvalidRequestError"}
    assert not account.a2i.starts


@pytest.mark.parametrize("wrap", [lambda request: request, sqs_event])
def test_a_start_that_is_put_off_is_counted_whichever_way_it_came(
    invoke: Invoke, account: Account, capsys: pytest.CaptureFixture[str], wrap: Any
) -> None:
    account.a2i.refusals = ["ThrottlingException"] * 1000

    invoke(wrap(sentiment_request()))

    written = capsys.readouterr().out
    assert '"StartsDelayed":[1.0]' in written
    assert "ReviewsStarted" not in written


def test_content_never_enters_the_log(
    invoke: Invoke,
    account: Account,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    account.a2i.refusals = ["ValidationException"]

    invoke(sqs_event(sentiment_request("a"), sentiment_request("b"), "I enjoy this product"))

    logged = capsys.readouterr().out + "".join(str(vars(each)) for each in caplog.records)
    assert "request can never start" in logged
    assert "ReviewsStarted" in logged
    assert "I enjoy this product" not in logged


def test_what_was_not_kept_yet_is_the_direct_callers_error(
    invoke: Invoke, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def delayed(*_: Any) -> Any:
        raise StartDelayedError("parallel")

    monkeypatch.setattr("starter.start_review.ReviewStarter.start", delayed)

    with pytest.raises(StartDelayedError):
        invoke(sentiment_request())


def test_a_missing_variable_is_named(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("A2I_LEDGER_TABLE")

    with pytest.raises(ConfigurationError, match="A2I_LEDGER_TABLE: field required"):
        invoke(sentiment_request())


def test_the_kept_request_is_a_request_in_its_own_right(invoke: Invoke, account: Account) -> None:
    first = invoke(sentiment_request())
    (key,) = account.keys(account.input_bucket)
    kept = account.read(f"s3://{account.input_bucket}/{key}")

    assert canonical_json(invoke(kept)) == canonical_json(first)
