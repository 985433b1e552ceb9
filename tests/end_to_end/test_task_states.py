"""What a team puts beside the stack, on the local AWS: state machines, a manifest, a topic."""

import json
import sys
import uuid
from typing import Any

import pytest

from a2i_cli.demo.portal_client import PortalClient
from tests.end_to_end.conftest import CONTEXT, STACK, WORKER, Project
from tests.end_to_end.operating import until

pytestmark = [pytest.mark.local_aws, pytest.mark.xdist_group("task-states")]

UNSURE = {"SentimentScore": {"Positive": 0.5, "Negative": 0.5}}
SURE = {"SentimentScore": {"Positive": 0.999}}
PAGE = {"taskObject": "It arrived late.", "initialValue": "Positive"}
# Without the sample of cdk.json, which would pick some of the sure ones.
POLICY = {"confidence": {"path": "max(values(SentimentScore))", "below": 0.99}}
FROM_TOPICS = {
    "Effect": "Allow",
    "Principal": {"Service": "sns.amazonaws.com"},
    "Action": "sqs:SendMessage",
    "Resource": "*",
}
SHOP = "shop.orders"
LINES = 1000
EVERY_FIFTIETH = 50
REFUSED_LINES = 10


class Machines:
    """Starts executions and sees how they end."""

    def __init__(self, project: Project) -> None:
        self._outputs = project.outputs()
        self._stepfunctions = project.client("stepfunctions")
        self._portal = PortalClient(project.local.portal_url)

    def start(self, machine: str, **execution_input: Any) -> str:
        started = self._stepfunctions.start_execution(
            stateMachineArn=self._outputs[f"{machine}StateMachineArn"],
            input=json.dumps(execution_input),
        )
        return str(started["executionArn"])

    def end_of(self, execution: str, seconds: float = 60) -> dict[str, Any]:
        def ended() -> dict[str, Any] | None:
            found: dict[str, Any] = self._stepfunctions.describe_execution(executionArn=execution)
            return None if found["status"] == "RUNNING" else found

        found: dict[str, Any] = until(ended, seconds)
        return found

    def task_of(self, loop: str) -> str:
        """The task of a human loop, once it is in the portal."""
        found = until(lambda: [t for t in self._portal.tasks(WORKER) if t["humanLoopName"] == loop])
        return str(found[0]["id"])

    def answer(self, loop: str) -> None:
        self._portal.submit(self.task_of(loop), WORKER, {"sentiment": {"label": "Negative"}})


class Reviews:
    """The ledger, by reviewId."""

    def __init__(self, project: Project) -> None:
        self._dynamodb = project.client("dynamodb")
        self._table = project.outputs()["LedgerTableName"]

    def all(self) -> dict[str, dict[str, str]]:
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=self._table)
        entries = [
            {name: value["S"] for name, value in item.items() if "S" in value}
            for page in pages
            for item in page["Items"]
        ]
        return {entry["reviewId"]: entry for entry in entries}

    def loop_of(self, review_id: str) -> str:
        """The human loop of a review, once it runs."""

        def running() -> str | None:
            entry = self.all().get(review_id, {})
            return entry["humanLoopName"] if entry.get("status") == "InProgress" else None

        return str(until(running))


@pytest.fixture(scope="module")
def deployed(project: Project) -> Project:
    app = f"{sys.executable} -m tests.end_to_end.task_states_app"
    context = {
        **CONTEXT,
        "a2i.flows.0.reviewWhen": json.dumps(POLICY),
        "a2i.requests.eventSources": json.dumps([SHOP]),
    }
    project.cli.deploy(project.cli.synth(app, project.folder / "tasks", context=context), STACK)
    return project


@pytest.fixture(scope="module")
def machines(deployed: Project) -> Machines:
    return Machines(deployed)


@pytest.fixture(scope="module")
def reviews(deployed: Project) -> Reviews:
    return Reviews(deployed)


def test_an_execution_succeeds_when_the_reviewer_has_answered(
    machines: Machines, reviews: Reviews
) -> None:
    execution = machines.start("Patient", order="asked-1", page=PAGE, prediction=UNSURE)
    machines.answer(reviews.loop_of("asked-1"))
    ended = machines.end_of(execution)
    assert ended["status"] == "SUCCEEDED", ended
    output = json.loads(ended["output"])
    assert output["order"] == "asked-1"
    assert output["review"]["decision"] == "ReviewFinished"
    assert output["review"]["status"] == "Completed"
    assert output["review"]["changedFields"] == ["sentiment"]
    assert output["review"]["resultUri"].endswith("/result.json")


def test_an_execution_goes_on_at_once_when_nobody_is_needed(machines: Machines) -> None:
    ended = machines.end_of(machines.start("Patient", order="sure-1", page=PAGE, prediction=SURE))
    assert ended["status"] == "SUCCEEDED", ended
    review = json.loads(ended["output"])["review"]
    assert (review["decision"], review["status"]) == ("ReviewNotNeeded", "NotNeeded")
    assert review["humanLoopName"] is None


def test_two_executions_that_ask_for_one_review_are_both_answered(
    machines: Machines, reviews: Reviews
) -> None:
    asked = [
        machines.start("Patient", order="shared-1", page=PAGE, prediction=UNSURE) for _ in range(2)
    ]
    machines.answer(reviews.loop_of("shared-1"))
    uris = {
        json.loads(machines.end_of(execution)["output"])["review"]["resultUri"]
        for execution in asked
    }
    assert len(uris) == 1


def test_a_refused_request_fails_with_the_name_of_its_error(machines: Machines) -> None:
    ended = machines.end_of(
        machines.start("Patient", order="refused-1", page={"text": "?"}, prediction=UNSURE)
    )
    assert (ended["status"], ended["error"]) == ("FAILED", "MissingInputError")


def test_a_stopped_review_fails_with_the_name_of_its_end(
    deployed: Project, machines: Machines, reviews: Reviews
) -> None:
    execution = machines.start("Patient", order="stopped-1", page=PAGE, prediction=UNSURE)
    loop = reviews.loop_of("stopped-1")
    deployed.client("sagemaker-a2i-runtime").stop_human_loop(HumanLoopName=loop)
    ended = machines.end_of(execution)
    assert (ended["status"], ended["error"]) == ("FAILED", "HumanReviewStopped")
    assert json.loads(ended["cause"])["humanLoopName"] == loop


def test_a_task_times_out_while_its_review_goes_on(machines: Machines, reviews: Reviews) -> None:
    execution = machines.start("Impatient", order="late-1", text="It arrived late.")
    ended = machines.end_of(execution)
    assert (ended["status"], ended["error"]) == ("FAILED", "NobodyAnswered")

    machines.answer(reviews.loop_of("late-1"))
    until(lambda: reviews.all()["late-1"].get("toldAt"))
    assert reviews.all()["late-1"]["status"] == "Completed"


def test_a_thousand_lines_of_a_manifest_become_decisions(
    deployed: Project, machines: Machines, reviews: Reviews
) -> None:
    run = uuid.uuid4().hex[:8]
    key = f"manifests/{run}.jsonl"
    deployed.client("s3").put_object(
        Bucket=deployed.outputs()["InputBucketName"], Key=key, Body=_manifest(run)
    )

    ended = machines.end_of(machines.start("Bulk", manifestKey=key), seconds=400)

    assert ended["status"] == "SUCCEEDED", ended
    statuses = [
        entry["status"] for name, entry in reviews.all().items() if name.startswith(f"{run}-")
    ]
    needed = LINES // EVERY_FIFTIETH
    assert statuses.count("InProgress") == needed
    assert statuses.count("NotNeeded") == LINES - needed - REFUSED_LINES
    assert len(statuses) == LINES - REFUSED_LINES


def test_reviewers_are_told_that_a_review_waits(
    deployed: Project, machines: Machines, reviews: Reviews
) -> None:
    sqs, sns = deployed.client("sqs"), deployed.client("sns")
    attributes = {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [FROM_TOPICS]})}
    inbox = sqs.create_queue(QueueName="inbox", Attributes=attributes)["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=inbox, AttributeNames=["QueueArn"])
    sns.subscribe(
        TopicArn=deployed.outputs()["ReviewersTopicArn"],
        Protocol="sqs",
        Endpoint=found["Attributes"]["QueueArn"],
    )

    machines.start("Patient", order="told-1", page=PAGE, prediction=UNSURE)
    machines.answer(reviews.loop_of("told-1"))

    [message] = until(lambda: sqs.receive_message(QueueUrl=inbox).get("Messages"))
    text = json.loads(message["Body"])["Message"].strip('"')
    assert text == "A review of sentiment waits for you in the worker portal"


def test_an_event_starts_the_review_whose_request_it_names(
    deployed: Project, machines: Machines, reviews: Reviews
) -> None:
    uri = _hand_in(deployed, "requests/_incoming/event-1.json")
    _put_event(deployed, {"reviewId": "event-1", "requestUri": uri})

    machines.answer(reviews.loop_of("event-1"))
    until(lambda: reviews.all()["event-1"].get("toldAt"))
    assert reviews.all()["event-1"]["status"] == "Completed"


def test_an_upload_starts_the_review_that_the_rule_makes_of_it(
    deployed: Project, machines: Machines, reviews: Reviews
) -> None:
    key = f"requests/_incoming/uploads/{uuid.uuid4().hex}.json"
    _hand_in(deployed, key)

    machines.answer(reviews.loop_of(key))
    until(lambda: reviews.all()[key].get("toldAt"))


def test_an_event_that_can_never_start_is_kept_with_the_reason(deployed: Project) -> None:
    detail = {"reviewId": "event-2", "input": PAGE}
    _put_event(deployed, detail)

    queue = {
        "QueueUrl": deployed.outputs()["DeadLetterQueueUrl"],
        "MessageAttributeNames": ["error"],
    }
    [message] = until(lambda: deployed.client("sqs").receive_message(**queue).get("Messages"))
    assert json.loads(message["Body"])["detail"] == detail
    reason = message["MessageAttributes"]["error"]["StringValue"]
    assert reason.startswith("InvalidRequestError: an event names its request")


def test_the_schedule_runs_the_reconciler(deployed: Project) -> None:
    function = deployed.outputs()["ReconcilerFunctionName"]
    settings = deployed.client("lambda").get_function_configuration(FunctionName=function)
    logs = deployed.client("logs")

    def messages() -> str:
        events = logs.filter_log_events(logGroupName=settings["LoggingConfig"]["LogGroup"])
        return "\n".join(event["message"] for event in events["events"])

    # Nobody else invokes it here; the first time comes a minute after the deployment.
    until(lambda: "END RequestId" in messages(), seconds=120)
    assert "Traceback" not in messages()


def _hand_in(deployed: Project, key: str) -> str:
    """Put a request into the input bucket; returns its URI."""
    bucket = deployed.outputs()["InputBucketName"]
    request = {"input": PAGE, "prediction": UNSURE}
    deployed.client("s3").put_object(Bucket=bucket, Key=key, Body=json.dumps(request).encode())
    return f"s3://{bucket}/{key}"


def _put_event(deployed: Project, detail: dict[str, Any]) -> None:
    entry = {
        "Source": SHOP,
        "DetailType": "Human Review Requested",
        "Detail": json.dumps(detail),
    }
    answer = deployed.client("events").put_events(Entries=[entry])
    assert answer["FailedEntryCount"] == 0, answer


def _manifest(run: str) -> bytes:
    """Mostly sure predictions, some unsure ones, and at the end as many bad lines as tolerated."""
    lines = [
        {
            "reviewId": f"{run}-{number}",
            "input": {} if number >= LINES - REFUSED_LINES else PAGE,
            "prediction": SURE if number % EVERY_FIFTIETH else UNSURE,
        }
        for number in range(LINES)
    ]
    return "\n".join(map(json.dumps, lines)).encode()
