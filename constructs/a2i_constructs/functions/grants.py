"""Grants with the reason for each wildcard, and acknowledgements of cdk-nag's findings."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import Acknowledgment, Stack, Validations
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct, IConstruct


def grant(
    grantee: iam.IGrantable,
    actions: Sequence[str],
    *arns: str,
    because: str | None = None,
    conditions: Mapping[str, Mapping[str, object]] | None = None,
) -> iam.Grant:
    """Allow actions on resources, and acknowledge what cdk-nag finds in the statement.

    cdk-nag reports each wildcard (AwsSolutions-IAM5). The reason is recorded on the grantee's role,
    for exactly these resources and actions: other statements of the role stay findings.

    Args:
        grantee: Principal that gets the permission.
        actions: IAM actions, as `permissions` names them.
        arns: Resources, tokens included.
        because: Why a wildcard cannot be narrower; a reviewer must be able to check it.
        conditions: Conditions of the statement.

    Raises:
        ValueError: A resource or an action has a wildcard, and `because` is missing.
    """
    granted = iam.Grant.add_to_principal(
        grantee=grantee, actions=[*actions], resource_arns=[*arns], conditions=conditions
    )
    wildcards = [*(arn for arn in arns if "*" in arn), *(each for each in actions if "*" in each)]
    if not wildcards:
        return granted
    if because is None:
        raise ValueError(f"because must be given for a wildcard, got none for {wildcards}")
    role = grantee.grant_principal
    if isinstance(role, Construct):  # service principals and such have no policy here
        findings = [f"IAM5[Action::{action}]" for action in actions if "*" in action]
        findings += [resource_finding(role, arn) for arn in arns if "*" in arn]
        acknowledge(role, *findings, because=because)
    return granted


def grant_key(
    grantee: iam.IGrantable, actions: Sequence[str], keys: Sequence[kms.IKey], *, via: Sequence[str]
) -> iam.Grant:
    """Allow the use of keys through services alone, such as `s3`: never a call of KMS itself."""
    stack = Stack.of(keys[0])
    services = [f"{service}.{stack.region}.{stack.url_suffix}" for service in via]
    return grant(
        grantee,
        actions,
        *(key.key_arn for key in keys),
        conditions={"StringEquals": {"kms:ViaService": services}},
    )


def acknowledge(construct: IConstruct, *findings: str, because: str) -> None:
    """Let findings of cdk-nag's AwsSolutions rules stand on a construct and what is inside it.

    Without cdk-nag in the app it changes nothing.
    """
    Validations.of(construct).acknowledge(
        *(Acknowledgment(id=f"AwsSolutions-{finding}", reason=because) for finding in findings)
    )


def acknowledge_invoke(role: iam.IRole, function: lambda_.IFunction) -> None:
    """Let the versions and aliases stand that CDK's `grant_invoke` adds to a function's ARN."""
    acknowledge(
        role,
        resource_finding(role, f"{function.function_arn}:*"),
        because="made by CDK's own grant_invoke: any version or alias of this one function",
    )


def resource_finding(scope: IConstruct, arn: str) -> str:
    """Id of cdk-nag's finding about a statement on a resource with a wildcard."""
    return f"IAM5[Resource::{as_nag_writes(Stack.of(scope).resolve(arn))}]"


def as_nag_writes(value: Any) -> str:
    """A resolved ARN as cdk-nag names it in its findings."""
    match value:
        case str():
            return value
        case {"Fn::Join": [delimiter, parts]}:
            return str(delimiter).join(as_nag_writes(part) for part in parts)
        case {"Ref": name}:
            return f"<{name}>"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"<{name}.{attribute}>"
        case _:
            return json.dumps(value, separators=(",", ":"))
