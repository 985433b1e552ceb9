"""How a finding of cdk-nag is named, and acknowledged on the construct that has it."""

import json
from typing import Any, cast

from aws_cdk import Acknowledgment, Stack, Validations
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import IConstruct


def acknowledge(construct: IConstruct, rule: str, reason: str) -> None:
    """Let a finding of AwsSolutions stand, for a reason that a reviewer can check."""
    Validations.of(construct).acknowledge(Acknowledgment(id=f"AwsSolutions-{rule}", reason=reason))


def acknowledge_resource(role: iam.IRole, arn: str, reason: str) -> None:
    """Let a statement on this resource, which has a wildcard, stand in the role's policy."""
    acknowledge_statement(policies_of(role), arn, reason)


def acknowledge_statement(policy: IConstruct, arn: str, reason: str) -> None:
    """Let a statement on this resource, which has a wildcard, stand in the policy."""
    written = _as_nag_writes(Stack.of(policy).resolve(arn))
    acknowledge(policy, f"IAM5[Resource::{written}]", reason)


def acknowledge_versions(role: iam.IRole, function: lambda_.IFunction) -> None:
    """Let the role call the versions of a function, which CDK's own `grant_invoke` adds."""
    acknowledge_resource(
        role,
        f"{function.function_arn}:*",
        "made by CDK's own grant_invoke: any version or alias of this one function, no other",
    )


def policies_of(role: iam.IRole) -> IConstruct:
    """The policy beside the role; the role itself where its policies are inside."""
    return role.node.try_find_child("DefaultPolicy") or role


def role_of(function: lambda_.Function) -> iam.IRole:
    """The role that a function runs with."""
    return cast("iam.IRole", function.role)  # optional in imported functions only


def _as_nag_writes(value: Any) -> str:
    """A resolved ARN as cdk-nag names it in its findings."""
    match value:
        case str():
            return value
        case {"Fn::Join": [delimiter, parts]}:
            return str(delimiter).join(_as_nag_writes(part) for part in parts)
        case {"Ref": name}:
            return f"<{name}>"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"<{name}.{attribute}>"
        case _:
            return json.dumps(value, separators=(",", ":"))
