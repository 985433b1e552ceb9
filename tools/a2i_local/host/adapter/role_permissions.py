"""IAM permissions of a role, evaluated by MiniStack.

The A2I service works with the flow definition's role when nobody's request is under way, so
there are no credentials to check: only the role's policies, its boundary, and the policy of
the resource.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ministack.core import iam_evaluator
from ministack.services import iam

_SESSION_NAME = "SageMaker"
# A key's own policy must allow even the owner's roles; other resource policies only add.
_POLICY_REQUIRED = frozenset({"kms"})


@dataclass(frozen=True, slots=True)
class Role:
    """An IAM role by its ARN: arn:aws:iam::<account>:role/<path><name>."""

    arn: str

    @property
    def account(self) -> str:
        return self.arn.split(":")[4]

    @property
    def name(self) -> str:
        return self.arn.rsplit("/", 1)[-1]

    @property
    def session_arn(self) -> str:
        return f"arn:aws:sts::{self.account}:assumed-role/{self.name}/{_SESSION_NAME}"


def trusts(role: Role, service_principal: str, region: str) -> bool | None:
    """Return whether the role lets the service assume it; None: there is no such role.

    The service brings no condition keys, so a trust with `aws:SourceAccount` does not hold.
    """
    record = iam._roles.get_scoped(role.account, None, role.name)
    if record is None or record["Arn"] != role.arn:
        return None
    request = iam_evaluator.EvalContext(
        principal_arn=service_principal,
        principal_type="Service",
        principal_account="",
        action="sts:AssumeRole",
        resource_arn=role.arn,
        region=region,
        secure_transport=True,
    )
    result = iam_evaluator.evaluate_resource_policy(
        _with_resource(record["AssumeRolePolicyDocument"]), request, service=service_principal
    )
    return bool(result.decision == "Allow")


def _with_resource(trust_policy: str | dict[str, Any]) -> dict[str, Any]:
    """Return the trust policy as a resource policy: its resource is the role, unsaid."""
    document = json.loads(trust_policy) if isinstance(trust_policy, str) else trust_policy
    statements = document.get("Statement", [])
    if isinstance(statements, dict):
        statements = [statements]
    return {"Statement": [{**statement, "Resource": "*"} for statement in statements]}


def allowed(
    role: Role,
    action: str,
    resource_arn: str,
    *,
    region: str,
    context: Mapping[str, str] | None = None,
) -> bool:
    """Return whether the role may do `action` on the resource, over TLS."""
    service = action.partition(":")[0]
    request = iam_evaluator.EvalContext(
        principal_arn=role.session_arn,
        principal_type="AssumedRole",
        principal_account=role.account,
        action=action,
        resource_arn=resource_arn,
        region=region,
        secure_transport=True,
        service_context={key.lower(): value for key, value in (context or {}).items()},
    )
    limits = iam_evaluator._permissions_boundary(iam._roles, role.name, role.account)
    policies = iam_evaluator._gather_role_policies(role.name, role.account)
    result = iam_evaluator.evaluate(request, policies, *limits)
    policy = iam_evaluator._resource_policy(service, resource_arn)
    if policy is not None:
        result = iam_evaluator.combine_resource_policy(
            result, request, *policy, required=service in _POLICY_REQUIRED, limits=limits
        )
    return bool(result.decision == "Allow")
