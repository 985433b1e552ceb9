"""docs/extending.md: its code runs as it stands, and its table of hooks is the facade's."""

import re
from pathlib import Path
from typing import Any

from aws_cdk import App, Environment, Stack, Stage
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template
from constructs import Construct

from a2i_constructs import HumanReviewWorkflow
from tests.constructs.review_stacks import feature_flags
from tests.infra.synthesis import context

GUIDE = (Path(__file__).parents[2] / "docs/extending.md").read_text()


def test_the_code_of_the_guide_runs() -> None:
    stack = Stack(App(context=feature_flags()), "Guide")
    names: dict[str, Any] = {
        "stack": stack,
        "application_role": iam.Role(stack, "App", assumed_by=iam.AccountRootPrincipal()),
        "Stage": Stage,
        "Construct": Construct,
        "Environment": Environment,
    }
    blocks = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    for block in blocks:
        exec(block, names)  # noqa: S102  the document is ours
    Template.from_stack(stack).resource_count_is("Custom::A2IFlowDefinition", 2)

    app = App(context=context(nag=False))
    place = Environment(account="111122223333", region="eu-west-1")
    production = names["Production"](app, "Prod", env=place)
    assert [stack.stack_name for stack in production.synth().stacks] == ["Prod-Review"]


def test_the_table_of_hooks_is_complete() -> None:
    hooks = {name for name in vars(HumanReviewWorkflow) if name.startswith("_make_")}
    assert set(re.findall(r"^\| `(_make_\w+)`", GUIDE, re.MULTILINE)) == hooks


def test_the_table_of_parts_names_attributes() -> None:
    _, _, parts = GUIDE.partition("| part |")
    names = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", parts.partition("## Hooks")[0], re.MULTILINE)
    found = {name.strip("` ") for group in names for name in group.split(",")}
    hooks = {name for name in vars(HumanReviewWorkflow) if name.startswith("_make_")}
    assert found == {hook.removeprefix("_make_") for hook in hooks}
