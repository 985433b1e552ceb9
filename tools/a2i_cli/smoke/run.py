"""Course of the smoke test: deploy, one review, observations, destroy, nothing left."""

import json
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from a2i_cli.aws import AwsClients
from a2i_cli.demo.empty_buckets import empty_buckets
from a2i_cli.demo.example import stack_outputs
from a2i_cli.demo.reviews import Review, send, wait_for_results
from a2i_cli.deployed.deployment import Deployment, find_deployment
from a2i_cli.deployed.workers import add_worker, worker_groups
from a2i_cli.failures import CommandError
from a2i_cli.smoke.events import caught_events
from a2i_cli.smoke.facts import Subject, observe
from a2i_cli.smoke.leftovers import Resource, exists, left_behind, resources_of
from a2i_core.statuses import ReviewStatus

STACK = "HumanReviewSmoke"
_INPUT = {"taskObject": "This is a smoke test: please choose Neutral.", "initialValue": "Positive"}
_REQUEST = {
    "reviewId": "smoke-test",
    "input": _INPUT,
    "prediction": {"Sentiment": "POSITIVE", "SentimentScore": {"Positive": 0.5}},
}


@dataclass(frozen=True)
class Account:
    """Account that the test runs in.

    Attributes:
        clients: Clients of the account.
        cdk: Runs `deploy` or `destroy` of app.py for a stack, with CDK context.
        answer: Has the open task answered, or says where a person does; gets the portal's address.
        patience_seconds: How long to wait for the answer.
    """

    clients: AwsClients
    cdk: Callable[[str, str, Mapping[str, str]], None]
    answer: Callable[[str], None]
    patience_seconds: float


def run_smoke_test(
    account: Account,
    workforce: Mapping[str, str],
    *,
    worker: str | None,
    say: Callable[[str], None],
    stack: str = STACK,
) -> dict[str, Any]:
    """Run the test and return its report; the stack is destroyed whatever happens.

    Args:
        account: Where to run.
        workforce: CDK context that makes or adopts the workforce.
        worker: Address of the person who answers.
        say: Takes a line of progress.
        stack: Name of the throw-away stack.

    Raises:
        CommandError: the review, its result or its event was not as it should be.
        TimeoutError: nobody answered in time.
    """
    context = {
        "a2i.stackName": stack,
        "a2i.data.removalPolicy": '"destroy"',
        "a2i.workforce.removalPolicy": '"destroy"',
        "a2i.monitoring.enabled": "false",
        "a2i.nag": "false",
        **workforce,
    }
    report: dict[str, Any] = {"region": account.clients.session.region_name, "passed": False}
    with ExitStack() as exits:
        exits.callback(_destroy, account, stack, context, say, report)
        say(f"deploying {stack}")
        account.cdk("deploy", stack, context)
        deployment = find_deployment(account.clients, stack)
        if workforce["a2i.workforce.mode"] == "adopt" and worker:
            _join(deployment, worker)
        review = _review(account, deployment, say, report)
        report["facts"] = [fact.as_json() for fact in observe(_subject(deployment, review), say)]
    report["passed"] = report["leftBehind"] == []
    return report


def _join(deployment: Deployment, worker: str) -> None:
    """Add a person to the team; the template names nobody of an adopted workforce."""
    for group in worker_groups(deployment):
        add_worker(deployment.clients.cognito, group, worker)


def _review(
    account: Account, deployment: Deployment, say: Callable[[str], None], report: dict[str, Any]
) -> Review:
    outputs = stack_outputs(account.clients, deployment.stack_name)
    with caught_events(account.clients, f"{deployment.stack_name}-events") as caught:
        review = send(account.clients, deployment.starter_function_name, dict(_REQUEST))
        if not review.needs_a_person:
            raise CommandError(f"no human loop was started: the decision is {review.decision}")
        account.answer(outputs.get("PortalUrl", "the portal of the team"))
        wait_for_results(
            account.clients,
            deployment.ledger_table,
            [review],
            on_progress=lambda _done: None,
            timeout_seconds=account.patience_seconds,
        )
        _check_result(review)
        say("the answer and its result are in; waiting for the event")
        caught.wait_for("Human Review Finished", reviewId=review.review_id, status="Completed")
        report["serviceEvents"] = caught.of_the_service()
    return review


def _check_result(review: Review) -> None:
    if review.status != ReviewStatus.COMPLETED or not review.result.get("answer"):
        raise CommandError(
            f"the review ended as {review.status} with the answer {review.result.get('answer')}: "
            "it should be Completed, with one"
        )


def _subject(deployment: Deployment, review: Review) -> Subject:
    [flow] = [each for each in deployment.flows.values() if each.name == review.flow]
    return Subject(
        clients=deployment.clients,
        flow_definition_name=flow.flow_definition_name,
        human_loop_name=str(review.human_loop_name),
        input_content=_INPUT,
    )


def _destroy(
    account: Account,
    stack: str,
    context: Mapping[str, str],
    say: Callable[[str], None],
    report: dict[str, Any],
) -> None:
    """Destroy what was deployed, as far as it came, and look for what is left."""
    say(f"destroying {stack}")
    resources: list[Resource] = []
    if exists(account.clients, stack):
        resources = resources_of(account.clients, stack)
        empty_buckets(account.clients.cloudformation, account.clients.s3, stack)
        account.cdk("destroy", stack, context)
    report["leftBehind"] = left_behind(account.clients, stack, resources)
    say(json.dumps({"leftBehind": report["leftBehind"]}))
