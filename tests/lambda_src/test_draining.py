"""Replaced flow definitions: kept while their reviews are pending, and deleted afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest

from a2i_shared.flow_definitions.draining import Leftover
from a2i_shared.flow_definitions.retirement import RETIRED_TAG
from tests.lambda_src.flow_stack import FlowStack

LATER = timedelta(minutes=15)


def nobody_needs(_arn: str) -> bool:
    return False


@pytest.fixture
def replaced(stack: FlowStack) -> str:
    """A flow definition that an update replaced while a review was pending on it."""
    name = stack.deploy(stack.wanted(TaskTitle="Former"))
    stack.start_loop("pending")
    stack.deploy(stack.wanted(TaskTitle="Current"))
    stack.complete_operation()
    return name


def test_a_retired_definition_stays_while_a_review_is_pending(
    stack: FlowStack, replaced: str
) -> None:
    stack.a2i.advance(LATER)
    assert stack.draining().drain(nobody_needs) == [Leftover(replaced, deleted=False, pending=1)]
    assert stack.status(replaced) == "Active"


def test_it_goes_once_its_last_review_is_answered(stack: FlowStack, replaced: str) -> None:
    stack.a2i.submit("pending", {"ok": "yes"})
    stack.a2i.advance(LATER)

    assert stack.draining().drain(nobody_needs) == [Leftover(replaced, deleted=True, pending=0)]

    stack.a2i.advance(LATER)
    assert stack.names() == [stack.physical_id]


def test_it_stays_while_the_end_of_a_review_is_still_read_through_it(
    stack: FlowStack, replaced: str
) -> None:
    stack.a2i.submit("pending", {"ok": "yes"})
    stack.a2i.advance(LATER)
    assert stack.draining().drain(lambda arn: arn.endswith(replaced)) == [
        Leftover(replaced, deleted=False, pending=0)
    ]


def test_it_stays_for_starters_that_began_before_it_was_retired(
    stack: FlowStack, replaced: str
) -> None:
    stack.a2i.submit("pending", {"ok": "yes"})
    assert stack.draining().drain(nobody_needs) == [Leftover(replaced, deleted=False, pending=0)]


def test_nothing_is_drained_while_the_stack_changes(stack: FlowStack, replaced: str) -> None:
    stack.a2i.submit("pending", {"ok": "yes"})
    stack.a2i.advance(LATER)
    stack.cloudformation.status = "UPDATE_IN_PROGRESS"
    assert stack.draining().drain(nobody_needs) == []


def test_what_a_broken_deployment_left_is_retired_first(stack: FlowStack) -> None:
    orphan = stack.deploy(stack.wanted(TaskTitle="Orphan"))
    stack.physical_id = None
    stack.deploy(stack.wanted(TaskTitle="Current"))
    stack.complete_operation()

    assert stack.draining().drain(nobody_needs) == [Leftover(orphan, deleted=False, pending=0)]

    assert RETIRED_TAG in stack.tags(orphan)
    stack.a2i.advance(LATER)
    assert stack.draining().drain(nobody_needs) == [Leftover(orphan, deleted=True, pending=0)]


def test_other_stacks_definitions_are_not_seen(stack: FlowStack, replaced: str) -> None:
    stack.a2i.create_flow_definition("foreign-99999999-0123456789", "<crowd-form></crowd-form>")
    stack.a2i.advance(LATER)
    assert [each.name for each in stack.draining().drain(nobody_needs)] == [replaced]
