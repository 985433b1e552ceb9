"""A deployed stack to which many reviews are sent while much goes wrong."""

import json
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from a2i_cli.demo.portal_client import Portal, PortalClient, PortalError
from a2i_local.cdk_cli import CdkCliError
from tests.effort import IS_SOAK
from tests.end_to_end.adversity import FunctionKiller, faults
from tests.end_to_end.conftest import STACK, WORKER, Project
from tests.end_to_end.operating import until

PATIENCE_SECONDS = 3_000 if IS_SOAK else 420
RECONCILE_EVERY_SECONDS = 15
BATCH = 10
DESTROY_ATTEMPTS = 5
REVIEWERS = 4 if IS_SOAK else 1


class Soak:
    """The deployed stack, the people around it, and what an outsider hears of its reviews.

    Subclasses say where its human loops live, and what goes wrong there.
    """

    backend = "a2i"
    reviews = 2_000 if IS_SOAK else 200
    trouble: Mapping[str, Any] = {}

    def __init__(self, project: Project) -> None:
        self.project = project
        self.assembly = project.synth("soak", {"a2i.backend.mode": self.backend})
        project.cli.deploy(self.assembly, STACK)
        self.local = project.local
        self.outputs = project.outputs()
        self.client = project.client
        self.sqs = project.client("sqs")
        project.bring_messages_again_soon()
        self.heard_url = self._listen()
        self.sent = 0
        self.refused = 0
        self._over = threading.Event()
        self._signing_in = threading.Lock()

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Send all requests meanwhile, the first one of each batch twice."""
        thread = threading.Thread(target=self._send, daemon=True)
        thread.start()
        yield
        thread.join()

    def destroy(self) -> None:
        """Try to destroy the stack until its guard has counted; each attempt is refused.

        A guard that is killed, or meets more faults than boto3 repeats, refuses without a count.
        """
        for _ in range(DESTROY_ATTEMPTS):
            with pytest.raises(CdkCliError):
                self.project.cli.destroy(self.assembly, STACK)
            reasons = self.project.event_reasons()
            if "would lose reviews" in reasons:
                return
        raise AssertionError(reasons)

    @contextmanager
    def people_and_schedule(self) -> Iterator[None]:
        """Reviewers answer whatever comes up; the reconciler runs, more often than on AWS."""
        reviewers = [partial(self._review, number) for number in range(REVIEWERS)]
        threads = [
            *(threading.Thread(target=work, daemon=True) for work in reviewers),
            threading.Thread(target=self._reconcile, daemon=True),
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join()

    def entries(self) -> list[dict[str, Any]]:
        """The ledger."""
        pages = self.client("dynamodb").get_paginator("scan")
        found = pages.paginate(TableName=self.outputs["LedgerTableName"], ConsistentRead=True)
        return [item for page in found for item in page["Items"]]

    def closed(self) -> int:
        """How many reviews have ended and told so to all who wait."""
        return sum("toldAt" in entry for entry in self.entries())

    def portal(self) -> Portal:
        """Where the reviewer answers."""
        return PortalClient(self.local.portal_url)

    def runtime(self) -> Any:
        """A client of the human loops."""
        return self.client("sagemaker-a2i-runtime")

    def human_loops(self) -> list[dict[str, str]]:
        pages = self.runtime().get_paginator("list_human_loops")
        arn = self.outputs["SentimentFlowDefinitionArn"]
        found = pages.paginate(FlowDefinitionArn=arn, MaxResults=100)
        return [loop for page in found for loop in page["HumanLoopSummaries"]]

    def messages(self, queue_url: str) -> int:
        """How many messages a queue has, those in somebody's hands included."""
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        found = self.sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=[*names])
        return sum(int(found["Attributes"][name]) for name in names)

    def heard(self) -> dict[str, dict[str, set[str]]]:
        """By detail type and reviewId: the ids of the events that came."""
        ids: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        while True:
            received = self.sqs.receive_message(QueueUrl=self.heard_url, MaxNumberOfMessages=10)
            if not received.get("Messages"):
                return ids
            for message in received["Messages"]:
                event = json.loads(message["Body"])
                detail = event["detail"]
                ids[event["detail-type"]][detail["reviewId"]].add(detail["eventId"])

    def _send(self) -> None:
        for first in range(0, self.reviews, BATCH):
            numbers = [*range(first, min(first + BATCH, self.reviews))]
            self._send_batch(numbers)
            self._send_batch(numbers[:1])
            self.sent = first + BATCH
            if self.sent >= self.reviews / 2:  # goes on while the stack is to be destroyed
                self._over.wait(1)

    def _send_batch(self, numbers: list[int]) -> None:
        """Send until SQS has taken each, as producers do: the queue denies sends for a while."""
        left = {str(number): json.dumps(_request(number)) for number in numbers}
        while left:
            entries = [{"Id": name, "MessageBody": body} for name, body in left.items()]
            try:
                answer = self.sqs.send_message_batch(
                    QueueUrl=self.outputs["QueueUrl"], Entries=entries
                )
            except ClientError as error:
                assert error.response["Error"]["Code"] == "AccessDenied"  # noqa: PT017  # in a thread
                answer = {"Successful": []}
            for taken in answer["Successful"]:
                del left[taken["Id"]]
            self.refused += len(left)
            self._over.wait(0.2 if left else 0)

    def _review(self, number: int) -> None:
        """Answer each task whose place in the list falls to this reviewer."""
        portal = self._sign_in()
        while not self._over.wait(0.2):
            try:
                for task in portal.tasks(WORKER)[number::REVIEWERS]:
                    portal.submit(task["id"], WORKER, {"sentiment": {"label": "Negative"}})
            except (PortalError, OSError):  # answered just now, killed, or the session is over
                portal = self._sign_in()

    def _sign_in(self) -> Portal:
        with self._signing_in:  # it sets a new password
            return self.portal()

    def _reconcile(self) -> None:
        functions = self.client("lambda")
        while not self._over.wait(RECONCILE_EVERY_SECONDS):
            with suppress(BotoCoreError):  # a run that takes longer than boto3 waits goes on
                functions.invoke(FunctionName=self.outputs["ReconcilerFunctionName"], Payload="{}")

    def _listen(self) -> str:
        url = str(self.sqs.create_queue(QueueName="soak-heard")["QueueUrl"])
        arn = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        events = self.client("events")
        events.put_rule(Name="soak", EventPattern=json.dumps({"source": ["a2i.review"]}))
        target = {"Id": "queue", "Arn": arn["Attributes"]["QueueArn"]}
        events.put_targets(Rule="soak", Targets=[target])
        return url


def _request(number: int) -> dict[str, Any]:
    return {
        "reviewId": f"soak-{number}",
        "input": {"taskObject": f"Text {number}", "initialValue": "Positive"},
        "prediction": {"Sentiment": "POSITIVE", "SentimentScore": {"Positive": 0.5}},
    }


def finish_all(soak: Soak) -> None:
    """Send all reviews while everything goes wrong, and hold the stack to: none lost, none twice.

    A tenth of the requests is sent twice, functions are killed in the midst of their work, and in
    the middle somebody tries to destroy the stack. What a killed function had in hand comes again
    through the queue, or by the reconciler.
    """
    reviews = soak.reviews
    killer = FunctionKiller(soak.local, most=reviews // 40)
    with faults(soak.local, soak.trouble), soak.people_and_schedule():
        with killer.at_work():
            with soak.sending():
                until(lambda: soak.sent >= reviews / 2, PATIENCE_SECONDS)
                soak.destroy()
            until(lambda: killer.killed == killer.most, PATIENCE_SECONDS)
        until(lambda: soak.closed() == reviews, PATIENCE_SECONDS)
        until(lambda: soak.messages(soak.outputs["QueueUrl"]) == 0, PATIENCE_SECONDS)

    entries = {entry["reviewId"]["S"]: entry for entry in soak.entries()}
    assert len(entries) == reviews
    assert {entry["status"]["S"] for entry in entries.values()} == {"Completed"}
    assert not any("openFlow" in entry for entry in entries.values())

    loops = soak.human_loops()
    assert len(loops) == reviews
    expected = {entry["humanLoopName"]["S"] for entry in entries.values()}
    assert {loop["HumanLoopName"] for loop in loops} == expected
    assert {loop["HumanLoopStatus"] for loop in loops} == {"Completed"}

    heard = soak.heard()
    assert set(heard["Human Review Started"]) == set(entries)
    assert set(heard["Human Review Finished"]) == set(entries)
    for ids in (*heard["Human Review Finished"].values(), *heard["Human Review Started"].values()):
        assert len(ids) == 1

    assert soak.messages(soak.outputs["DeadLetterQueueUrl"]) == 0
    print(
        f"{reviews} reviews, {killer.killed} kills, {soak.refused} sends refused: 0 lost, 0 twice"
    )
