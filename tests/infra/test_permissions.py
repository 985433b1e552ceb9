"""What each of our functions may do is written down, and why nothing may do everything."""

import json
from importlib.resources import files

import pytest

from a2i_constructs.functions import permissions as named
from tests.infra.permission_list import (
    FRAMEWORK,
    LOGS,
    PAGE,
    Permission,
    denials,
    page,
    permissions,
)

pytestmark = pytest.mark.xdist_group("cloud assembly")

# What AWS says of its actions: which of them can be limited to a resource.
AUTHORIZATION = json.loads((files("cfnlint") / "data/AdditionalSpecs/Policies.json").read_text())
RUNTIME = "ReviewRuntime"


def test_the_security_page_lists_every_permission() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run 'make permissions', and read the change"


def test_every_wildcard_has_a_reason() -> None:
    for permission in permissions():
        if any("*" in text for text in (*permission.actions, *permission.on)):
            assert permission.because, permission


def test_only_actions_that_know_no_resource_are_allowed_on_all() -> None:
    everywhere = {action for each in permissions() if "*" in each.on for action in each.actions}
    assert everywhere == {
        "sagemaker:ListFlowDefinitions",
        "sagemaker:ListHumanLoops",
        "sagemaker:ListWorkforces",
        "sagemaker:ListWorkteams",
        "states:SendTaskFailure",
        "states:SendTaskSuccess",
    }
    for action in everywhere:
        service, name = action.lower().split(":")
        assert "Resources" not in AUTHORIZATION[service]["Actions"][name], action


def test_no_action_but_the_two_that_a2i_demands_ends_in_a_wildcard() -> None:
    wide = {action for each in permissions() for action in each.actions if "*" in action}
    assert wide == {"kms:GenerateDataKey*", "kms:ReEncrypt*"}


def test_no_role_may_delete_what_only_an_operator_deletes() -> None:
    allowed = {action for each in permissions() for action in each.actions}
    deleting = {"iam:DeleteRole", "sagemaker:DeleteWorkteam", "cognito-idp:DeleteGroup"}
    assert not allowed & deleting


def test_the_framework_calls_its_own_functions_and_waits_and_does_nothing_else() -> None:
    for each in permissions():
        if each.holder.endswith(FRAMEWORK):
            provider = each.holder.split("/Provider/")[0]
            assert {*each.actions} <= {
                "lambda:GetFunction",
                "lambda:InvokeFunction",
                "states:StartExecution",
                *LOGS,
            }, each
            assert all(resource.startswith(provider) for resource in each.on), each


def test_logs_are_written_to_the_holders_own_group() -> None:
    for each in permissions():
        if not each.holder.endswith(FRAMEWORK):
            assert (each.actions == LOGS) == (each.on == ("its own logs",)), each


def test_keys_are_named_one_by_one() -> None:
    for each in permissions():
        if any(action.startswith("kms:") for action in each.actions):
            assert {*each.on} == {f"{RUNTIME}/Key"}, each


def test_names_of_requests_are_listed_below_their_prefix_only() -> None:
    [listing] = _of(f"{RUNTIME}/Starter/Function", *named.LIST_BUCKET)
    assert listing.conditions == {"StringLike": {"s3:prefix": "requests/*"}}


def test_roles_are_passed_to_the_service_alone() -> None:
    provider = "A2IFlowDefinitionProvider/Provider"
    for handler in (f"{provider}/OnEvent", f"{provider}/IsComplete"):
        [passing] = _of(handler, *named.PASS_ROLE)
        assert passing.on == (f"{RUNTIME}/FlowRole",)
        passed = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
        assert passing.conditions == passed


def test_the_flow_role_reaches_content_and_key_only() -> None:
    on = {
        resource
        for each in permissions()
        if each.holder.endswith("FlowRole")
        for resource in each.on
    }
    buckets = f"{RUNTIME}/Buckets"
    assert on == {
        f"{RUNTIME}/Key",
        f"{buckets}/Input",
        f"{buckets}/Input/*",
        f"{buckets}/Output",
        f"{buckets}/Output/reviews/*",
    }


def test_the_flow_role_shows_no_request_whatever_uri_a_sender_writes() -> None:
    [denied] = denials()
    bucket = f"{RUNTIME}/Buckets/Input"
    assert denied.holder == f"{RUNTIME}/FlowRole"
    assert denied.actions == ("s3:GetObject",)
    assert denied.on == tuple(
        f"{bucket}/{prefix}/*" for prefix in ("human-loops", "manifests", "requests")
    )
    assert denied.conditions is None


def _of(holder: str, action: str) -> list[Permission]:
    return [each for each in permissions() if each.holder == holder and action in each.actions]
