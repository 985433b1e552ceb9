"""The execution role of a flow definition, which outlives its place in the template."""

import json
from collections.abc import Sequence

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from a2i_constructs.functions.names import digest, stack_hash


def make_flow_role(
    scope: Construct,
    construct_id: str,
    *,
    description: str,
    statements: Sequence[iam.PolicyStatement],
) -> iam.Role:
    """Define a role with these permissions.

    Retired flow definitions go on writing answers with the role that they began with. So its
    permissions stand in the role itself, changed permissions make a new role, and CloudFormation
    keeps the former one. The reconciler deletes it with the last definition that uses it, and the
    flow definition's provider when the stack is destroyed; both know it by its path.
    """
    document = iam.PolicyDocument(statements=statements)
    written = json.dumps(Stack.of(scope).resolve(document), sort_keys=True)
    role = iam.Role(
        scope,
        construct_id,
        assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"),
        description=description,
        inline_policies={"Content": document},
        path=f"/a2i/{stack_hash()}/{digest(written)}/",
    )
    role.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
    return role


def own_flow_roles(scope: Construct) -> str:
    """A token: an ARN with wildcards for every role that the stack has or had for its flows."""
    return Stack.of(scope).format_arn(
        service="iam", region="", resource="role", resource_name=f"a2i/{stack_hash()}/*"
    )
