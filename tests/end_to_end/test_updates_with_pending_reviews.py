"""Updates that change what pending reviews need: nothing is lost, or the update is refused first.

Each test continues the one before.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from a2i_cli.demo.empty_buckets import empty_buckets
from a2i_local.cdk_cli import CdkCliError
from tests.end_to_end.conftest import CONTEXT, DISPOSABLE, STACK, Project
from tests.end_to_end.operating import Operator, until

pytestmark = [pytest.mark.local_aws, pytest.mark.xdist_group("updates-with-pending-reviews")]

APP = f"{sys.executable} -m tests.end_to_end.changes_app"
KEPT = {"a2i.data.removalPolicy": json.dumps("retain")}
TRUST = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"Service": "sagemaker.amazonaws.com"},
        "Action": "sts:AssumeRole",
    },
}


class Stack:
    """The deployed stack, and the context that its present version was made with."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.context: dict[str, str] = {}
        self._versions = iter(range(100))

    def synth(self, context: Mapping[str, str]) -> Path:
        folder = self.project.folder / f"version-{next(self._versions)}"
        settings = {**CONTEXT, **DISPOSABLE, **KEPT, **context}
        return self.project.cli.synth(APP, folder, context=settings)

    def deploy(self, **changes: str) -> Path:
        """Deploy with changed context."""
        context = {**self.context, **changes}
        assembly = self.synth(context)
        self.project.cli.deploy(assembly, STACK)
        self.context = context
        return assembly

    def refuses(self, *reasons: str, **changes: str) -> None:
        """Deploy what is refused: it says all of this, and everything is as before."""
        before, said = self.state(), self.project.event_reasons()
        with pytest.raises(CdkCliError):
            self.project.cli.deploy(self.synth({**self.context, **changes}), STACK)
        new = self.project.event_reasons().replace(said, "")
        for reason in ("would take from pending reviews", "human loops in progress", *reasons):
            assert reason in new, new
        assert self.state() == before

    def state(self) -> dict[str, Any]:
        """What reviews depend on, as the services have it."""
        sagemaker = self.project.client("sagemaker")
        flow = self.flow_definition()
        described = sagemaker.describe_flow_definition(FlowDefinitionName=flow)
        role = described["RoleArn"].rpartition("/")[2]
        iam = self.project.client("iam")
        return {
            "outputs": self.project.outputs(),
            "flow definition": flow,
            "role": {
                name: iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
                for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
            },
            "teams": self.teams(),
        }

    def flow_definition(self) -> str:
        return self.project.outputs()["SentimentFlowDefinitionArn"].rpartition("/")[2]

    def teams(self) -> set[str]:
        listed = self.project.client("sagemaker").list_workteams()["Workteams"]
        return {team["WorkteamName"] for team in listed}


@pytest.fixture(scope="module")
def stack(project: Project) -> Stack:
    made = Stack(project)
    made.deploy()
    return made


@pytest.fixture(scope="module")
def operator(project: Project, stack: Stack) -> Operator:
    return Operator(project)


def answer_all(operator: Operator, loops: dict[str, str]) -> None:
    """Answer in the portal, and wait until each review has its result."""
    for loop in loops.values():
        operator.answer(loop)
    until(lambda: operator.json("review", "list") == [])
    for review_id in loops:
        review = operator.json("review", "show", review_id, "--answer")
        assert review["status"] == "Completed"
        assert review["answer"] == {"sentiment": {"label": "Negative"}}


def test_a_changed_key_is_refused_until_the_former_one_is_named(
    stack: Stack, operator: Operator
) -> None:
    loops = {"key-1": operator.start("key-1")}
    kms = stack.project.client("kms")
    [former] = {
        found
        for each in kms.list_keys()["Keys"]
        if (found := kms.describe_key(KeyId=each["KeyId"])["KeyMetadata"]["Arn"])
    }
    other = {"a2i.data.kmsKeyArn": json.dumps(kms.create_key()["KeyMetadata"]["Arn"])}

    stack.refuses(former, "data.formerKmsKeyArns", **other)

    stack.deploy(**other, **{"a2i.data.formerKmsKeyArns": json.dumps([former])})
    loops["key-2"] = operator.start("key-2")
    answer_all(operator, loops)


def test_changed_buckets_are_refused_until_the_former_ones_are_named(
    stack: Stack, operator: Operator
) -> None:
    loops = {"bucket-1": operator.start("bucket-1")}
    own, s3 = {}, stack.project.client("s3")
    for kind in ("input", "output"):
        own[kind] = f"own-{kind}-bucket"
        s3.create_bucket(Bucket=own[kind])
    outputs = stack.project.outputs()
    former = {kind: outputs[f"{kind.capitalize()}BucketName"] for kind in own}

    for kind, name in own.items():
        changed = {f"change.{kind}Bucket": name}
        stack.refuses(f"bucket {former[kind]}", "data.formerBuckets", **changed)

    stack.deploy(
        **{f"change.{kind}Bucket": name for kind, name in own.items()},
        **{"a2i.data.formerBuckets": json.dumps([*former.values()])},
    )
    loops["bucket-2"] = operator.start("bucket-2")
    answer_all(operator, loops)


def test_a_role_that_is_passed_in_goes_once_its_reviews_have_ended(
    stack: Stack, operator: Operator
) -> None:
    role = stack.project.client("iam").create_role(
        RoleName="own-flow-role", AssumeRolePolicyDocument=json.dumps(TRUST)
    )["Role"]["Arn"]
    loops = {"role-1": operator.start("role-1")}
    stack.deploy(**{"change.flowRole": role})
    loops["role-2"] = operator.start("role-2")

    stack.refuses(f"permissions of role {role}", **{"change.flowRole": ""})

    answer_all(operator, loops)
    stack.deploy(**{"change.flowRole": ""})


def test_read_access_stays_while_reviews_are_pending(stack: Stack, operator: Operator) -> None:
    stack.project.client("s3").create_bucket(Bucket="more-to-read")
    stack.deploy(**{"change.readAccess": "more-to-read"})
    loops = {"read-1": operator.start("read-1")}

    stack.refuses("read access to", "more-to-read/*", **{"change.readAccess": ""})

    answer_all(operator, loops)
    stack.deploy(**{"change.readAccess": ""})


def test_a_team_that_would_be_deleted_stays_and_one_that_is_replaced_keeps_its_people(
    stack: Stack, operator: Operator
) -> None:
    loops = {"team-1": operator.start("team-1")}
    former = stack.teams()
    adopting = {"a2i.workforce.mode": json.dumps("adopt"), "a2i.workforce.workers": "[]"}
    stack.refuses("workforce/default (it would be deleted", **adopting)

    # The CLI takes a template for published whose hash, of before `name_team`, is known already.
    replacing = stack.synth({**stack.context, "a2i.flows.0.title": json.dumps("For experts")})
    name_team(replacing, "experts")
    stack.project.cli.deploy(replacing, STACK)

    assert stack.teams() == {*former, "experts"}
    loops["team-2"] = operator.start("team-2")
    answer_all(operator, loops)


def name_team(assembly: Path, name: str) -> None:
    """Give the team a name, which CloudFormation can only do to a new one."""
    path = assembly / f"{STACK}.template.json"
    template = json.loads(path.read_text())
    [team] = [
        resource
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::SageMaker::Workteam"
    ]
    team["Properties"]["WorkteamName"] = name
    path.write_text(json.dumps(template))


def test_destroying_a_workforce_with_replaced_teams_is_refused_until_they_are_pruned(
    stack: Stack, operator: Operator
) -> None:
    client = stack.project.client
    assembly = stack.deploy()  # a third team: the one without a name comes back under another
    [current] = {
        team["WorkteamName"]
        for team in client("sagemaker").list_workteams()["Workteams"]
        if team["WorkteamArn"] == team_in_use(stack)
    }
    with pytest.raises(CdkCliError):
        stack.project.cli.destroy(assembly, STACK)
    assert "'a2i flow prune'" in stack.project.event_reasons()

    until(lambda: prune(operator) and stack.teams() == {current}, seconds=240)
    empty_buckets(client("cloudformation"), client("s3"), STACK)
    stack.project.cli.destroy(assembly, STACK)

    assert stack.teams() == set()
    assert client("sagemaker").list_workforces()["Workforces"] == []
    assert client("cognito-idp").list_user_pools(MaxResults=10)["UserPools"] == []
    assert client("sagemaker").list_flow_definitions()["FlowDefinitionSummaries"] == []


def team_in_use(stack: Stack) -> str:
    described = stack.project.client("sagemaker").describe_flow_definition(
        FlowDefinitionName=stack.flow_definition()
    )
    return str(described["HumanLoopConfig"]["WorkteamArn"])


def prune(operator: Operator) -> bool:
    """Delete drained definitions, then what they alone had kept."""
    operator.json("reconcile")
    operator.a2i("flow", "prune", "--yes")
    return True
