"""A deployed stack and its open reviews outlive `kill -9` of the local AWS."""

import os
import signal
import time
from pathlib import Path

import pytest

from a2i_cli.aws import AwsClients
from a2i_cli.demo.example import WORKERS, ExampleStack
from a2i_cli.demo.portal_client import PortalClient, answer_open_tasks
from a2i_cli.demo.reviews import Review, wait_for_results
from a2i_local.host import LocalAws
from human_review_demo import human_review, send_predictions
from sentiment_reviewer import answer_page

pytestmark = pytest.mark.local_aws

SAVED_WITHIN_SECONDS = 30


def test_open_reviews_end_with_their_results(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with LocalAws.start(state_dir=state) as aws:
        outputs = ExampleStack(human_review(), aws.environment, tmp_path / "cdk.out").deploy()
        clients = AwsClients(aws.environment)
        reviews = send_predictions(clients, outputs, lambda _: None)
        open_reviews = [review for review in reviews if review.needs_a_person]
        _wait_until_saved(state / "aws" / "dynamodb.json", open_reviews)
        os.kill(aws.pid, signal.SIGKILL)

    with LocalAws.start(state_dir=state) as again:
        portal = PortalClient(again.portal_url)
        answers = list(
            answer_open_tasks(portal, WORKERS, expected=len(open_reviews), answer=answer_page)
        )
        table = outputs["LedgerTableName"]
        wait_for_results(AwsClients(again.environment), table, reviews, on_progress=lambda _: None)

    assert len(answers) == len(open_reviews) > 0
    assert {review.status for review in open_reviews} == {"Completed"}
    assert all(review.result["answer"]["sentiment"] for review in open_reviews)


def _wait_until_saved(ledger: Path, reviews: list[Review]) -> None:
    """The ledger is not A2I's: it is on disk a moment later."""
    names = [str(review.human_loop_name) for review in reviews]
    deadline = time.monotonic() + SAVED_WITHIN_SECONDS
    while not ledger.exists() or not all(name in ledger.read_text() for name in names):
        assert time.monotonic() < deadline, f"not saved within {SAVED_WITHIN_SECONDS} seconds"
        time.sleep(0.2)
