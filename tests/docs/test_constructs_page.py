"""docs/constructs.md: every construct has an example, and the examples synthesize."""

import inspect
import re
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template
from constructs import Construct

import a2i_constructs
from a2i_constructs import step_functions
from tests.constructs.review_stacks import feature_flags

PAGE = Path(__file__).parents[2] / "docs/constructs.md"
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def stacks() -> dict[str, Stack]:
    """The stacks that the page names, after its blocks were run in order."""
    app = App(context=feature_flags())
    stacks = {
        name: Stack(app, name.replace("_", "-"))
        for name in ("self", "other", "oidc", "adopted_oidc", "own", "account")
    }
    role = iam.Role(stacks["own"], "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    names: dict[str, Any] = {**stacks, "application": role}
    for block in BLOCKS:
        exec(block, names)  # noqa: S102 - the document is ours
    return stacks


def test_the_examples_synthesize(stacks: dict[str, Stack]) -> None:
    template = Template.from_stack(stacks["self"])
    template.resource_count_is("Custom::A2IFlowDefinition", 2)
    Template.from_stack(stacks["oidc"])
    Template.from_stack(stacks["own"])


def test_every_construct_has_an_example() -> None:
    constructs = {
        name
        for package in (a2i_constructs, step_functions)
        for name in package.__all__
        if inspect.isclass(value := getattr(package, name))
        and issubclass(value, Construct)
        and not name.endswith("Base")
    }
    shown = set(re.findall(r"\w+", " ".join(BLOCKS)))
    assert len(constructs) > 20
    assert constructs - shown == set()
