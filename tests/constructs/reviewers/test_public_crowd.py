"""A public team's flow states what its content is free of, and what a task pays; others do not."""

import json
from decimal import Decimal
from typing import Any

import pytest
from aws_cdk import CfnParameter
from aws_cdk.assertions import Template

from a2i_constructs import ContentClassifier, Crowd, HumanReviewWorkflow, TaskPrice, Workteam
from tests.constructs.review_stacks import (
    TEAM_ARN,
    FlowParts,
    flow_parts,
    new_stack,
    properties,
    tone_template,
)

PUBLIC = "arn:aws:sagemaker:eu-west-1:394669845002:workteam/public-crowd/default"
VENDOR = TEAM_ARN.replace("private-crowd", "vendor-crowd")
FREE_OF_PII = ContentClassifier.FREE_OF_PERSONALLY_IDENTIFIABLE_INFORMATION
FREE_OF_ADULT_CONTENT = ContentClassifier.FREE_OF_ADULT_CONTENT
PRICE = TaskPrice.usd("0.012")


def flow(team_arn: str, **changes: Any) -> None:
    parts = flow_parts()
    team = Workteam.from_workteam_arn(
        parts.stack, f"Team{len(parts.stack.node.children)}", team_arn
    )
    parts.flow(workteam=team, **changes)


@pytest.mark.parametrize(
    ("usd", "expected"),
    [
        ("0.012", (0, 1, 2)),
        ("0.06", (0, 6, 0)),
        (Decimal("0.840"), (0, 84, 0)),
        ("1.080", (1, 8, 0)),
        ("1.2", (1, 20, 0)),
    ],
)
def test_a_price_is_told_in_the_services_three_numbers(
    usd: str | Decimal, expected: tuple[int, int, int]
) -> None:
    names = ("Dollars", "Cents", "TenthFractionsOfACent")
    amount = dict(zip(names, expected, strict=True))
    assert TaskPrice.usd(usd).document == {"AmountInUsd": amount}


@pytest.mark.parametrize("usd", ["0.01", "0", "-0.012", "1.212", "2.4", "cheap", "NaN"])
def test_fails_for_a_price_that_aws_does_not_list(usd: str) -> None:
    with pytest.raises(ValueError, match=rf"one of 0\.012, .*, 1\.200 US dollars, got '{usd}'"):
        TaskPrice.usd(usd)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"task_price": PRICE}, "content_classifiers must declare FreeOfPersonally.*, got nothing"),
        (
            {"task_price": PRICE, "content_classifiers": [FREE_OF_ADULT_CONTENT]},
            "must declare FreeOfPersonally.*, got FreeOfAdultContent: anybody can see its tasks",
        ),
        ({"content_classifiers": [FREE_OF_PII]}, "task_price must be given for a public work team"),
    ],
)
def test_fails_for_a_public_team_without_statement_or_price(
    changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        flow(PUBLIC, **changes)


@pytest.mark.parametrize("team_arn", [TEAM_ARN, VENDOR])
def test_fails_for_a_price_that_nobody_would_be_paid(team_arn: str) -> None:
    crowd = "vendor-crowd" if team_arn == VENDOR else "private-crowd"
    with pytest.raises(ValueError, match=f"public work team only, got one with a {crowd} team"):
        flow(team_arn, task_price=PRICE)


def test_any_team_may_be_told_what_the_content_is_free_of() -> None:
    flow(VENDOR, content_classifiers=[FREE_OF_ADULT_CONTENT])


def test_a_team_that_only_the_deployment_knows_is_left_to_the_service() -> None:
    parts = FlowParts.make()
    arn = CfnParameter(parts.stack, "TeamArn").value_as_string
    team = Workteam.from_workteam_arn(parts.stack, "Late", arn)
    assert team.crowd is None
    parts.flow(workteam=team, task_price=PRICE, content_classifiers=[FREE_OF_PII])


def test_a_team_knows_its_crowd() -> None:
    stack = new_stack()
    arns = {Crowd.PRIVATE: TEAM_ARN, Crowd.VENDOR: VENDOR, Crowd.PUBLIC: PUBLIC}
    for crowd, arn in arns.items():
        assert Workteam.from_workteam_arn(stack, crowd, arn).crowd is crowd


def test_the_price_is_deployed_and_the_statement_told_to_the_starter() -> None:
    stack = new_stack()
    HumanReviewWorkflow(
        stack,
        "Tone",
        template=tone_template(),
        workteam=Workteam.from_workteam_arn(stack, "Team", PUBLIC),
        task_price=PRICE,
        content_classifiers=[FREE_OF_PII, FREE_OF_ADULT_CONTENT],
    )
    template = Template.from_stack(stack)

    [deployed] = properties(template, "Custom::A2IFlowDefinition")
    assert deployed["HumanLoopConfig"]["PublicWorkforceTaskPrice"] == PRICE.document
    registered = json.dumps(properties(template, "AWS::SSM::Parameter"))
    told = '"contentClassifiers":["FreeOfPersonallyIdentifiableInformation","FreeOfAdultContent"]'
    assert json.dumps(told)[1:-1] in registered
