"""A deployed stack and its open reviews outlive `kill -9` of the local AWS."""

import os
import signal
import time
from pathlib import Path

import pytest

from a2i_cli.demo.clients import Clients
from a2i_cli.demo.portal_client import PortalClient
from a2i_cli.demo.reviewers import answer_open_tasks
from a2i_cli.demo.reviews import Review, read_requests, send, wait_for_results
from a2i_cli.demo.stack import DemoStack
from a2i_local.host import LocalAws

pytestmark = pytest.mark.local_aws

ROOT = Path(__file__).parents[2]
PREDICTIONS = ROOT / "worker_templates" / "sentiment_review.predictions.jsonl"
WORKERS = ("alice@example.com", "bob@example.com")
SAVED_WITHIN_SECONDS = 30


def test_open_reviews_end_with_their_results(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with LocalAws.start(state_dir=state) as aws:
        stack = DemoStack(
            ROOT,
            aws.environment,
            workers=WORKERS,
            assembly=tmp_path / "cdk.out",
            on_progress=lambda _: None,
        )
        stack.deploy()
        clients = Clients(aws.environment)
        outputs = clients.stack_outputs(stack.name)
        starter = outputs["StarterFunctionName"]
        reviews = [send(clients, starter, request) for request in read_requests(PREDICTIONS)]
        open_reviews = [review for review in reviews if review.needs_a_person]
        _wait_until_saved(state / "aws" / "dynamodb.json", open_reviews)
        os.kill(aws.pid, signal.SIGKILL)

    with LocalAws.start(state_dir=state) as again:
        portal = PortalClient(again.portal_url)
        answers = list(answer_open_tasks(portal, WORKERS, expected=len(open_reviews)))
        table = outputs["LedgerTableName"]
        wait_for_results(Clients(again.environment), table, reviews, on_progress=lambda _: None)

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
