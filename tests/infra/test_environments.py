"""Where the stack may stand: in a pipeline's stage, under a boundary, beside itself."""

import json
from pathlib import Path
from typing import Any

from aws_cdk import App, DefaultStackSynthesizer, Environment, PermissionsBoundary, Stack, Stage
from aws_cdk.assertions import Template

from infra.review_stack import ReviewStack
from infra.settings import ReviewSettings
from infra.settings_source import read_settings
from tests.infra.synthesis import context, resources

PLACE = Environment(account="111122223333", region="eu-west-1")


def test_it_stands_in_a_stage_with_the_same_logical_ids(tmp_path: Path) -> None:
    app = App(context=context(nag=False), outdir=str(tmp_path))
    stage = Stage(app, "Prod", env=PLACE)
    stack = ReviewStack(stage, "Review", settings=settings())
    assembly = stage.synth()
    found = assembly.get_stack_by_name(stack.stack_name).template["Resources"]
    tables = [name for name in found if found[name]["Type"] == "AWS::DynamoDB::Table"]
    assert tables == list(resources("AWS::DynamoDB::Table"))
    names = [
        resource["Properties"]["Name"]
        for resource in found.values()
        if resource["Type"] == "AWS::SSM::Parameter"
    ]
    assert "/a2i/Prod-Review/flows/sentiment" in names


def test_every_role_keeps_to_a_permissions_boundary() -> None:
    app = App(context=context(nag=False))
    stage = Stage(app, "Bound", permissions_boundary=PermissionsBoundary.from_name("platform"))
    found = Template.from_stack(ReviewStack(stage, "Review", settings=settings()))
    roles = found.find_resources("AWS::IAM::Role")
    assert roles
    for name, role in roles.items():
        boundary = json.dumps(role["Properties"].get("PermissionsBoundary"))
        assert "policy/platform" in boundary, name


def test_assets_go_where_another_bootstrap_qualifier_says() -> None:
    qualifier = {"@aws-cdk/core:bootstrapQualifier": "platform1"}
    app = App(context={**context(nag=False), **qualifier})
    found = Template.from_stack(ReviewStack(app, "Review", settings=settings())).to_json()
    assert found["Parameters"]["BootstrapVersion"]["Default"] == "/cdk-bootstrap/platform1/version"
    assert "cdk-platform1-assets-" in json.dumps(found["Resources"])
    assert DefaultStackSynthesizer.DEFAULT_QUALIFIER not in json.dumps(found)


def test_two_stacks_of_one_app_share_no_name() -> None:
    app = App(context=context(nag=False))
    first = ReviewStack(app, "First", settings=settings())
    second = ReviewStack(app, "Second", settings=settings())
    assert not _names(first) & _names(second)


def _names(stack: Stack) -> set[str]:
    """Physical names that do not already differ by the stack's own hash."""
    found = Template.from_stack(stack).to_json()["Resources"].values()
    values = [
        value
        for resource in found
        for key, value in resource.get("Properties", {}).items()
        if key.endswith("Name") and key not in REFERENCES and not _is_reference(value)
    ]
    return {json.dumps(value) for value in values if "AWS::StackId" not in json.dumps(value)}


def _is_reference(value: Any) -> bool:
    """Refs to a resource of the same stack give the name that CloudFormation made for it."""
    return isinstance(value, dict) and value.keys() == {"Ref"} and "::" not in value["Ref"]


# Properties that end in Name and refer to another resource, or to nothing that must be unique.
REFERENCES = {
    "EventSourceName",
    "FlowName",
    "FunctionName",
    "MetricName",
    "PolicyName",
    "WorkforceName",
    "WorkteamName",
}


def settings(**changes: Any) -> ReviewSettings:
    return read_settings(context(nag=False, **changes))
