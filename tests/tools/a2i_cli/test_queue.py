"""`a2i queue`: counts and dead letters on the local AWS, moving back as SQS defines it."""

import json
from typing import Any

import pytest
from botocore.stub import Stubber

from a2i_cli.deployed.queues import oldest_message_seconds, redrive
from a2i_cli.failures import CommandError
from tests.tools.a2i_cli.small_stack import A2ICommand, DeployedStack, OfflineClients

QUEUE = "https://sqs.us-east-1.amazonaws.com/111122223333/requests"
DEAD_LETTERS = "https://sqs.us-east-1.amazonaws.com/111122223333/dead-letters"
QUEUE_ARN = "arn:aws:sqs:us-east-1:111122223333:requests"
DEAD_LETTERS_ARN = "arn:aws:sqs:us-east-1:111122223333:dead-letters"


def _send_dead_letter(stack: DeployedStack, body: str, error: str) -> None:
    stack.clients.sqs.send_message(
        QueueUrl=stack.outputs["DeadLetterQueueUrl"],
        MessageBody=body,
        MessageAttributes={"error": {"DataType": "String", "StringValue": error}},
    )


def test_shows_counts_and_errors_but_no_content(a2i: A2ICommand, stack: DeployedStack) -> None:
    stack.clients.sqs.send_message(QueueUrl=stack.outputs["QueueUrl"], MessageBody="{}")
    request = {"reviewId": "order-1", "flow": "sentiment", "input": {"text": "secret words"}}
    _send_dead_letter(stack, json.dumps(request), "MissingInputError: input.x is missing")
    shown = a2i("queue", "show", "--stack", stack.name, "--json")
    assert shown.exit_code == 0, shown.stderr
    document = json.loads(shown.stdout)
    assert [queue["visible"] for queue in document["queues"]] == [1, 1]
    [letter] = document["deadLetters"]
    assert letter["reviewId"] == "order-1"
    assert letter["error"] == "MissingInputError: input.x is missing"
    table = a2i("queue", "show", "--stack", stack.name)
    assert "MissingInputError" in table.stdout
    assert "secret words" not in shown.output + table.output


def test_names_the_review_of_an_event_and_why_eventbridge_could_not_deliver_it(
    a2i: A2ICommand, stack: DeployedStack
) -> None:
    detail = {"reviewId": "order-2", "flow": "sentiment", "requestUri": "s3://b/requests/o.json"}
    reason = {"ERROR_CODE": "SDK_CLIENT_ERROR", "ERROR_MESSAGE": "the key is disabled"}
    stack.clients.sqs.send_message(
        QueueUrl=stack.outputs["DeadLetterQueueUrl"],
        MessageBody=json.dumps({"detail-type": "Human Review Requested", "detail": detail}),
        MessageAttributes={
            name: {"DataType": "String", "StringValue": value} for name, value in reason.items()
        },
    )
    shown = a2i("queue", "show", "--stack", stack.name, "--json")
    [letter] = json.loads(shown.stdout)["deadLetters"]
    assert (letter["reviewId"], letter["flow"]) == ("order-2", "sentiment")
    assert letter["error"] == "SDK_CLIENT_ERROR: the key is disabled"


def test_shows_why_an_asynchronous_invocation_failed(a2i: A2ICommand, stack: DeployedStack) -> None:
    reason = {
        "RequestID": ("String", "5f0c7b2e"),
        "ErrorCode": ("Number", "200"),
        "ErrorMessage": ("String", "input.taskObject is missing"),
    }
    stack.clients.sqs.send_message(
        QueueUrl=stack.outputs["DeadLetterQueueUrl"],
        MessageBody=json.dumps({"reviewId": "order-3", "input": {}}),
        MessageAttributes={
            name: {"DataType": kind, "StringValue": value} for name, (kind, value) in reason.items()
        },
    )
    shown = a2i("queue", "show", "--stack", stack.name, "--json")
    [letter] = json.loads(shown.stdout)["deadLetters"]
    assert letter["reviewId"] == "order-3"
    assert letter["error"] == "input.taskObject is missing"


def test_leaves_dead_letters_where_they_are(a2i: A2ICommand, stack: DeployedStack) -> None:
    for number in range(12):
        _send_dead_letter(stack, "no JSON", f"error {number}")
    for _ in range(2):
        shown = a2i("queue", "show", "--stack", stack.name, "--dead-letters", "50", "--json")
        assert shown.exit_code == 0, shown.stderr
        letters = json.loads(shown.stdout)["deadLetters"]
        assert {letter["error"] for letter in letters} == {f"error {n}" for n in range(12)}


def test_shows_no_more_dead_letters_than_asked(a2i: A2ICommand, stack: DeployedStack) -> None:
    for number in range(4):
        _send_dead_letter(stack, "{}", f"error {number}")
    shown = a2i("queue", "show", "--stack", stack.name, "--dead-letters", "3", "--json")
    assert len(json.loads(shown.stdout)["deadLetters"]) == 3
    table = a2i("queue", "show", "--stack", stack.name, "--dead-letters", "3")
    assert table.stderr == "3 of 4 dead letters; --dead-letters NUMBER shows more\n"
    counts_only = a2i("queue", "show", "--stack", stack.name, "--dead-letters", "0")
    assert len(counts_only.stdout.splitlines()) == 3


def test_reads_the_age_of_the_oldest_message_from_cloudwatch(offline: OfflineClients) -> None:
    with Stubber(offline.cloudwatch) as cloudwatch:
        cloudwatch.add_response(
            "get_metric_statistics",
            {
                "Label": "age",
                "Datapoints": [
                    {"Timestamp": "2030-01-01T00:01:00Z", "Maximum": 90.0},
                    {"Timestamp": "2030-01-01T00:02:00Z", "Maximum": 150.0},
                ],
            },
        )
        assert oldest_message_seconds(offline.cloudwatch, QUEUE) == 150
        cloudwatch.add_response("get_metric_statistics", {"Label": "age", "Datapoints": []})
        assert oldest_message_seconds(offline.cloudwatch, QUEUE) is None


def _expect_move(sqs: Stubber, *tasks: dict[str, Any]) -> None:
    """Expect the calls of one redrive, which looks at the task as often as `tasks` says."""
    for url, arn in ((DEAD_LETTERS, DEAD_LETTERS_ARN), (QUEUE, QUEUE_ARN)):
        sqs.add_response(
            "get_queue_attributes",
            {"Attributes": {"QueueArn": arn}},
            {"QueueUrl": url, "AttributeNames": ["QueueArn"]},
        )
    sqs.add_response(
        "start_message_move_task",
        {"TaskHandle": "handle"},
        {
            "SourceArn": DEAD_LETTERS_ARN,
            "DestinationArn": QUEUE_ARN,
            "MaxNumberOfMessagesPerSecond": 50,
        },
    )
    for task in tasks:
        sqs.add_response(
            "list_message_move_tasks",
            {"Results": [task]},
            {"SourceArn": DEAD_LETTERS_ARN, "MaxResults": 1},
        )


def _redrive(offline: OfflineClients, lines: list[str]) -> int:
    return redrive(
        offline.sqs,
        source_url=DEAD_LETTERS,
        destination_url=QUEUE,
        per_second=50,
        on_progress=lines.append,
        pause=lambda _seconds: None,
    )


def test_redrives_to_the_request_queue_and_waits(offline: OfflineClients) -> None:
    running = {"Status": "RUNNING", "ApproximateNumberOfMessagesMoved": 1,
               "ApproximateNumberOfMessagesToMove": 3}  # fmt: skip
    done = {"Status": "COMPLETED", "ApproximateNumberOfMessagesMoved": 3}
    lines: list[str] = []
    with Stubber(offline.sqs) as sqs:
        _expect_move(sqs, running, done)
        assert _redrive(offline, lines) == 3
        sqs.assert_no_pending_responses()
    assert lines == ["1 of 3 moved"]


def test_fails_when_sqs_ends_the_move(offline: OfflineClients) -> None:
    failed = {"Status": "FAILED", "ApproximateNumberOfMessagesMoved": 1, "FailureReason": "KMS"}
    with Stubber(offline.sqs) as sqs:
        _expect_move(sqs, failed)
        with pytest.raises(CommandError, match="FAILED after 1 messages: KMS"):
            _redrive(offline, [])


def test_redrives_on_the_local_aws(a2i: A2ICommand, stack: DeployedStack) -> None:
    for number in range(3):
        _send_dead_letter(stack, f'{{"reviewId": "order-{number}"}}', "some error")
    moved = a2i("queue", "redrive", "--stack", stack.name)
    assert moved.exit_code == 0, moved.stderr
    assert moved.stderr == "3 requests moved back\n"
    queues = json.loads(a2i("queue", "show", "--stack", stack.name, "--json").stdout)["queues"]
    assert [queue["visible"] for queue in queues] == [3, 0]
