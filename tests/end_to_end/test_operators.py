"""The `a2i` command as operators run it, against the project's own stack and functions."""

import json

import pytest

from a2i_local.cdk_cli import CdkCliError
from tests.end_to_end.conftest import STACK, WORKER, Project
from tests.end_to_end.operating import Operator, until

pytestmark = [pytest.mark.local_aws, pytest.mark.xdist_group("operators")]


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


@pytest.mark.parametrize("address", [WORKER, "bob@example.com"])
def test_who_is_invited_is_told_where_the_portal_is(
    operator: Operator, project: Project, address: str
) -> None:
    """Cognito calls the deployed trigger for users of the template and of the command alike."""
    [invitation] = project.emails(address)
    [workforce] = project.client("sagemaker").list_workforces()["Workforces"]
    assert f'<a href="https://{workforce["SubDomain"]}">' in invitation["BodyHtml"]
    assert project.outputs()["PortalUrl"] == project.local.portal_url
    assert invitation["Subject"] == "You are invited to review predictions"
    assert f"User name: {address}<br>Temporary password: " in invitation["BodyHtml"]


def test_follows_a_review_from_start_to_erasure(operator: Operator) -> None:
    loop = operator.start("order-1")
    assert [r["reviewId"] for r in operator.json("review", "list")] == ["order-1"]
    assert [found["humanLoopName"] for found in operator.json("loop", "list")] == [loop]
    [flow] = operator.json("flow", "list")
    assert (flow["flow"], flow["current"], flow["pending"]) == ("sentiment", True, 1)
    assert "is still open" in operator.a2i("review", "erase", "order-1", "--yes", fails=True)

    operator.answer(loop)
    operator.a2i("loop", "wait", loop, "--timeout", "180")
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
    operator.a2i("flow", "discard-pending", "--yes", "--timeout", "180")
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


def test_shows_why_an_asynchronous_request_could_not_start_and_tries_it_again(
    operator: Operator, project: Project
) -> None:
    def reasons() -> list[str]:
        letters = operator.json("queue", "show")["deadLetters"]
        return [each["error"] for each in letters if each["reviewId"] == "order-5"]

    project.client("lambda").invoke(
        FunctionName=project.outputs()["StarterFunctionName"],
        InvocationType="Event",
        Payload=json.dumps({"reviewId": "order-5", "input": {}}),
    )
    [by_lambda] = until(reasons)
    assert by_lambda.startswith("input.")

    operator.a2i("queue", "redrive")
    [by_starter] = until(reasons)
    assert by_starter == f"MissingInputError: {by_lambda}"


def test_who_is_taken_out_of_the_settings_leaves_the_team(
    operator: Operator, project: Project
) -> None:
    workers = {"a2i.workforce.workers": json.dumps(["carol@example.com"])}
    project.cli.deploy(project.synth("other-workers", workers), STACK)
    assert {w["email"] for w in operator.json("worker", "list")} == {"carol@example.com"}
    assert len(project.emails("carol@example.com")) == 1


def test_the_stacks_workforce_cannot_be_renamed(operator: Operator, project: Project) -> None:
    """The region's only workforce would have to go first, with everybody's teams."""
    sagemaker = project.client("sagemaker")
    before = sagemaker.describe_workforce(WorkforceName="default")["Workforce"]

    with pytest.raises(CdkCliError):
        project.cli.deploy(project.synth("renamed", {"a2i.workforce.name": "other"}), STACK)

    assert "the stack has workforce 'default' with identity cognito" in project.event_reasons()
    assert sagemaker.describe_workforce(WorkforceName="default")["Workforce"] == before
    assert {w["email"] for w in operator.json("worker", "list")} == {"carol@example.com"}
    operator.start("order-4")
