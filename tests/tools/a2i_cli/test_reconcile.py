"""`a2i reconcile`: what it asks of the reconciler, and what it shows of its report."""

import io
import json
from typing import Any, cast

import pytest
from typer.testing import CliRunner, Result

from a2i_cli.aws import AwsClients
from a2i_cli.main import app

PARTS = (
    "starter-function-name",
    "queue-url",
    "dead-letter-queue-url",
    "input-bucket",
    "output-bucket",
    "ledger-table",
    "reconciler-function-name",
)
NOTHING_DONE: dict[str, Any] = {
    "starterResumed": False,
    "openReviews": 2,
    "reviews": [],
    "retiredFlowDefinitions": [],
}


class FakeClients:
    """Parameter Store with a stack's parts, and Lambda with its reconciler."""

    def __init__(self, report: dict[str, Any], parts: tuple[str, ...] = PARTS) -> None:
        self.report = report
        self.parts = parts
        self.failed = False
        self.requests: list[dict[str, Any]] = []
        self.ssm = self.lambda_ = self.meta = self
        self.region_name = "us-east-1"

    def get_paginator(self, _operation: str) -> "FakeClients":
        return self

    def paginate(self, **parameters: Any) -> list[dict[str, Any]]:
        path = parameters["Path"]
        return [{"Parameters": [{"Name": f"{path}/{part}", "Value": part} for part in self.parts]}]

    def invoke(self, **parameters: Any) -> dict[str, Any]:
        assert parameters["FunctionName"] == "reconciler-function-name"
        self.requests.append(json.loads(parameters["Payload"]))
        answer = {"Payload": io.BytesIO(json.dumps(self.report).encode())}
        return {**answer, "FunctionError": "Unhandled"} if self.failed else answer


def run(clients: FakeClients, *arguments: str) -> Result:
    command = ["reconcile", "--stack", "HumanReview", *arguments]
    return CliRunner().invoke(app, command, obj=cast("AwsClients", _Clients(clients)))


class _Clients(AwsClients):
    """What the command line takes for its clients."""

    def __init__(self, fake: FakeClients) -> None:
        self.ssm = fake  # type: ignore[assignment]  # it answers for both clients
        self.lambda_ = fake  # type: ignore[assignment]  # likewise


def test_says_that_nothing_had_to_be_done() -> None:
    clients = FakeClients(NOTHING_DONE)
    done = run(clients)
    assert done.exit_code == 0, done.output
    assert "2 open reviews, nothing to do about them" in done.stdout
    assert clients.requests == [{"discardStarting": False}]


def test_tells_a_mistyped_flow_from_one_with_nothing_to_do() -> None:
    done = run(FakeClients({**NOTHING_DONE, "openReviews": 0}), "--flow", "sentimnt")
    assert done.exit_code == 1
    assert "stack HumanReview has no flow 'sentimnt'" in done.stderr


def test_keeps_to_one_flow_when_asked() -> None:
    clients = FakeClients(NOTHING_DONE)
    run(clients, "--flow", "sentiment")
    assert clients.requests == [{"discardStarting": False, "flow": "sentiment"}]


def test_shows_reviews_and_flow_definitions() -> None:
    report = {
        "starterResumed": True,
        "openReviews": 1,
        "reviews": [_review("resumed", "was stuck before its human loop started")],
        "retiredFlowDefinitions": [
            {"name": "sentiment-0a1b2c3d-aaaaaaaaaa", "deleted": True, "pending": 0},
            {"name": "sentiment-0a1b2c3d-bbbbbbbbbb", "deleted": False, "pending": 3},
        ],
    }
    done = run(FakeClients(report))
    assert done.exit_code == 0, done.output
    assert "was stuck before its human loop started" in done.stdout
    assert "the starter takes requests again" in done.stderr
    assert "sentiment-0a1b2c3d-aaaaaaaaaa: deleted" in done.stderr
    assert "sentiment-0a1b2c3d-bbbbbbbbbb: retired, 3 human loops pending" in done.stderr


def test_prints_the_report_as_json() -> None:
    assert json.loads(run(FakeClients(NOTHING_DONE), "--json").stdout) == NOTHING_DONE


def test_fails_when_a_review_could_not_be_reconciled() -> None:
    report = {**NOTHING_DONE, "reviews": [_review("failed", "SomeError: said it")]}
    done = run(FakeClients(report))
    assert done.exit_code == 1
    assert "1 reviews could not be reconciled" in done.stderr
    assert "SomeError: said it" in done.stderr


def test_fails_with_the_reconcilers_own_words() -> None:
    clients = FakeClients({"errorType": "SomeError", "errorMessage": "said it"})
    clients.failed = True
    done = run(clients)
    assert done.exit_code == 1
    assert "the reconciler failed: SomeError: said it" in done.stderr


def test_fails_where_the_stack_has_no_reconciler() -> None:
    done = run(FakeClients(NOTHING_DONE, PARTS[:-1]))
    assert done.exit_code == 1
    assert "stack HumanReview has no reconciler" in done.stderr


def _review(action: str, reason: str) -> dict[str, str]:
    return {
        "humanLoopName": "sentiment-0123456789",
        "reviewId": "order-1",
        "flow": "sentiment",
        "action": action,
        "reason": reason,
    }


@pytest.mark.parametrize("option", ["--stack", "--flow", "--json"])
def test_help_names_the_options(option: str) -> None:
    shown = CliRunner().invoke(app, ["reconcile", "--help"], env={"COLUMNS": "200"})
    assert option in shown.stdout
