"""What programs look up about a stack's starter: outputs, and SSM parameters of the same values."""

from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs

from a2i_constructs.runtime.review_directory import ReviewDirectory
from a2i_constructs.storage.review_buckets import ReviewBuckets
from a2i_constructs.storage.review_ledger import ReviewLedger

FUNCTION_NAME = "StarterFunctionName"


def publish_starter(
    directory: ReviewDirectory,
    *,
    function: lambda_.Function,
    queue: sqs.Queue,
    dead_letter_queue: sqs.Queue,
    buckets: ReviewBuckets,
    ledger: ReviewLedger,
) -> None:
    """Publish each under the name of its output and of its parameter."""
    for output, parameter, value, description in (
        (
            FUNCTION_NAME,
            "starter-function-name",
            function.function_name,
            "Function that takes requests",
        ),
        ("QueueUrl", "queue-url", queue.queue_url, "Queue that takes requests"),
        (
            "DeadLetterQueueUrl",
            "dead-letter-queue-url",
            dead_letter_queue.queue_url,
            "Requests that could not be started",
        ),
        (
            "InputBucketName",
            "input-bucket",
            buckets.input.bucket_name,
            "Bucket of what is reviewed",
        ),
        (
            "OutputBucketName",
            "output-bucket",
            buckets.output.bucket_name,
            "Bucket of answers and results",
        ),
        (
            "LedgerTableName",
            "ledger-table",
            ledger.table.table_name,
            "Table of all reviews",
        ),
    ):
        directory.publish(output, parameter, value, description)
