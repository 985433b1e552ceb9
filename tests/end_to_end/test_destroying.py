"""Producers go on sending while the stack is destroyed: what was acknowledged is not lost."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from a2i_cli.demo.empty_buckets import empty_buckets
from a2i_local.cdk_cli import CdkCliError
from tests.end_to_end.conftest import DISPOSABLE, STACK, Project
from tests.end_to_end.operating import Operator, until

pytestmark = [pytest.mark.local_aws, pytest.mark.xdist_group("destroying")]


class Producer:
    """An application that sends one request after the other to the queue."""

    def __init__(self, project: Project) -> None:
        self.url = project.outputs()["QueueUrl"]
        self.sqs = project.client("sqs")
        self.acknowledged: list[str] = []
        self.refused: list[str] = []
        self._over = threading.Event()

    def send(self) -> None:
        """Send a request, and note whether SQS has taken it."""
        review_id = f"sent-{len(self.acknowledged) + len(self.refused)}"
        request = {
            "reviewId": review_id,
            "input": {"taskObject": "words", "initialValue": "Positive"},
            "prediction": {"Sentiment": "POSITIVE", "SentimentScore": {"Positive": 0.5}},
        }
        try:
            self.sqs.send_message(QueueUrl=self.url, MessageBody=json.dumps(request))
        except ClientError as error:
            self.refused.append(error.response["Error"]["Code"])
        else:
            self.acknowledged.append(review_id)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        thread = threading.Thread(target=self._work, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def _work(self) -> None:
        while not self._over.wait(0.2):
            self.send()


def queue_is_closed(project: Project, url: str) -> bool:
    found = project.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])
    return "A2IPaused" in found["Attributes"]["Policy"]


@pytest.fixture(scope="module")
def assembly(project: Project) -> Path:
    made = project.synth("stack", DISPOSABLE)
    project.cli.deploy(made, STACK)
    project.bring_messages_again_soon()
    return made


@pytest.fixture(scope="module")
def operator(project: Project, assembly: Path) -> Operator:
    return Operator(project)


def test_a_refused_destroy_loses_nothing_and_sends_work_again(
    project: Project, assembly: Path, operator: Operator
) -> None:
    producer = Producer(project)
    with producer.at_work(), pytest.raises(CdkCliError):
        project.cli.destroy(assembly, STACK)

    assert "destroying the stack now would lose reviews" in project.event_reasons()
    refused = len(producer.refused)
    producer.send()
    assert len(producer.refused) == refused
    assert set(producer.refused) <= {"AccessDenied"}
    until(
        lambda: (
            {each["reviewId"] for each in operator.json("review", "list")}
            == set(producer.acknowledged)
        )
    )


def test_a_destroy_that_succeeds_has_acknowledged_nothing_since_it_counted(
    project: Project, assembly: Path, operator: Operator
) -> None:
    operator.a2i("flow", "discard-pending", "--queued", "--yes", "--timeout", "120")
    empty_buckets(project.client("cloudformation"), project.client("s3"), STACK)
    producer = Producer(project)
    destroying = threading.Thread(target=project.cli.destroy, args=(assembly, STACK))
    destroying.start()
    until(lambda: queue_is_closed(project, producer.url))
    with producer.at_work():
        destroying.join()

    assert producer.acknowledged == []
    assert set(producer.refused) >= {"AccessDenied"}
    with pytest.raises(ClientError, match="does not exist"):
        project.client("cloudformation").describe_stacks(StackName=STACK)
