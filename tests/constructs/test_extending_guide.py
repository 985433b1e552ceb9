"""docs/extending.md: its code runs as it stands, and its table of hooks is the facade's."""

import re
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Environment, Stack, Stage
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template
from constructs import Construct

from a2i_constructs import HumanReviewWorkflow, IWorkteam, ReviewRuntime, Workteam
from tests.constructs.review_stacks import CONTENT, TEAM_ARN, feature_flags, properties
from tests.infra.synthesis import context

STACKS = ("Guide", "Other", "Own")
UI = "AWS::SageMaker::HumanTaskUi"
GUIDE = (Path(__file__).parents[2] / "docs/extending.md").read_text()


BLOCKS = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
SUBCLASS = "class InvoiceReview"


@pytest.fixture
def names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the guide's code finds around it, its own imports apart."""
    monkeypatch.chdir(tmp_path)
    Path("invoice.liquid.html").write_text(CONTENT)
    stack, other, own = (Stack(App(context=feature_flags()), name) for name in STACKS)
    return {
        "stack": stack,
        "other_stack": other,
        "own_stack": own,
        "own_team": Workteam.from_workteam_arn(own, "Team", TEAM_ARN),
        "application_role": iam.Role(stack, "App", assumed_by=iam.AccountRootPrincipal()),
        "Stage": Stage,
        "Construct": Construct,
        "Environment": Environment,
        "IWorkteam": IWorkteam,
    }


def test_the_code_of_the_guide_runs(names: dict[str, Any]) -> None:
    for block in BLOCKS:
        exec(block, names)  # noqa: S102  the document is ours
    Template.from_stack(names["stack"]).resource_count_is("Custom::A2IFlowDefinition", 2)

    app = App(context=context(nag=False))
    place = Environment(account="111122223333", region="eu-west-1")
    production = names["Production"](app, "Prod", env=place)
    assert [stack.stack_name for stack in production.synth().stacks] == ["Prod-Review"]


def test_a_review_of_ones_own_takes_less_than_25_lines(names: dict[str, Any]) -> None:
    [subclass] = [block for block in BLOCKS if SUBCLASS in block]
    for block in BLOCKS[: BLOCKS.index(subclass) + 1]:
        exec(block, names)  # noqa: S102  the document is ours
    assert len([line for line in subclass.splitlines() if line]) < 25

    template = Template.from_stack(names["own_stack"])
    flows = properties(template, "Custom::A2IFlowDefinition")
    assert [flow["FlowName"] for flow in flows] == ["domestic", "foreign"]
    assert {flow["HumanLoopConfig"]["TaskTimeLimitInSeconds"] for flow in flows} == {1200}
    [key] = template.find_resources("AWS::KMS::Key")
    assert key.startswith("OurKey")
    policies = [
        parameter["Value"]
        for parameter in properties(template, "AWS::SSM::Parameter")
        if "/flows/" in parameter["Name"]
    ]
    assert ['"above":1000' in str(each) for each in policies] == [True, False]
    [interface] = {ui["UiTemplate"]["Content"] for ui in properties(template, UI)}
    assert interface == CONTENT


def test_the_tables_of_hooks_are_complete() -> None:
    hooks = {
        name
        for kind in (HumanReviewWorkflow, ReviewRuntime)
        for name in vars(kind)
        if name.startswith("_make_")
    }
    assert set(re.findall(r"^\| `(_make_\w+)`", GUIDE, re.MULTILINE)) == hooks


@pytest.mark.parametrize(
    ("heading", "kind"),
    [("| part of `workflow.runtime` |", ReviewRuntime), ("| part |", HumanReviewWorkflow)],
)
def test_the_tables_of_parts_name_attributes(heading: str, kind: type) -> None:
    table = GUIDE.partition(heading)[2].partition("\n\n")[0]
    groups = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", table, re.MULTILINE)
    found = {name.strip("` ") for group in groups for name in group.split(",")}
    hooks = {name for name in vars(kind) if name.startswith("_make_")}
    assert found == {hook.removeprefix("_make_") for hook in hooks}
