"""A stack moves from A2I to the account and back while reviews are pending in both: none is lost.

The indexes of its tables are up to two seconds late. Each test continues the one before.
"""

import json
import shlex
from collections.abc import Iterator

import pytest

from a2i_cli.demo.account_portal_client import AccountPortalClient
from a2i_cli.demo.portal_client import PortalClient
from tests.end_to_end.adversity import faults
from tests.end_to_end.conftest import DISPOSABLE, STACK, WORKER, Project
from tests.end_to_end.leftovers import empty_buckets, left
from tests.end_to_end.operating import Operator, until

pytestmark = [pytest.mark.local_aws, pytest.mark.xdist_group("backends")]

STARTING = """python - <<'CELLS'
import boto3
print(boto3.client("sagemaker-a2i-runtime").start_human_loop(
    HumanLoopName="by-hand",
    FlowDefinitionArn="{flow}",
    HumanLoopInput={{"InputContent": {content!r}}},
)["HumanLoopArn"])
CELLS"""
NOTEBOOK = """python - <<'CELLS'
import boto3
loop = boto3.client("sagemaker-a2i-runtime").describe_human_loop(HumanLoopName="by-hand")
if loop["HumanLoopStatus"] == "Completed":
    bucket, _, key = loop["HumanLoopOutput"]["OutputS3Uri"].removeprefix("s3://").partition("/")
    print(boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read().decode())
CELLS"""
"""How AWS's notebooks start a human loop, look at it, and read its output."""
NEGATIVE = {"sentiment": {"label": "Negative"}}


class Stack:
    """The stack, deployed to one backend after the other."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.operator = Operator(project)
        self.pending: dict[str, str] = {}

    def deploy(self, mode: str, *drain: str) -> None:
        backend = {"a2i.backend.mode": mode, "a2i.backend.drain": json.dumps(drain)}
        name = "-".join([mode, *drain])
        assembly = self.project.synth(name, {**DISPOSABLE, **backend})
        self.project.cli.deploy(assembly, STACK)

    def start(self, review_id: str) -> None:
        self.pending[review_id] = self.operator.start(review_id)

    def account_portal(self) -> AccountPortalClient:
        environment = self.project.local.environment
        return AccountPortalClient.sign_in(environment, self.project.outputs(), [WORKER])

    def answer(self, review_id: str, *, in_account: bool) -> None:
        """Answer a review where its loop lives, and read its result."""
        local = self.project.local
        portal = self.account_portal() if in_account else PortalClient(local.portal_url)
        self.operator.answer(self.pending.pop(review_id), portal)
        shown = until(lambda: self._ended(review_id), 180)
        assert shown["status"] == "Completed"
        assert shown["answer"] == NEGATIVE

    def _ended(self, review_id: str) -> dict[str, object] | None:
        """Return the review with its answer once it has one; before, asking for it is an error."""
        if self.operator.json("review", "show", review_id)["status"] != "Completed":
            return None
        shown: dict[str, object] = self.operator.json("review", "show", review_id, "--answer")
        return shown


@pytest.fixture(scope="module")
def stack(project: Project) -> Iterator[Stack]:
    made = Stack(project)
    made.deploy("a2i")
    with faults(project.local, {"indexLagSeconds": 2}):
        yield made


def test_reviews_of_a2i_are_finished_there_while_new_ones_begin_in_the_account(
    stack: Stack,
) -> None:
    for name in ("a2i-1", "a2i-2"):
        stack.start(name)
    stack.deploy("account", "a2i")
    for name in ("account-1", "account-2"):
        stack.start(name)
    stack.answer("a2i-1", in_account=False)
    stack.answer("account-1", in_account=True)


def test_aws_cli_and_notebooks_reach_human_loops_in_the_account(stack: Stack) -> None:
    operator = stack.operator
    [flow] = [each for each in operator.json("flow", "list") if each["current"]]
    task = json.dumps({"taskObject": "text", "initialValue": "Positive"})
    given = shlex.quote(json.dumps({"InputContent": task}))
    operator.at_the_endpoint(
        "aws sagemaker-a2i-runtime start-human-loop --human-loop-name by-hand"
        f" --flow-definition-arn {flow['flowDefinitionArn']} --human-loop-input {given}"
    )
    described = operator.at_the_endpoint(
        "aws sagemaker-a2i-runtime describe-human-loop --human-loop-name by-hand"
    )
    assert json.loads(described)["FlowDefinitionArn"] == flow["flowDefinitionArn"]
    starting = STARTING.format(flow=flow["flowDefinitionArn"], content=task)
    again = operator.at_the_endpoint(starting).strip()
    assert again == json.loads(described)["HumanLoopArn"], "the same request is the same loop"
    operator.answer("by-hand", stack.account_portal())
    output = json.loads(until(lambda: operator.at_the_endpoint(NOTEBOOK), 180))
    assert output["inputContent"] == json.loads(task)
    [answer] = output["humanAnswers"]
    assert answer["answerContent"] == NEGATIVE


def test_back_again_with_reviews_pending_in_both(stack: Stack) -> None:
    stack.deploy("a2i", "account")
    stack.start("a2i-3")
    stack.answer("account-2", in_account=True)
    for name in ("a2i-2", "a2i-3"):
        stack.answer(name, in_account=False)
    assert stack.operator.json("review", "list") == []


def test_what_drained_leaves_with_the_next_deployment(stack: Stack) -> None:
    stack.operator.a2i("reconcile")
    stack.deploy("a2i")
    assert "HumanLoopEndpoint" not in stack.project.outputs()
    stack.start("a2i-4")
    stack.answer("a2i-4", in_account=False)


def test_destroyed_in_the_account_it_leaves_nothing(stack: Stack) -> None:
    stack.deploy("account", "a2i")
    assert left(stack.project)["APIs"]
    stack.operator.a2i("reconcile")
    empty_buckets(stack.project)
    stack.project.cli.destroy(stack.project.folder / "account-a2i", STACK)
    assert left(stack.project) == {}
