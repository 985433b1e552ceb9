"""Grants at the endpoint of human loops in the account name the role and its flows."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import Stack, Stage
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Template

from a2i_constructs import HumanReviewWorkflow, ReviewBackend, ReviewRuntime
from tests.constructs.review_stacks import new_stack, tone_template

ENDPOINT = "ReviewRuntimeHumanLoopServiceEndpoint"


@pytest.fixture
def stack() -> Stack:
    made = new_stack()
    ReviewRuntime(made, "ReviewRuntime", backend=ReviewBackend.account())
    return made


def workflow(stack: Stack, name: str, **parts: Any) -> HumanReviewWorkflow:
    return HumanReviewWorkflow(stack, name, template=tone_template(), **parts)


def role(scope: Stack, name: str, **props: Any) -> iam.Role:
    return iam.Role(scope, name, assumed_by=iam.AccountRootPrincipal(), **props)


def another_stack(stack: Stack) -> Stack:
    return Stack(Stage.of(stack), "Theirs")


def callers_of(stack: Stack) -> Any:
    """Return the endpoint's list; what is known after deployment is the logical id it is from."""
    functions = Template.from_stack(stack).find_resources("AWS::Lambda::Function")
    [endpoint] = [
        each["Properties"]["Environment"]["Variables"]
        for each in functions.values()
        if each["Properties"]["Handler"].startswith("human_loop_endpoint.")
    ]
    return json.loads(_text(endpoint.get("A2I_CALLERS", "null")))


def _text(value: Any) -> str:
    match value:
        case {"Fn::Join": [_, parts]}:
            return "".join(map(_text, parts))
        case {"Ref": name} | {"Fn::GetAtt": [name, _]}:
            return str(name)
        case {"Fn::Select": [1, {"Fn::Split": ["/", arn]}]}:
            return _text(arn)
    return str(value)


def test_without_a_grant_there_is_no_list(stack: Stack) -> None:
    workflow(stack, "Tone")
    assert callers_of(stack) is None


def test_a_role_is_listed_with_each_flow_that_it_was_granted(stack: Stack) -> None:
    tone = workflow(stack, "Tone")
    claims = workflow(stack, "Claims", workteam=tone.workteam)
    function = lambda_.Function(
        stack,
        "Theirs",
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline("pass"),
    )
    for flow in (tone, claims, tone):
        flow.flow_definition.grant_start_human_loop(function)
    known = iam.Role.from_role_arn(stack, "Known", "arn:aws:iam::123456789012:role/team/known")
    claims.flow_definition.grant_start_human_loop(known)
    [theirs, imported] = callers_of(stack)
    assert theirs["role"].startswith("TheirsServiceRole")
    assert [name.startswith(("Tone", "Claims")) for name in theirs["flows"]] == [True, True]
    assert imported["role"] == "known"
    assert imported["flows"] == theirs["flows"][1:]


def test_the_permission_comes_after_the_list(stack: Stack) -> None:
    """Until the list is there, the permission would cover every flow."""
    workflow(stack, "Tone").flow_definition.grant_start_human_loop(role(stack, "Theirs"))
    policies = Template.from_stack(stack).find_resources("AWS::IAM::Policy")
    [policy] = [each for name, each in policies.items() if name.startswith("Theirs")]
    assert [name for name in policy["DependsOn"] if name.startswith(ENDPOINT)]


def test_a_role_of_another_stack_is_listed_by_its_own_name(stack: Stack) -> None:
    """A reference to it would be one against the direction of the permission's."""
    tone = workflow(stack, "Tone")
    theirs = another_stack(stack)
    tone.flow_definition.grant_start_human_loop(role(theirs, "App", role_name="app"))
    assert [each["role"] for each in callers_of(stack)] == ["app"]


@pytest.mark.parametrize(
    ("define", "message"),
    [
        (lambda stack: iam.User(stack, "Ana"), "must be a role or have one, got User: the endpoi"),
        (lambda _: iam.AccountRootPrincipal(), "must be a role or have one, got AccountRootPrin"),
        (
            lambda stack: role(another_stack(stack), "App"),
            "role 'Theirs/App' must have a role_name, got none",
        ),
    ],
)
def test_fails_for_a_caller_that_the_endpoint_cannot_know(
    stack: Stack, define: Callable[[Stack], iam.IGrantable], message: str
) -> None:
    tone = workflow(stack, "Tone")
    with pytest.raises(ValueError, match=message):
        tone.flow_definition.grant_start_human_loop(define(stack))
