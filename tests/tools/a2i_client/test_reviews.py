"""The client with an application's permissions, on a stack deployed to the local AWS."""

import shlex
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from a2i_cli.demo.portal_client import PortalClient, answer_open_tasks
from a2i_client import RequestRefusedError, Reviews, ReviewsError, StackNotFoundError
from a2i_core.names import human_loop_name
from a2i_local.cdk_cli import CdkCli
from a2i_local.host import LocalAws
from tests.end_to_end.conftest import CONTEXT, ROOT, STACK, WORKER, Project

pytestmark = [pytest.mark.local_aws, pytest.mark.xdist_group("client")]

CLIENT_APP = shlex.join([sys.executable, "-m", "tests.tools.a2i_client.client_app"])
FLOW = "sentiment"
TEXT = {"taskObject": "It arrived late.", "initialValue": "Positive"}
UNSURE = {"Sentiment": "POSITIVE", "SentimentScore": {"Positive": 0.6}}
SURE = {"Sentiment": "POSITIVE", "SentimentScore": {"Positive": 0.999}}
NEVER_SAMPLED = "order-4"
"""Of the 2 % that the policy of cdk.json draws, this id is none."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with LocalAws.start() as local:
        cli = CdkCli(local.environment, project=ROOT)
        cli.deploy(CLIENT_APP, STACK, context=CONTEXT)
        yield Project(local, cli, tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def session(project: Project) -> Iterator[boto3.Session]:
    """The credentials of an application: the role's, and nothing of the account's."""
    role = project.outputs()["ApplicationRoleArn"]
    assumed = project.client("sts").assume_role(RoleArn=role, RoleSessionName="application")
    credentials = assumed["Credentials"]
    environment = project.local.environment
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ENDPOINT_URL", "AWS_CA_BUNDLE"):
            patch.setenv(name, environment[name])
        yield boto3.Session(
            region_name=environment["AWS_REGION"],
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
        )


@pytest.fixture(scope="module")
def reviews(session: boto3.Session) -> Reviews:
    return Reviews(STACK, session=session)


@pytest.fixture
def record(project: Project) -> Any:
    """Write a ledger entry as the starter leaves it."""
    parts = project.outputs()
    stacks = project.client("cloudformation").describe_stacks(StackName=STACK)
    stack_id = stacks["Stacks"][0]["StackId"]

    def write(review_id: str, status: str, flow: str = FLOW, **more: str) -> None:
        entry = {
            "humanLoopName": human_loop_name(stack_id, flow, review_id),
            "reviewId": review_id,
            "flow": flow,
            "status": status,
            "startedAt": "2026-01-01T00:00:00.000Z",
            **more,
        }
        item: dict[str, Any] = {name: {"S": value} for name, value in entry.items()}
        item["reasons"] = {"L": []}
        project.client("dynamodb").put_item(TableName=parts["LedgerTableName"], Item=item)

    return write


def answer_one(project: Project, label: str) -> None:
    answer = {"sentiment": {"label": label}}
    portal = PortalClient(project.local.portal_url)
    assert list(answer_open_tasks(portal, [WORKER], expected=1, answer=lambda _: answer))


def test_a_prediction_is_sent_answered_and_returned(project: Project, reviews: Reviews) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    review = reviews.send("order-1", input=TEXT, prediction=UNSURE, flow=FLOW)
    assert review.decision == "ReviewStarted"
    assert review.needs_a_person
    assert review.reasons == ("confidence 0.6 is below 0.99",)
    assert reviews.find("order-1") == review

    answer_one(project, "Negative")
    result = reviews.wait(review, timeout=180)
    assert result.is_completed
    assert result.answer == {"sentiment": {"label": "Negative"}}
    assert result.changes == {"sentiment": {"before": "POSITIVE", "after": "Negative"}}
    assert result.prediction == UNSURE
    assert reviews.wait("order-1", timeout=0) == result

    again = reviews.send("order-1", input=TEXT, prediction=UNSURE, flow=FLOW)
    assert again.decision == "ReviewFinished"
    listed = reviews.results(since=before)
    assert list(listed) == [result]
    assert list(reviews.results("second")) == []
    assert list(reviews.results(FLOW, since=datetime.now(UTC) + timedelta(seconds=1))) == []

    frame = listed.to_dataframe()
    assert list(frame["answer.sentiment.label"]) == ["Negative"]
    assert list(frame["prediction.SentimentScore.Positive"]) == [0.6]
    assert frame["finishedAt"][0] == result.finished_at


def test_results_are_read_one_by_one(reviews: Reviews, project: Project) -> None:
    for number in (1, 2):
        reviews.send(f"lazy-{number}", input=TEXT, flow="second")
    for number in (1, 2):
        answer_one(project, "Mixed")
        assert number
    for number in (1, 2):
        reviews.wait(f"lazy-{number}", timeout=180)
    one_by_one = iter(reviews.results("second"))
    first = next(one_by_one)
    bucket, _, key = str(first.result_uri).removeprefix("s3://").partition("/")
    assert first.flow == "second"
    s3 = project.client("s3")
    stored = s3.list_objects_v2(Bucket=bucket, Prefix="results/second/")["Contents"]
    for each in stored:
        if each["Key"] != key:
            s3.delete_object(Bucket=bucket, Key=each["Key"])
    assert list(one_by_one) == []


def test_what_nobody_needs_has_no_answer(reviews: Reviews) -> None:
    review = reviews.send(NEVER_SAMPLED, input=TEXT, prediction=SURE, flow=FLOW)
    assert review.decision == "ReviewNotNeeded"
    assert not review.needs_a_person
    result = reviews.wait(review, timeout=0)
    assert (result.status, result.answer, result.is_completed) == ("NotNeeded", None, False)


@pytest.mark.parametrize(
    ("request_", "error", "field"),
    [
        ({"review_id": ""}, "InvalidRequestError", "reviewId"),
        ({"review_id": 7}, "InvalidRequestError", "reviewId"),
        ({"input": []}, "InvalidRequestError", "input"),
        ({"input": {"taskObject": float("nan")}}, "InvalidRequestError", "input"),
        (
            {"input": {"taskObject": datetime(2026, 1, 1, tzinfo=UTC)}},
            "InvalidRequestError",
            "input",
        ),
        ({"prediction": {"half": "\ud800"}}, "InvalidRequestError", "prediction"),
        ({"input": {"initialValue": "Positive"}}, "MissingInputError", "input.taskObject"),
        ({"input": {**TEXT, "more": "x" * (3 * 2**20)}}, "InputTooLargeError", "input"),
        ({"input": {**TEXT, "more": "x" * (7 * 2**20)}}, "InputTooLargeError", "input"),
        ({"flow": "sentimnt"}, "UnknownFlowError", "flow"),
        ({"flow": None}, "UnknownFlowError", "flow"),
    ],
)
def test_a_wrong_request_names_its_field(
    reviews: Reviews, request_: dict[str, Any], error: str, field: str
) -> None:
    right = {"review_id": "wrong", "input": TEXT, "prediction": UNSURE, "flow": FLOW}
    with pytest.raises(RequestRefusedError) as raised:
        reviews.send(**{**right, **request_})
    assert (raised.value.error, raised.value.field) == (error, field)
    assert reviews.find("wrong") is None


def test_an_id_used_with_other_content_is_refused(reviews: Reviews) -> None:
    reviews.send("twice", input=TEXT, prediction=SURE, flow=FLOW)
    with pytest.raises(RequestRefusedError, match="ReviewIdConflictError") as raised:
        reviews.send("twice", input=TEXT, prediction=UNSURE, flow=FLOW)
    assert raised.value.field == "reviewId"


def test_what_is_pending_when_the_time_is_over_is_named(reviews: Reviews, record: Any) -> None:
    review = reviews.send("pending", input=TEXT, prediction=UNSURE, flow=FLOW)
    words = "'pending' of flow 'sentiment' is InProgress after 0 s: a reviewer has yet to answer"
    with pytest.raises(TimeoutError, match=words) as raised:
        reviews.wait(review, timeout=0)
    assert str(review.human_loop_name) in str(raised.value)
    record("queued", "Starting")
    with pytest.raises(TimeoutError, match=r"is Starting after 0\.1 s: A2I has yet to start"):
        reviews.wait("queued", timeout=0.1)
    with pytest.raises(TimeoutError, match=r"not known .* stack HumanReview \(flows: second, sen"):
        reviews.wait("no-such-order", timeout=0)


def test_an_id_of_two_flows_needs_the_flow(reviews: Reviews, record: Any) -> None:
    record("both", "NotNeeded")
    record("both", "NotNeeded", flow="second")
    with pytest.raises(ReviewsError, match="flows second, sentiment all have a review 'both'"):
        reviews.wait("both", timeout=0)
    assert reviews.wait("both", timeout=0, flow="second").flow == "second"


def test_a_result_that_was_erased_is_said_to_be_gone(
    reviews: Reviews, record: Any, project: Project
) -> None:
    bucket = project.outputs()["OutputBucketName"]
    record("erased", "Completed", resultUri=f"s3://{bucket}/results/sentiment/0/result.json")
    with pytest.raises(ReviewsError, match="'erased' is Completed, but its result is gone"):
        reviews.wait("erased", timeout=0)


def test_a_mistyped_flow_has_no_results(reviews: Reviews) -> None:
    with pytest.raises(ReviewsError, match=r"no flow 'sentimnt'.* it has: second, sentiment"):
        list(reviews.results("sentimnt"))


def test_a_time_without_a_zone_is_refused(reviews: Reviews) -> None:
    with pytest.raises(ValueError, match="since must have a time zone, got 2026-01-01T00:00:00"):
        reviews.results(since=datetime(2026, 1, 1))  # noqa: DTZ001 -- that is the point


def test_without_pandas_one_line_says_so(reviews: Reviews, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ModuleNotFoundError, match=r"to_dataframe needs pandas, .* pip install"):
        reviews.results().to_dataframe()


def test_a_stack_that_is_not_there_is_named(project: Project, session: boto3.Session) -> None:
    environment = project.local.environment
    root = boto3.Session(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"])
    reviews = Reviews("NoSuchStack", session=root, region=environment["AWS_REGION"])
    with pytest.raises(StackNotFoundError, match="no stack 'NoSuchStack' with reviews is deployed"):
        reviews.find("order-1")
