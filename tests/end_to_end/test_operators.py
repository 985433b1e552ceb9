"""The `a2i` command as operators run it, against the project's own stack and functions."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from a2i_cli.demo.portal_client import PortalClient
from tests.end_to_end.conftest import ROOT, STACK, WORKER, Project

pytestmark = [pytest.mark.local_aws, pytest.mark.xdist_group("operators")]


class Operator:
    """A person at a shell in the project's folder, with the local AWS's variables set."""

    def __init__(self, project: Project) -> None:
        self._environment = {**os.environ, **project.local.environment}
        self._portal = PortalClient(project.local.portal_url)
        self._folder = project.folder

    def a2i(self, *arguments: str, fails: bool = False) -> str:
        """Run a command in the project and return its stdout, or its stderr where it fails."""
        done = subprocess.run(
            [Path(sys.executable).with_name("a2i"), *arguments],
            cwd=ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == (1 if fails else 0), done.stdout + done.stderr
        return done.stderr if fails else done.stdout

    def json(self, *arguments: str) -> Any:
        return json.loads(self.a2i(*arguments, "--json"))

    def start(self, review_id: str) -> str:
        """Send a prediction that needs a person; returns its human loop."""
        request = self._folder / f"{review_id}.json"
        request.write_text(
            json.dumps(
                {
                    "reviewId": review_id,
                    "input": {"taskObject": "secret words", "initialValue": "Positive"},
                    "prediction": {"Sentiment": "POSITIVE", "SentimentScore": {"Positive": 0.5}},
                }
            )
        )
        decision = self.json("loop", "start", "--request", str(request))
        assert decision["decision"] == "ReviewStarted"
        return str(decision["humanLoopName"])

    def answer(self, loop: str) -> None:
        """Answer a loop's task as a worker in the portal."""
        task = until(lambda: [t for t in self._portal.tasks(WORKER) if t["humanLoopName"] == loop])
        self._portal.submit(task[0]["id"], WORKER, {"sentiment": {"label": "Negative"}})


def until(look: Callable[[], Any], seconds: float = 60) -> Any:
    """Return what `look` finds, as soon as that is something."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"nothing within {seconds} s"
        time.sleep(0.2)
    return found


@pytest.fixture(scope="module")
def operator(project: Project) -> Operator:
    project.cli.deploy(project.synth("stack"), STACK)
    return Operator(project)


def test_preflight_finds_the_deployed_stack_in_order(operator: Operator) -> None:
    findings = operator.json("preflight")
    assert {finding["severity"] for finding in findings} == {"ok"}
    checks = {finding["check"] for finding in findings}
    assert checks >= {"credentials", "region", "workforce", "bucket region", "bucket CORS"}


def test_workers_of_settings_and_of_the_command_are_one_list(operator: Operator) -> None:
    operator.a2i("worker", "add", "bob@example.com")
    assert {w["email"] for w in operator.json("worker", "list")} == {WORKER, "bob@example.com"}
    operator.a2i("worker", "remove", "bob@example.com", "--yes")
    assert {w["email"] for w in operator.json("worker", "list")} == {WORKER}


def test_follows_a_review_from_start_to_erasure(operator: Operator) -> None:
    loop = operator.start("order-1")
    assert [r["reviewId"] for r in operator.json("review", "list")] == ["order-1"]
    assert [found["humanLoopName"] for found in operator.json("loop", "list")] == [loop]
    [flow] = operator.json("flow", "list")
    assert (flow["flow"], flow["current"], flow["pending"]) == ("sentiment", True, 1)
    assert "is still open" in operator.a2i("review", "erase", "order-1", "--yes", fails=True)

    operator.answer(loop)
    operator.a2i("loop", "wait", loop, "--timeout", "60")
    until(lambda: operator.json("review", "list") == [])

    answers = operator.json("loop", "result", loop)["humanAnswers"]
    assert answers[0]["answerContent"] == {"sentiment": {"label": "Negative"}}
    review = operator.json("review", "show", "order-1", "--answer")
    assert review["status"] == "Completed"
    assert review["answer"] == {"sentiment": {"label": "Negative"}}
    erased = operator.a2i("review", "erase", "order-1", "--yes")
    for what in ("request", "result", "A2I output", "human loop", "ledger entry"):
        assert what in erased
    assert "no review 'order-1'" in operator.a2i("review", "show", "order-1", fails=True)


def test_discards_what_is_pending_until_its_end_is_told(operator: Operator) -> None:
    loop = operator.start("order-2")
    operator.a2i("flow", "discard-pending", "--yes", "--timeout", "60")
    assert operator.json("loop", "show", loop)["humanLoopStatus"] == "Stopped"
    assert operator.json("review", "show", "order-2")["status"] == "Stopped"
    assert operator.json("review", "list") == []


def test_shows_why_a_request_could_not_start_and_tries_it_again(
    operator: Operator, project: Project
) -> None:
    project.client("sqs").send_message(
        QueueUrl=project.outputs()["QueueUrl"],
        MessageBody=json.dumps({"reviewId": "order-3", "input": {}}),
    )
    [letter] = until(lambda: operator.json("queue", "show")["deadLetters"])
    assert letter["reviewId"] == "order-3"
    assert letter["error"].startswith("MissingInputError: input.")

    operator.a2i("queue", "redrive")
    [again] = until(lambda: operator.json("queue", "show")["deadLetters"])
    assert again["reviewId"] == "order-3"
    assert again["sentAt"] > letter["sentAt"]
