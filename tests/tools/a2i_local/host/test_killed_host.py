"""State that outlives `kill -9` of the host's process."""

import os
import signal
import socket
import time
from pathlib import Path

import pytest

from a2i_local.host import LocalAws, LocalAwsError
from a2i_local.host.clients import make_client
from tests.tools.a2i_local.host.review_account import TEMPORARY, PortalSession, ReviewAccount

pytestmark = pytest.mark.local_aws

REVIEWER = "ann@example.com"
CHOSEN = "Chosen-secret-1"
SAVED_WITHIN_SECONDS = 60


def kill(aws: LocalAws) -> None:
    os.kill(aws.pid, signal.SIGKILL)
    aws.stop()


def submit(session: PortalSession, loop: str, answer: str) -> None:
    content = {"answerContent": {"answer": answer}}
    status, _ = session.call("POST", f"tasks/{session.task(loop)}/submit", content)
    assert status == 200


def answers(account: ReviewAccount, loop: str) -> list[object]:
    return [answer["answerContent"] for answer in account.output(loop)["humanAnswers"]]


def test_no_acknowledged_start_or_answer_is_lost(tmp_path: Path) -> None:
    aws = LocalAws.start(state_dir=tmp_path)
    account = ReviewAccount.make(aws, REVIEWER)
    session = PortalSession(aws.portal_url)
    assert session.sign_in(REVIEWER, TEMPORARY, newPassword=CHOSEN)[0] == 200
    account.start("answered", text="a")
    account.start("open", text="b")
    submit(session, "answered", "before")
    kill(aws)

    with LocalAws.start(state_dir=tmp_path) as again:
        account.aws = again
        assert account.status("answered") == "Completed"
        assert answers(account, "answered") == [{"answer": "before"}]
        assert account.status("open") == "InProgress"
        session = PortalSession(again.portal_url)
        assert session.sign_in(REVIEWER, CHOSEN)[0] == 200
        submit(session, "open", "after")
        assert account.status("open") == "Completed"
        assert answers(account, "open") == [{"answer": "after"}]


def test_a_start_that_was_just_acknowledged_can_be_answered(tmp_path: Path) -> None:
    """Role, bucket and users are as young as the loop: they must be as durable."""
    aws = LocalAws.start(state_dir=tmp_path)
    account = ReviewAccount.make(aws, REVIEWER)
    account.start("young", text="a")
    kill(aws)

    with LocalAws.start(state_dir=tmp_path) as again:
        account.aws = again
        session = PortalSession(again.portal_url)
        assert session.sign_in(REVIEWER, TEMPORARY, newPassword=CHOSEN)[0] == 200
        submit(session, "young", "after")
        assert answers(account, "young") == [{"answer": "after"}]


def test_other_services_are_saved_soon_after_a_change(tmp_path: Path) -> None:
    aws = LocalAws.start(state_dir=tmp_path)
    make_client("sqs", aws.environment).create_queue(QueueName="kept")
    make_client("ssm", aws.environment).put_parameter(Name="kept", Value="v", Type="String")
    _wait_until_saved("kept", tmp_path / "aws/sqs.json", tmp_path / "aws/ssm.json")
    kill(aws)

    with LocalAws.start(state_dir=tmp_path) as again:
        assert make_client("sqs", again.environment).get_queue_url(QueueName="kept")["QueueUrl"]
        parameter = make_client("ssm", again.environment).get_parameter(Name="kept")
        assert parameter["Parameter"]["Value"] == "v"


def test_the_next_start_says_that_the_last_run_was_killed(tmp_path: Path) -> None:
    with LocalAws.start(state_dir=tmp_path) as aws:
        assert aws.notes == []
    aws = LocalAws.start(state_dir=tmp_path)
    assert aws.notes == []
    account = ReviewAccount.make(aws)
    kill(aws)
    (tmp_path / "aws" / "iam.json").unlink()

    with LocalAws.start(state_dir=tmp_path) as again:
        assert again.notes == [
            f"the last local AWS with the state folder {tmp_path} was killed: what A2I "
            "acknowledged is complete, other services may lack the last second",
            "the role arn:aws:iam::123456789012:role/flow-us-east-1 of "
            f"{account.flow_arn} does not exist",
        ]
    with LocalAws.start(state_dir=tmp_path) as orderly:
        assert orderly.notes == []


def test_the_ports_stay_as_long_as_they_are_free(tmp_path: Path) -> None:
    with LocalAws.start(state_dir=tmp_path) as aws:
        first = aws.endpoint
    with LocalAws.start(state_dir=tmp_path) as aws:
        assert (aws.endpoint.url, aws.portal_url) == (first.url, first.portal_url)
    with (
        socket.create_server(("127.0.0.1", first.port)),
        LocalAws.start(state_dir=tmp_path) as aws,
    ):
        assert aws.endpoint.port != first.port
        assert aws.notes == [
            f"AWS clients find this one on port {aws.endpoint.port}, the last one was on "
            f"{first.port}: URLs that stacks were given then, of queues for one, name the old port"
        ]


def test_a_second_local_aws_leaves_the_folder_alone(tmp_path: Path) -> None:
    with LocalAws.start(state_dir=tmp_path) as aws:
        make_client("sqs", aws.environment).create_queue(QueueName="kept")
        _wait_until_saved("kept", tmp_path / "aws/sqs.json")
        with pytest.raises(LocalAwsError, match="is in use by another local AWS"):
            LocalAws.start(state_dir=tmp_path)
        kill(aws)

    with LocalAws.start(state_dir=tmp_path) as again:
        assert make_client("sqs", again.environment).get_queue_url(QueueName="kept")["QueueUrl"]


def _wait_until_saved(text: str, *files: Path) -> None:
    deadline = time.monotonic() + SAVED_WITHIN_SECONDS
    while not all(file.exists() and text in file.read_text(encoding="utf-8") for file in files):
        assert time.monotonic() < deadline, f"not saved within {SAVED_WITHIN_SECONDS} seconds"
        time.sleep(0.1)
