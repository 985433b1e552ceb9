"""docs/migrating.md: a hand-made setup moves to the stack, and its pending review is not lost."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Match, Template

import a2i_constructs
from a2i_cli.demo.empty_buckets import empty_buckets
from a2i_local.cdk_cli import CdkCli, python_app
from a2i_local.host import LocalAws
from tests.tools.a2i_cli.small_stack import TEMPLATE, A2ICommand, DeployedStack, until

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "migrating.md").read_text()
STACK = "Migrated"


@pytest.fixture
def by_hand(stack: DeployedStack) -> DeployedStack:
    """A flow definition made by hand, with a review pending."""
    stack.definitions["claims"] = stack.create_definition("claims")
    stack.clients.a2i.start_human_loop(
        HumanLoopName="pending-by-hand",
        FlowDefinitionArn=stack.definitions["claims"],
        HumanLoopInput={"InputContent": json.dumps({"text": "an old claim"})},
    )
    stack.add_worker()
    return stack


@pytest.mark.local_aws
@pytest.mark.timeout(600)
def test_old_and_new_reviews_end_side_by_side(
    a2i: A2ICommand, by_hand: DeployedStack, local_aws: LocalAws, tmp_path: Path
) -> None:
    template = tmp_path / "claims.liquid.html"
    template.write_text(TEMPLATE)
    arn = by_hand.definitions["claims"]
    imported = a2i("flow", "import", arn, "--template", str(template))
    assert imported.exit_code == 0, imported.stderr

    cli = CdkCli(local_aws.environment, project=ROOT)
    assembly = cli.synth(
        python_app(),
        tmp_path / "cdk.out",
        context=as_context(json.loads(imported.stdout)["a2i"]),
    )
    cli.deploy(assembly, STACK)
    outputs = stack_outputs(by_hand)
    started = invoke(by_hand, outputs["StarterFunctionName"])
    assert started["decision"] == "ReviewStarted"

    by_hand.answer("pending-by-hand", "old")
    by_hand.answer(started["humanLoopName"], "new")
    old = by_hand.clients.a2i.describe_human_loop(HumanLoopName="pending-by-hand")
    assert (
        f"s3://{by_hand.outputs['OutputBucket']}/a2i/claims/"
        in (old["HumanLoopOutput"]["OutputS3Uri"])
    )
    until(lambda: ledger_status(by_hand, outputs, started["humanLoopName"]) == "Completed", 60)

    empty_buckets(by_hand.clients.cloudformation, by_hand.clients.s3, STACK)
    cli.destroy(assembly, STACK)
    described = by_hand.clients.sagemaker.describe_flow_definition(FlowDefinitionName="claims")
    assert described["FlowDefinitionStatus"] == "Active"


def as_context(settings: dict[str, Any]) -> dict[str, str]:
    """The settings as overrides on the command line; nothing is kept after the test."""
    return {
        "a2i.stackName": json.dumps(STACK),
        "a2i.workforce": json.dumps(settings["workforce"]),
        "a2i.flows": json.dumps(settings["flows"]),
        "a2i.data.removalPolicy": json.dumps("destroy"),
        "a2i.nag": "false",
    }


def stack_outputs(stack: DeployedStack) -> dict[str, str]:
    found = stack.clients.cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in found["Outputs"]}


def invoke(stack: DeployedStack, function_name: str) -> dict[str, Any]:
    request = {"reviewId": "claim-1", "flow": "claims", "input": {"text": "a new claim"}}
    response = stack.clients.lambda_.invoke(FunctionName=function_name, Payload=json.dumps(request))
    answer: dict[str, Any] = json.load(response["Payload"])
    assert "FunctionError" not in response, answer
    return answer


def ledger_status(stack: DeployedStack, outputs: dict[str, str], loop: str) -> str:
    item = stack.clients.dynamodb.get_item(
        TableName=outputs["LedgerTableName"], Key={"humanLoopName": {"S": loop}}
    )["Item"]
    return item["status"]["S"]


def test_commands_of_the_guide_exist(a2i: A2ICommand) -> None:
    commands = set(re.findall(r"^a2i ((?:template |flow )?[a-z-]+)", GUIDE, re.MULTILINE))
    assert commands == {"preflight", "flow import", "template check", "template preview"}
    for command in commands:
        assert a2i(*command.split(), "--help").exit_code == 0


def test_stack_with_kept_buckets_and_role_synthesizes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "claims.liquid.html").write_text(TEMPLATE)
    monkeypatch.chdir(tmp_path)
    stack = Stack(App(), "Guide")
    _, _, section = GUIDE.partition("## Buckets and role")
    (block,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    names = {
        name: getattr(a2i_constructs, name)
        for name in (
            "HumanReviewWorkflow",
            "ReviewBuckets",
            "ReviewRuntime",
            "WorkerTaskTemplate",
            "Workteam",
        )
    }
    given = {
        "self": stack,
        "team_arn": "arn:aws:sagemaker:us-east-1:111122223333:workteam/private-crowd/claims",
        "role_arn": "arn:aws:iam::111122223333:role/claims",
    }
    exec(block, {**names, **given, "iam": iam, "kms": kms, "s3": s3})  # noqa: S102 - our document
    template = Template.from_stack(stack)
    template.resource_count_is("AWS::S3::Bucket", 0)
    template.resource_count_is("AWS::KMS::Key", 0)
    template.has_resource_properties(
        "Custom::A2IFlowDefinition",
        {
            "RoleArn": "arn:aws:iam::111122223333:role/claims",
            "OutputConfig": {"S3OutputPath": Match.string_like_regexp("claims-output")},
        },
    )
