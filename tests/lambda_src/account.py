"""An account with one stack's queue, buckets and ledger, and the functions' logic on top of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from a2i_shared.clock import timestamp
from a2i_shared.documents import Documents, S3Uri
from a2i_shared.events import Events
from a2i_shared.ledger import Ledger, LedgerEntry
from a2i_shared.task_tokens import TaskTokens
from results.finish_review import ReviewFinisher
from results.status_change import StatusChange
from starter.flows import Flow, Flows
from starter.human_loops import HumanLoops
from starter.intake import Intake
from starter.queue import RequestQueue
from starter.request import ReviewRequest
from starter.review import StartResponse
from starter.start_review import ReviewStarter
from tests.lambda_src.fake_a2i import FakeA2IRuntime
from tests.lambda_src.fake_services import FakeEventBridge, FakeStepFunctions
from tests.lambda_src.local_clients import dynamodb_client, s3_client, sqs_client

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

STACK_ID = "arn:aws:cloudformation:us-east-1:123456789012:stack/HumanReview/0a1b2c3d-1-2-3-4"
FLOW_ARN = "arn:aws:sagemaker:us-east-1:123456789012:flow-definition/sentiment-0a1b2c3d-0123456789"
SENTIMENT_POLICY = {
    "version": "1",
    "reviewWhen": {"confidence": {"path": "max(values(SentimentScore))", "below": 0.99}},
}


def finish(finisher: ReviewFinisher, event: dict[str, Any]) -> None:
    """Hand over an event as the results function's handler does."""
    finished_at = timestamp(datetime.fromisoformat(event["time"]))
    finisher.finish(StatusChange.model_validate(event["detail"]), finished_at)


def sentiment_request(review_id: str = "order-1234", **changes: Any) -> dict[str, Any]:
    return {
        "reviewId": review_id,
        "flow": "sentiment",
        "input": {"taskObject": "I enjoy this product", "initialValue": "Positive"},
        "prediction": {
            "Sentiment": "POSITIVE",
            "SentimentScore": {"Positive": 0.71, "Negative": 0.2},
        },
        **changes,
    }


@dataclass
class Account:
    flows: list[Flow]
    dynamodb: DynamoDBClient = field(default_factory=dynamodb_client)
    s3: S3Client = field(default_factory=s3_client)
    sqs: SQSClient = field(default_factory=sqs_client)
    eventbridge: FakeEventBridge = field(default_factory=FakeEventBridge)
    stepfunctions: FakeStepFunctions = field(default_factory=FakeStepFunctions)
    prefix: str = field(default_factory=lambda: f"t{uuid.uuid4().hex[:12]}")

    def __post_init__(self) -> None:
        self.input_bucket, self.output_bucket = f"{self.prefix}-input", f"{self.prefix}-output"
        for bucket in (self.input_bucket, self.output_bucket):
            self.s3.create_bucket(Bucket=bucket)
            self.s3.put_bucket_versioning(
                Bucket=bucket, VersioningConfiguration={"Status": "Enabled"}
            )
        self.table = f"{self.prefix}-ledger"
        self.dynamodb.create_table(
            TableName=self.table,
            KeySchema=[{"AttributeName": "humanLoopName", "KeyType": "HASH"}],
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"}
                for name in ("humanLoopName", "openFlow", "startedAt")
            ],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "OpenReviews",
                    "KeySchema": [
                        {"AttributeName": "openFlow", "KeyType": "HASH"},
                        {"AttributeName": "startedAt", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        self.queue_url = self.sqs.create_queue(QueueName=f"{self.prefix}-queue")["QueueUrl"]
        self.dead_letter_queue_url = self.sqs.create_queue(QueueName=f"{self.prefix}-dlq")[
            "QueueUrl"
        ]
        self.a2i = FakeA2IRuntime(
            self.s3, self.output_bucket, {flow.flow_definition_arn for flow in self.flows}
        )

    def starter(self, wrap: Any = lambda client: client) -> ReviewStarter:
        """`wrap` puts something between the logic and each client, such as a fault."""
        return ReviewStarter(
            stack_id=STACK_ID,
            input_bucket=self.input_bucket,
            flows=Flows.of(self.flows),
            documents=Documents(wrap(self.s3)),
            ledger=self.ledger(wrap),
            human_loops=HumanLoops(wrap(self.a2i), sleep=lambda _seconds: None),
            events=Events(wrap(self.eventbridge), "default"),
            task_tokens=TaskTokens(wrap(self.stepfunctions)),
        )

    def finisher(self, wrap: Any = lambda client: client) -> ReviewFinisher:
        return ReviewFinisher(
            output_bucket=self.output_bucket,
            documents=Documents(wrap(self.s3)),
            ledger=self.ledger(wrap),
            events=Events(wrap(self.eventbridge), "default"),
            task_tokens=TaskTokens(wrap(self.stepfunctions)),
        )

    def intake(self, wrap: Any = lambda client: client) -> Intake:
        queue = RequestQueue(wrap(self.sqs), self.queue_url, self.dead_letter_queue_url)
        return Intake(self.starter(wrap), queue, timedelta(days=1))

    def ledger(self, wrap: Any = lambda client: client) -> Ledger:
        return Ledger(wrap(self.dynamodb), self.table, retention_days=30)

    def start(self, **changes: Any) -> StartResponse:
        request = ReviewRequest.model_validate(sentiment_request(**changes))
        return self.starter().start(request, seconds_left=lambda: 1.0)

    def finish(self, event: dict[str, Any]) -> None:
        finish(self.finisher(), event)

    def entry(self, human_loop_name: str) -> LedgerEntry:
        entry = self.ledger().get(human_loop_name)
        assert entry is not None
        return entry

    def entries(self) -> list[dict[str, Any]]:
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=self.table)
        return [item for page in pages for item in page["Items"]]

    def read(self, uri: str) -> Any:
        return Documents(self.s3).read(S3Uri.parse(uri))

    def keys(self, bucket: str) -> list[str]:
        return [each["Key"] for each in self.s3.list_objects_v2(Bucket=bucket).get("Contents", [])]

    def messages(self, queue_url: str) -> list[tuple[str, str | None]]:
        """Body and attribute `error` of the messages that are visible now."""
        received = self.sqs.receive_message(
            QueueUrl=queue_url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        )
        return [(each["Body"], _error(each)) for each in received.get("Messages", [])]


def _error(message: Any) -> str | None:
    error: str | None = message.get("MessageAttributes", {}).get("error", {}).get("StringValue")
    return error
