"""What becomes of replaced flow definitions and of the roles that were kept for them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from a2i_local.service import FaultSettings
from a2i_shared.flow_definitions.draining import Leftover
from a2i_shared.flow_definitions.retirement import RETIRED_TAG
from tests.lambda_src.flow_stack import FlowStack, ResourceFailed
from tests.lambda_src.local_clients import iam_client

OWN_PATH = "/a2i/0a1b2c3d/0123456789/"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "sagemaker.amazonaws.com"},
            "Action": "sts:AssumeRole",
        },
    }
)
ACCESS = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
    }
)
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


@pytest.fixture
def role() -> Iterator[str]:
    """A role that the stack made for a flow."""
    iam = iam_client()
    made = iam.create_role(RoleName="flow", Path=OWN_PATH, AssumeRolePolicyDocument=TRUST)
    iam.put_role_policy(RoleName="flow", PolicyName="Content", PolicyDocument=ACCESS)
    yield made["Role"]["Arn"]
    for each in iam.list_roles()["Roles"]:
        for policy in iam.list_role_policies(RoleName=each["RoleName"])["PolicyNames"]:
            iam.delete_role_policy(RoleName=each["RoleName"], PolicyName=policy)
        iam.delete_role(RoleName=each["RoleName"])


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
    assert stack.draining().drain_roles() == []


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


def test_a_role_that_nobody_uses_goes_with_its_policies(stack: FlowStack, role: str) -> None:
    stack.cloudformation.status = "UPDATE_COMPLETE"
    assert stack.draining().drain_roles() == [role]
    assert stack.draining().drain_roles() == []


def test_a_role_of_the_template_stays(stack: FlowStack, role: str) -> None:
    stack.cloudformation.status = "UPDATE_COMPLETE"
    stack.role_names = {"flow"}
    assert stack.draining().drain_roles() == []


def test_a_role_that_a_retired_definition_writes_with_stays(stack: FlowStack, role: str) -> None:
    stack.a2i.host.roles.add(role)
    stack.deploy({**stack.wanted(), "RoleArn": role})
    stack.start_loop("pending")
    stack.deploy(stack.wanted())
    stack.complete_operation()
    assert stack.draining().drain_roles() == []


def test_a_role_of_a_definition_that_failed_goes(stack: FlowStack, role: str) -> None:
    stack.a2i.host.roles.add(role)
    stack.a2i.inject(FaultSettings(failed_flow_definitions={"*": "a fault"}))
    with pytest.raises(ResourceFailed):
        stack.deploy({**stack.wanted(), "RoleArn": role})
    stack.cloudformation.status = "UPDATE_ROLLBACK_COMPLETE"

    assert stack.draining().drain_roles() == [role]


def test_roles_of_others_are_not_seen(stack: FlowStack, role: str) -> None:
    iam = iam_client()
    iam.create_role(
        RoleName="others", Path="/a2i/99999999/0123456789/", AssumeRolePolicyDocument=TRUST
    )
    stack.cloudformation.status = "UPDATE_COMPLETE"
    assert stack.draining().drain_roles() == [role]
    assert iam.get_role(RoleName="others")


def test_destroying_takes_the_role_with_the_definition(stack: FlowStack, role: str) -> None:
    stack.a2i.host.roles.add(role)
    stack.deploy({**stack.wanted(), "RoleArn": role})
    stack.destroy()
    with pytest.raises(iam_client().exceptions.NoSuchEntityException):
        iam_client().get_role(RoleName="flow")


def test_replacing_keeps_the_role(stack: FlowStack, role: str) -> None:
    stack.a2i.host.roles.add(role)
    stack.deploy({**stack.wanted(), "RoleArn": role})
    stack.deploy(stack.wanted())
    assert iam_client().get_role(RoleName="flow")
