"""What each of our functions may do, as one readable table, and why nothing may do everything."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import pytest

from tests.infra.synthesis import ROOT, resources, template

pytestmark = pytest.mark.xdist_group("cloud assembly")

# What AWS says of its actions: which of them can be limited to a resource.
AUTHORIZATION = json.loads((files("cfnlint") / "data/AdditionalSpecs/Policies.json").read_text())
STACK_HASH = {
    "Fn::Select": [
        0,
        {"Fn::Split": ["-", {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}]}]},
    ]
}
FLOW_DEFINITIONS = "sagemaker:flow-definition/*-<stack>-*"

FLOW_DEFINITION_HANDLER = {
    "cloudformation:DescribeStacks": ["the stack"],
    "iam:PassRole": ["Flows/sentiment/FlowDefinition/Role"],
    "logs:CreateLogStream": ["own logs"],
    "logs:PutLogEvents": ["own logs"],
    "sagemaker:AddTags": [FLOW_DEFINITIONS],
    "sagemaker:CreateFlowDefinition": [FLOW_DEFINITIONS],
    "sagemaker:DeleteFlowDefinition": [FLOW_DEFINITIONS],
    "sagemaker:DeleteTags": [FLOW_DEFINITIONS],
    "sagemaker:DescribeFlowDefinition": [FLOW_DEFINITIONS],
    "sagemaker:ListHumanLoops": ["*"],
    "sagemaker:ListTags": [FLOW_DEFINITIONS],
}

ANY_KEY = "kms:key/*"
FLOW_ROLES = "iam:role/a2i/<stack>/*"
DELETE_FLOW_ROLES = {
    "iam:DeleteRole": [FLOW_ROLES],
    "iam:DeleteRolePolicy": [FLOW_ROLES],
    "iam:DetachRolePolicy": [FLOW_ROLES],
    "iam:ListAttachedRolePolicies": [FLOW_ROLES],
    "iam:ListRolePolicies": [FLOW_ROLES],
}
WORKTEAMS = "sagemaker:workteam/*-<stack>-*"
DRAINING = {
    "cloudformation:DescribeStacks": ["the stack"],
    "cloudformation:ListStackResources": ["the stack"],
    "dynamodb:Scan": ["Ledger/Table/index/OpenReviews"],
    "iam:ListRoles": ["*"],
    "kms:Decrypt": ["Key"],
    "kms:DescribeKey": ["Key"],
    "logs:CreateLogStream": ["own logs"],
    "logs:PutLogEvents": ["own logs"],
    "sagemaker:DeleteFlowDefinition": [FLOW_DEFINITIONS],
    "sagemaker:DescribeFlowDefinition": [FLOW_DEFINITIONS],
    "sagemaker:DeleteWorkteam": [WORKTEAMS],
    "sagemaker:ListFlowDefinitions": ["*"],
    "sagemaker:ListHumanLoops": ["*"],
    "sagemaker:ListWorkteams": ["*"],
    **DELETE_FLOW_ROLES,
}

TABLE: dict[str, dict[str, list[str]]] = {
    "Starter/Function": {
        "dynamodb:DeleteItem": ["Ledger/Table"],
        "dynamodb:GetItem": ["Ledger/Table"],
        "dynamodb:PutItem": ["Ledger/Table"],
        "dynamodb:UpdateItem": ["Ledger/Table"],
        "events:PutEvents": ["events:event-bus/default"],
        "kms:Decrypt": ["Key", *3 * [ANY_KEY]],
        "kms:DescribeKey": ["Key"],
        "kms:GenerateDataKey": ["Key"],
        "logs:CreateLogStream": ["own logs"],
        "logs:PutLogEvents": ["own logs"],
        "s3:DeleteObject": ["Buckets/Input/requests/*"],
        "s3:GetObject": ["Buckets/Input/requests/*", "Buckets/Output/results/*"],
        "s3:ListBucket": ["Buckets/Input"],
        "s3:PutObject": ["Buckets/Input/requests/*"],
        "sagemaker:DescribeHumanLoop": ["sagemaker:human-loop/sentiment-*"],
        "sagemaker:StartHumanLoop": [FLOW_DEFINITIONS, "sagemaker:human-loop/sentiment-*"],
        "sqs:ChangeMessageVisibility": ["Starter/Queue"],
        "sqs:DeleteMessage": ["Starter/Queue"],
        "sqs:GetQueueAttributes": ["Starter/Queue"],
        "sqs:GetQueueUrl": ["Starter/Queue"],
        "sqs:ReceiveMessage": ["Starter/Queue"],
        "sqs:SendMessage": ["Starter/DeadLetterQueue", "Starter/Queue"],
        "ssm:GetParametersByPath": ["ssm:parameter/a2i/HumanReview/flows"],
        "states:SendTaskFailure": ["*"],
        "states:SendTaskSuccess": ["*"],
    },
    "Results/Function": {
        "dynamodb:GetItem": ["Ledger/Table"],
        "dynamodb:UpdateItem": ["Ledger/Table"],
        "events:PutEvents": ["events:event-bus/default"],
        "kms:Decrypt": ["Key", *2 * [ANY_KEY]],
        "kms:DescribeKey": ["Key"],
        "kms:GenerateDataKey": ["Key"],
        "logs:CreateLogStream": ["own logs"],
        "logs:PutLogEvents": ["own logs"],
        "s3:GetObject": ["Buckets/Input/requests/*", "Buckets/Output/*"],
        "s3:ListBucket": ["Buckets/Output"],
        "s3:PutObject": ["Buckets/Output/results/*"],
        "sqs:SendMessage": ["Results/FailedEvents"],
        "states:SendTaskFailure": ["*"],
        "states:SendTaskSuccess": ["*"],
    },
    "A2IFlowDefinitionProvider/OnEvent": FLOW_DEFINITION_HANDLER,
    "A2IFlowDefinitionProvider/IsComplete": {**FLOW_DEFINITION_HANDLER, **DELETE_FLOW_ROLES},
    "Reconciler/Function": {
        **DRAINING,
        "kms:GenerateDataKey": ["Key"],
        "lambda:InvokeFunction": ["Results/Function/Resource"],
        "sagemaker:AddTags": [FLOW_DEFINITIONS],
        "sagemaker:DeleteTags": [FLOW_DEFINITIONS],
        "sagemaker:DescribeHumanLoop": ["sagemaker:human-loop/*"],
        "sagemaker:ListTags": [FLOW_DEFINITIONS],
        "sqs:GetQueueAttributes": ["Starter/Queue"],
        "sqs:SendMessage": ["Starter/Queue"],
        "ssm:GetParametersByPath": ["ssm:parameter/a2i/HumanReview/flows"],
    },
    "A2IWorkteamGroupProvider/Provider/OnEvent": {
        "cloudformation:DescribeStacks": ["the stack"],
        "cognito-idp:AdminAddUserToGroup": ["Workforce/UserPool"],
        "cognito-idp:AdminCreateUser": ["Workforce/UserPool"],
        "cognito-idp:AdminRemoveUserFromGroup": ["Workforce/UserPool"],
        "cognito-idp:CreateGroup": ["Workforce/UserPool"],
        "cognito-idp:DeleteGroup": ["Workforce/UserPool"],
        "cognito-idp:ListGroups": ["Workforce/UserPool"],
        "logs:CreateLogStream": ["own logs"],
        "logs:PutLogEvents": ["own logs"],
        "sagemaker:DeleteWorkteam": [WORKTEAMS],
        "sagemaker:DescribeFlowDefinition": [FLOW_DEFINITIONS],
        "sagemaker:ListFlowDefinitions": ["*"],
        "sagemaker:ListWorkteams": ["*"],
    },
    "A2IWorkforceLookup/Provider/OnEvent": {
        "cloudformation:ListStackResources": ["the stack"],
        "logs:CreateLogStream": ["own logs"],
        "logs:PutLogEvents": ["own logs"],
        "sagemaker:ListWorkforces": ["*"],
    },
    "Workforce/SignIn/Provider/OnEvent": {
        "cognito-idp:DescribeUserPoolClient": ["Workforce/UserPool"],
        "cognito-idp:UpdateUserPoolClient": ["Workforce/UserPool"],
        "logs:CreateLogStream": ["own logs"],
        "logs:PutLogEvents": ["own logs"],
    },
    "Workforce/Invitation/Function": {
        "logs:CreateLogStream": ["own logs"],
        "logs:PutLogEvents": ["own logs"],
        "sagemaker:DescribeWorkforce": ["sagemaker:workforce/default"],
    },
    "DestroyGuard/OnEvent": {
        **DRAINING,
        "lambda:DeleteFunctionConcurrency": ["Starter/Function/Resource"],
        "lambda:GetFunctionConcurrency": ["Starter/Function/Resource"],
        "lambda:PutFunctionConcurrency": ["Starter/Function/Resource"],
        "sqs:GetQueueAttributes": ["Starter/DeadLetterQueue", "Starter/Queue"],
    },
    "Flows/sentiment/FlowDefinition": {
        "kms:Decrypt": ["Key", ANY_KEY],
        "kms:DescribeKey": ["Key"],
        "kms:Encrypt": ["Key"],
        "kms:GenerateDataKey*": ["Key"],
        "kms:ReEncrypt*": ["Key"],
        "s3:GetObject": ["Buckets/Input/*"],
        "s3:PutObject": ["Buckets/Output/sentiment-<stack>-*"],
    },
}


@dataclass(frozen=True)
class Permission:
    """One action on one resource, held by the construct whose role it is."""

    holder: str
    action: str
    resource: str


def test_each_function_may_do_what_the_table_says_and_no_more() -> None:
    found: dict[str, dict[str, list[str]]] = {holder: {} for holder in TABLE}
    for permission in _permissions():
        if permission.holder in found:
            own = permission.resource.replace(f"{permission.holder}/Logs", "own logs")
            found[permission.holder].setdefault(permission.action, []).append(own)
    actual = {
        holder: {action: sorted(held[action]) for action in sorted(held)}
        for holder, held in found.items()
    }
    assert actual == TABLE


def test_every_other_role_belongs_to_the_custom_resource_framework() -> None:
    holders = {permission.holder for permission in _permissions()} - set(TABLE)
    assert holders == {
        "A2IFlowDefinitionProvider/FrameworkOnEventRole",
        "A2IFlowDefinitionProvider/FrameworkCompleteRole",
        "A2IFlowDefinitionProvider/Provider/waiter-state-machine",
        "DestroyGuard/FrameworkRole",
        "A2IWorkforceLookup/Provider/FrameworkRole",
        "A2IWorkteamGroupProvider/Provider/FrameworkRole",
        "Workforce/SignIn/Provider/FrameworkRole",
    }


def test_only_actions_that_know_no_resource_are_allowed_on_all() -> None:
    everywhere = {permission.action for permission in _permissions() if permission.resource == "*"}
    assert everywhere == {
        "iam:ListRoles",
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


def test_no_policy_but_for_the_key_allows_whole_services() -> None:
    for permission in _permissions():
        _, name = permission.action.split(":")
        assert not name.endswith("*") or permission.action in {
            "kms:GenerateDataKey*",
            "kms:ReEncrypt*",
        }


def test_names_of_requests_are_listed_below_their_prefix_only() -> None:
    conditions = [
        statement["Condition"]
        for statement in _statements("Starter/Function")
        if statement["Action"] == "s3:ListBucket"
    ]
    assert conditions == [{"StringLike": {"s3:prefix": "requests/*"}}]


def test_any_key_decrypts_what_the_stacks_buckets_and_its_queue_hold_alone() -> None:
    found = [
        statement["Condition"]
        for holder in ("Starter/Function", "Results/Function", "Flows/sentiment/FlowDefinition")
        for statement in _statements(holder)
        if _readable(_list(statement["Resource"])[0]) == ANY_KEY
    ]
    assert sorted(_allowed_by(condition) for condition in found) == [
        ("s3.", "Buckets/Input"),
        ("s3.", "Buckets/Input"),
        ("s3.", "Buckets/Input"),
        ("s3.", "Buckets/Output"),
        ("s3.", "Buckets/Output"),
        ("sqs.", "Starter/Queue"),
    ]


def _allowed_by(condition: Mapping[str, Any]) -> tuple[str, str]:
    """Through which service, and for content of what."""
    [_, parts] = condition["StringEquals"]["kms:ViaService"]["Fn::Join"]
    [(key, arns)] = condition["StringLike"].items()
    assert key == f"kms:EncryptionContext:aws:{parts[0]}arn".replace(".", ":")
    [holder, *content] = map(_readable, _list(arns))
    assert content == ([f"{holder}/*"] if parts[0] == "s3." else [])
    return parts[0], holder


def test_roles_are_passed_to_the_service_alone() -> None:
    conditions = [
        statement["Condition"]
        for holder in ("OnEvent", "IsComplete")
        for statement in _statements(f"A2IFlowDefinitionProvider/{holder}")
        if statement["Action"] == "iam:PassRole"
    ]
    passed = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
    assert conditions == [passed, passed]


def test_the_security_document_names_every_wildcard() -> None:
    document = (ROOT / "docs/security.md").read_text()
    for held in TABLE.values():
        for resource in {resource for found in held.values() for resource in found}:
            if "*" in resource:
                general = resource.replace("sentiment-", "<flow>-")
                assert f"`{general}`" in document, resource


def _permissions() -> Iterator[Permission]:
    for holder, statement in _all_statements():
        assert statement["Effect"] == "Allow"
        for action in _list(statement["Action"]):
            for resource in _list(statement["Resource"]):
                yield Permission(holder, action, _readable(resource))


def _statements(holder: str) -> list[Mapping[str, Any]]:
    return [statement for held_by, statement in _all_statements() if held_by == holder]


def _all_statements() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every statement with its holder, from policies beside a role and inside of one."""
    for policy in resources("AWS::IAM::Policy").values():
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            yield _holder(policy), statement
    for name, role in resources("AWS::IAM::Role").items():
        for inline in role["Properties"].get("Policies", []):
            for statement in inline["PolicyDocument"]["Statement"]:
                yield _path(name).removesuffix("/Role"), statement


def _holder(policy: Mapping[str, Any]) -> str:
    [role] = policy["Properties"]["Roles"]
    return _path(role["Ref"]).removesuffix("/Role")


def _readable(arn: Any) -> str:
    """An ARN with construct paths for the stack's own resources, and without partition and such."""
    match arn:
        case {"Ref": "AWS::StackId"}:
            return "the stack"
        case {"Ref": name} | {"Fn::GetAtt": [name, "Arn"]}:
            return name if name.startswith("AWS::") else _path(name)
        case {"Fn::Join": ["", parts]}:
            text = "".join(_readable(part) for part in parts)
            without_place = re.sub(":(AWS::Region)?:AWS::AccountId:", ":", text)
            return without_place.removeprefix("arn:AWS::Partition:")
        case str():
            return arn
    assert arn == STACK_HASH
    return "<stack>"


def _path(logical_id: str) -> str:
    path = str(template()["Resources"][logical_id]["Metadata"]["aws:cdk:path"])
    return path.removeprefix("HumanReview/").removesuffix("/Resource")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
