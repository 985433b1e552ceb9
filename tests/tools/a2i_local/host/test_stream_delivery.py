"""Functions get the records of a table's stream as Lambda delivers them."""

import io
import json
import time
import zipfile
from collections.abc import Callable, Iterable
from typing import Any

import pytest

pytestmark = pytest.mark.local_aws

ClientMaker = Callable[[str], Any]
CODE = """
import json
import os
import time
import boto3

sqs = boto3.client("sqs")

def handler(event, context):
    records = event["Records"]
    notes = [record["dynamodb"]["NewImage"]["note"]["S"] for record in records]
    call = {"at": time.time_ns(), "notes": notes}
    sqs.send_message(QueueUrl=os.environ["CALLS"], MessageBody=json.dumps(call))
    if "meet" in notes:
        sqs.send_message(QueueUrl=os.environ["MEETING"], MessageBody="here")
        wait_for_others()
    if "poison" in notes:
        raise RuntimeError("poison")
    failed = [
        record["dynamodb"]["SequenceNumber"]
        for record, note in zip(records, notes)
        if note == "bad"
    ]
    return {"batchItemFailures": [{"itemIdentifier": number} for number in failed]}

def wait_for_others():
    names = ["ApproximateNumberOfMessages"]
    for _ in range(600):
        found = sqs.get_queue_attributes(QueueUrl=os.environ["MEETING"], AttributeNames=names)
        if int(found["Attributes"]["ApproximateNumberOfMessages"]) >= 3:
            return
        time.sleep(0.1)
    raise RuntimeError("nobody came")
"""


class Stream:
    """A table, the function that follows its stream, and what that has been called with."""

    def __init__(self, client: ClientMaker, name: str, mapping: dict[str, Any]) -> None:
        self._dynamodb, self._sqs = client("dynamodb"), client("sqs")
        self._table = name
        self._calls = self._sqs.create_queue(QueueName=f"{name}-calls")["QueueUrl"]
        self._meeting = self._sqs.create_queue(QueueName=f"{name}-meeting")["QueueUrl"]
        self._dead = self._sqs.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
        attributes = self._sqs.get_queue_attributes(
            QueueUrl=self._dead, AttributeNames=["QueueArn"]
        )
        table = self._dynamodb.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        )
        self._make_function(client, name)
        self._mapping = {
            "EventSourceArn": table["TableDescription"]["LatestStreamArn"],
            "FunctionName": name,
            "StartingPosition": "TRIM_HORIZON",
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "MaximumRetryAttempts": 1,
            "DestinationConfig": {
                "OnFailure": {"Destination": attributes["Attributes"]["QueueArn"]}
            },
        } | mapping
        self._lambda = client("lambda")

    def _make_function(self, client: ClientMaker, name: str) -> None:
        role = client("iam").create_role(RoleName=name, AssumeRolePolicyDocument="{}")["Role"]
        client("iam").put_role_policy(
            RoleName=name,
            PolicyName="queue",
            PolicyDocument=json.dumps(
                {"Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]}
            ),
        )
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("index.py", CODE)
        client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.14",
            Handler="index.handler",
            Role=role["Arn"],
            Code={"ZipFile": code.getvalue()},
            Timeout=120,
            Environment={"Variables": {"CALLS": self._calls, "MEETING": self._meeting}},
        )

    def write(self, notes: Iterable[str], *, same_item: bool = False) -> None:
        """Write items, or one item again and again."""
        for number, note in enumerate(notes):
            item = {"pk": {"S": "one" if same_item else f"item-{number}"}, "note": {"S": note}}
            self._dynamodb.put_item(TableName=self._table, Item=item | {"n": {"N": str(number)}})

    def follow(self) -> None:
        """Have the function called with all that was written."""
        self._lambda.create_event_source_mapping(**self._mapping)

    def delete_function(self) -> None:
        """Delete the function, and leave its mapping."""
        self._lambda.delete_function(FunctionName=self._table)

    def calls(self, count: int) -> list[list[str]]:
        """Wait for so many calls; return the notes of each, in the order of the calls."""
        found = sorted(self._receive(self._calls, count), key=lambda call: int(call["at"]))
        return [call["notes"] for call in found]

    def given_up(self) -> dict[str, Any]:
        """Wait for the message about records that the function never took."""
        [message] = self._receive(self._dead, 1)
        return message

    def _receive(self, queue_url: str, count: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        deadline = time.monotonic() + 120
        while len(found) < count:
            assert time.monotonic() < deadline, found
            received = self._sqs.receive_message(
                QueueUrl=queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=1
            )
            for message in received.get("Messages", []):
                found.append(json.loads(message["Body"]))
                self._sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
        return found


@pytest.fixture
def make_stream(client: ClientMaker, request: pytest.FixtureRequest) -> Callable[..., Stream]:
    name = request.node.name.replace("_", "-")[:50]
    return lambda **mapping: Stream(client, name, mapping)


def test_several_batches_are_with_the_function_at_once(
    make_stream: Callable[..., Stream],
) -> None:
    stream = make_stream(ParallelizationFactor=10, BatchSize=1)
    stream.write(["meet"] * 8)

    stream.follow()

    # Each call ends only when two others are under way; a failed one would come again.
    assert stream.calls(8) == [["meet"]] * 8


def test_the_records_of_an_item_keep_their_order(make_stream: Callable[..., Stream]) -> None:
    stream = make_stream(ParallelizationFactor=10, BatchSize=2)
    stream.write("abcdef", same_item=True)

    stream.follow()

    assert stream.calls(3) == [["a", "b"], ["c", "d"], ["e", "f"]]


def test_a_batch_comes_again_from_the_first_failure_until_its_retries_are_over(
    make_stream: Callable[..., Stream],
) -> None:
    stream = make_stream(BatchSize=4)
    stream.write(["a", "b", "bad", "c", "d"])

    stream.follow()

    assert stream.calls(3) == [["a", "b", "bad", "c"], ["bad", "c"], ["d"]]
    told = stream.given_up()
    assert told["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert told["DDBStreamBatchInfo"]["batchSize"] == 2


def test_a_batch_whose_call_fails_is_halved(make_stream: Callable[..., Stream]) -> None:
    stream = make_stream(BatchSize=4, BisectBatchOnFunctionError=True)
    stream.write(["a", "b", "poison", "c", "d"])

    stream.follow()

    assert stream.calls(7) == [
        ["a", "b", "poison", "c"],
        ["a", "b"],
        ["poison", "c"],
        ["poison"],
        ["poison"],
        ["c"],
        ["d"],
    ]
    assert stream.given_up()["DDBStreamBatchInfo"]["batchSize"] == 1


def test_what_a_deleted_function_left_is_given_up(make_stream: Callable[..., Stream]) -> None:
    stream = make_stream(MaximumRetryAttempts=2)
    stream.write(["poison"])
    stream.follow()
    assert stream.calls(1) == [["poison"]]

    stream.delete_function()

    assert stream.given_up()["DDBStreamBatchInfo"]["batchSize"] == 1
