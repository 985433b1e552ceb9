"""The queue in front of the starter, and the one for requests that it gave up."""

from math import ceil

from aws_cdk import Duration
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from a2i_constructs.functions.checks import check_at_least, check_at_most

RETENTION = Duration.days(14)
# AWS's advice for event sources: six times the function's timeout.
VISIBILITY = Duration.seconds(6 * 60)
SHORTEST_MAX_AGE = Duration.minutes(1)
# SQS counts receives up to 1,000 only, see RECEIVES_A_DAY.
LONGEST_MAX_AGE = Duration.days(3)
# The starter itself moves to the dead-letter queue what can never be started, or not in time. With
# its growing delays that is some 200 receives a day; more than these mean that it dies before.
RECEIVES_A_DAY = 300


def make_dead_letter_queue(scope: Construct, key: kms.IKey) -> sqs.Queue:
    """Where requests wait for an operator."""
    return sqs.Queue(
        scope,
        "DeadLetterQueue",
        encryption=sqs.QueueEncryption.KMS,
        encryption_master_key=key,
        enforce_ssl=True,
        retention_period=RETENTION,
    )


def make_queue(
    scope: Construct, key: kms.IKey, *, dead_letter_queue: sqs.Queue, max_age: Duration
) -> sqs.Queue:
    """Where requests wait for the starter, for at most `max_age`."""
    days = max(1, ceil(max_age.to_days(integral=False)))
    return sqs.Queue(
        scope,
        "Queue",
        dead_letter_queue=sqs.DeadLetterQueue(
            max_receive_count=days * RECEIVES_A_DAY, queue=dead_letter_queue
        ),
        encryption=sqs.QueueEncryption.KMS,
        encryption_master_key=key,
        enforce_ssl=True,
        retention_period=RETENTION,
        visibility_timeout=VISIBILITY,
    )


def check_max_age(max_age: Duration) -> None:
    """Refuse ages that the starter or SQS cannot keep."""
    check_at_least("queue_max_age", max_age, SHORTEST_MAX_AGE)
    check_at_most("queue_max_age", max_age, LONGEST_MAX_AGE)
