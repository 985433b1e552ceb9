"""Temporary rule and queue that catch the events of a smoke test."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from a2i_cli.aws import AwsClients
from a2i_cli.failures import CommandError
from a2i_core.names import REVIEW_EVENT_SOURCE

Event = dict[str, Any]
_SERVICE = "aws.sagemaker"
_SOON_SECONDS = 60


class CaughtEvents:
    """Events of this project and of SageMaker since the rule exists."""

    def __init__(self, receive: Callable[[], list[Event]]) -> None:
        self._receive = receive
        self.events: list[Event] = []

    def wait_for(self, detail_type: str, **detail: str) -> Event:
        """Return the first event of a type whose detail has these values.

        Raises:
            CommandError: none came within a minute.
        """
        deadline = time.monotonic() + _SOON_SECONDS
        while time.monotonic() < deadline:
            self.events += self._receive()
            for event in self.events:
                if (
                    event["detail-type"] == detail_type
                    and detail.items() <= event["detail"].items()
                ):
                    return event
        raise CommandError(f"no event {detail_type!r} came within {_SOON_SECONDS} s")

    def of_the_service(self) -> list[dict[str, Any]]:
        """Return the types of SageMaker's events and the names in their detail, without values."""
        found = {
            (event["detail-type"], tuple(sorted(event["detail"])))
            for event in self.events
            if event["source"] == _SERVICE
        }
        return [{"detailType": kind, "detail": [*names]} for kind, names in sorted(found)]


@contextmanager
def caught_events(clients: AwsClients, name: str) -> Iterator[CaughtEvents]:
    """Catch events for the length of the block with a rule and a queue of this name."""
    queue = clients.sqs.create_queue(QueueName=name)["QueueUrl"]
    try:
        arn = clients.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
        with _rule(clients, name, queue, arn["Attributes"]["QueueArn"]):
            yield CaughtEvents(lambda: list(_received(clients, queue)))
    finally:
        clients.sqs.delete_queue(QueueUrl=queue)


@contextmanager
def _rule(clients: AwsClients, name: str, queue_url: str, queue_arn: str) -> Iterator[None]:
    pattern = json.dumps({"source": [REVIEW_EVENT_SOURCE, _SERVICE]})
    rule = clients.events.put_rule(Name=name, EventPattern=pattern)["RuleArn"]
    try:
        may_send = {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": queue_arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [may_send]})
        clients.sqs.set_queue_attributes(QueueUrl=queue_url, Attributes={"Policy": policy})
        clients.events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": queue_arn}])
        yield
    finally:
        clients.events.remove_targets(Rule=name, Ids=["queue"])
        clients.events.delete_rule(Name=name)


def _received(clients: AwsClients, queue_url: str) -> Iterator[Event]:
    messages = clients.sqs.receive_message(
        QueueUrl=queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=2
    ).get("Messages", [])
    for message in messages:
        yield json.loads(message["Body"])
        clients.sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
