"""Tags that only the stack has reach its flow definitions without CloudFormation's help."""

from __future__ import annotations

from a2i_shared.flow_definitions.tags import NOTE
from reconciler.stack_tags import StackTags
from tests.lambda_src.flow_stack import STACK_ID, FlowStack

OWN = [{"Key": "owner", "Value": "ada"}]


def follow(stack: FlowStack) -> list[str]:
    """What a run of the reconciler does about tags."""
    stack.draining()  # tells the fake CloudFormation what is in the template
    return StackTags(stack.flow_definitions(), STACK_ID).follow()


def deploy(stack: FlowStack, **tags: str) -> str:
    stack.cloudformation.tags = tags
    name = stack.deploy({**stack.wanted(), "Tags": OWN})
    stack.complete_operation()
    return name


def test_tags_that_come_change_and_go_with_the_stack(stack: FlowStack) -> None:
    name = deploy(stack, team="claims", cost="42")

    stack.cloudformation.tags = {"team": "fraud", "stage": "test", "aws:cloudformation:x": "y"}

    assert follow(stack) == [name]
    expected = {"owner": "ada", "team": "fraud", "stage": "test", NOTE: "stage team"}
    assert stack.tags(name) == expected
    assert follow(stack) == []


def test_a_stack_without_tags_leaves_none_of_its_own(stack: FlowStack) -> None:
    name = deploy(stack, team="claims")
    stack.cloudformation.tags = {}
    assert follow(stack) == [name]
    assert stack.tags(name) == {"owner": "ada"}


def test_tags_of_the_construct_and_of_others_stay(stack: FlowStack) -> None:
    name = deploy(stack)
    arn = stack.attributes["FlowDefinitionArn"]
    stack.sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "cost", "Value": "by hand"}])

    stack.cloudformation.tags = {"owner": "stack", "cost": "stack", "team": "claims"}
    follow(stack)
    stack.cloudformation.tags = {}
    follow(stack)

    assert stack.tags(name) == {"owner": "ada", "cost": "by hand"}


def test_a_key_with_spaces_or_without_room_in_the_note_stays_as_it_came(stack: FlowStack) -> None:
    long = {f"{number:03d}{'k' * 97}": "v" for number in range(3)}
    name = deploy(stack, **{"cost center": "42"}, **long)
    assert len(stack.tags(name)[NOTE]) == 201

    stack.cloudformation.tags = {}
    follow(stack)

    assert set(stack.tags(name)) == {"owner", "cost center", max(long)}


def test_a_retired_definition_keeps_its_tags(stack: FlowStack) -> None:
    stack.cloudformation.tags = {"team": "claims"}
    former = stack.deploy(stack.wanted(TaskTitle="Former"))
    stack.start_loop("pending")
    current = stack.deploy(stack.wanted(TaskTitle="Current"))
    stack.complete_operation()
    before = stack.tags(former)

    stack.cloudformation.tags = {"team": "fraud"}

    assert follow(stack) == [current]
    assert stack.tags(former) == before


def test_a_stack_that_is_changing_is_left_alone(stack: FlowStack) -> None:
    name = deploy(stack, team="claims")
    stack.cloudformation.tags = {"team": "fraud"}
    stack.cloudformation.status = "UPDATE_IN_PROGRESS"
    assert follow(stack) == []
    assert stack.tags(name)["team"] == "claims"
