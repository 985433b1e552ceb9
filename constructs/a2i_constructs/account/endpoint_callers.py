"""Roles that may use some flows only at the endpoint of A2I's runtime."""

from typing import cast

from aws_cdk import Fn, Stack, Token
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

_VARIABLE = "A2I_CALLERS"


class EndpointCallers:
    """List of roles with the flow definitions of each, in an environment variable of the endpoint.

    Lambda takes 4 KB of variables: about 30 roles with one flow each.
    """

    def __init__(self, endpoint: lambda_.Function) -> None:
        """Start without roles: whoever IAM lets in may use every flow."""
        self._endpoint = endpoint
        self._flows: dict[str, list[str]] = {}

    def add(self, grantee: iam.IGrantable, flow_definition_arn: str) -> iam.IRole:
        """Limit the role of `grantee` to this flow definition and those added before.

        Args:
            grantee: A role, or a construct with one.
            flow_definition_arn: What it may use.

        Returns:
            The role.

        Raises:
            ValueError: `grantee` has no role, or its role stands in another stack and has no
                `role_name` of its own.
        """
        role = _role_of(grantee)
        arns = self._flows.setdefault(self._name_of(role), [])
        if flow_definition_arn not in arns:
            arns.append(flow_definition_arn)
        listed = [
            {"role": name, "flows": [Fn.select(1, Fn.split("/", arn)) for arn in arns]}
            for name, arns in self._flows.items()
        ]
        text = Stack.of(self._endpoint).to_json_string(listed)
        self._endpoint.add_environment(_VARIABLE, text)
        return role

    def come_before_policies_of(self, role: iam.IRole) -> None:
        """Have the list deployed before the role's permissions, which allow every flow."""
        function = self._endpoint.node.default_child
        for child in role.node.find_all():
            if isinstance(child, iam.CfnPolicy) and function is not None:
                child.node.add_dependency(function)

    def _name_of(self, role: iam.IRole) -> str:
        own = role.node.default_child
        if Stack.of(role) is Stack.of(self._endpoint) or not isinstance(own, iam.CfnRole):
            return role.role_name
        name = own.role_name
        if name is None or Token.is_unresolved(name):
            raise ValueError(
                f"role {role.node.path!r} must have a role_name, got none: it stands in another "
                "stack than the flow that it is to start human loops of, and the endpoint knows "
                "it by name"
            )
        return name


def _role_of(grantee: iam.IGrantable) -> iam.IRole:
    principal = grantee.grant_principal
    if hasattr(principal, "role_name"):  # roles that are referred to have a class of jsii alone
        return cast("iam.IRole", principal)
    raise ValueError(
        f"grantee must be a role or have one, got {type(principal).__name__}: the endpoint of "
        "human loops in the account knows callers by their role"
    )
