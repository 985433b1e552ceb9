"""IAM action, resource and condition keys of each A2I API call.

Where AWS's own pages disagree about the resource (the two readings are noted below), both are
checked: a policy that passes here passes either way.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

SERVICE_PRINCIPAL = "sagemaker.amazonaws.com"
_LOOKING = ("Describe", "List", "Render")
_TARGET_PREFIX = "SageMaker."
_RUNTIME_PATH = "/human-loops"
_INVOCATION = re.compile(r"/endpoints/([^/]+)/invocations")
# SageMaker writes these names in lower case into ARNs, whatever the caller wrote.
_LOWER_CASE = ("model", "endpoint-config", "endpoint")
_ANY = "*"
# What the service does to a user pool and its app client on behalf of the caller.
_USER_POOL_ACTIONS = (
    "cognito-idp:DescribeUserPool",
    "cognito-idp:DescribeUserPoolClient",
    "cognito-idp:UpdateUserPool",
    "cognito-idp:UpdateUserPoolClient",
)

# Operation -> resource types with the parameter that names the resource.
_NAMED: dict[str, tuple[tuple[str, str], ...]] = {
    "CreateFlowDefinition": (("flow-definition", "FlowDefinitionName"),),
    "DescribeFlowDefinition": (("flow-definition", "FlowDefinitionName"),),
    "DeleteFlowDefinition": (("flow-definition", "FlowDefinitionName"),),
    "CreateHumanTaskUi": (("human-task-ui", "HumanTaskUiName"),),
    "DescribeHumanTaskUi": (("human-task-ui", "HumanTaskUiName"),),
    "DeleteHumanTaskUi": (("human-task-ui", "HumanTaskUiName"),),
    "CreateWorkforce": (("workforce", "WorkforceName"),),
    "DescribeWorkforce": (("workforce", "WorkforceName"),),
    "UpdateWorkforce": (("workforce", "WorkforceName"),),
    "DeleteWorkforce": (("workforce", "WorkforceName"),),
    "CreateWorkteam": (("workteam/private-crowd", "WorkteamName"),),
    "DescribeWorkteam": (("workteam/private-crowd", "WorkteamName"),),
    "UpdateWorkteam": (("workteam/private-crowd", "WorkteamName"),),
    "DeleteWorkteam": (("workteam/private-crowd", "WorkteamName"),),
    "CreateModel": (("model", "ModelName"),),
    "DescribeModel": (("model", "ModelName"),),
    "DeleteModel": (("model", "ModelName"),),
    "CreateEndpointConfig": (("endpoint-config", "EndpointConfigName"),),
    "DescribeEndpointConfig": (("endpoint-config", "EndpointConfigName"),),
    "DeleteEndpointConfig": (("endpoint-config", "EndpointConfigName"),),
    "CreateEndpoint": (("endpoint", "EndpointName"), ("endpoint-config", "EndpointConfigName")),
    "DescribeEndpoint": (("endpoint", "EndpointName"),),
    "UpdateEndpoint": (("endpoint", "EndpointName"), ("endpoint-config", "EndpointConfigName")),
    "DeleteEndpoint": (("endpoint", "EndpointName"),),
    "InvokeEndpoint": (("endpoint", "EndpointName"),),
    "DescribeHumanLoop": (("human-loop", "HumanLoopName"),),
    "StopHumanLoop": (("human-loop", "HumanLoopName"),),
    "DeleteHumanLoop": (("human-loop", "HumanLoopName"),),
}
_BY_ARN: dict[str, str] = {
    "StartHumanLoop": "FlowDefinitionArn",
    "AddTags": "ResourceArn",
    "ListTags": "ResourceArn",
    "DeleteTags": "ResourceArn",
}
_RUNTIME_OPERATIONS = {
    ("POST", ""): "StartHumanLoop",
    ("GET", ""): "ListHumanLoops",
    ("POST", "stop"): "StopHumanLoop",
    ("GET", "name"): "DescribeHumanLoop",
    ("DELETE", "name"): "DeleteHumanLoop",
}


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the API, as far as IAM is concerned."""

    operation: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Check:
    """One permission that the caller must have."""

    action: str
    resource: str
    context: Mapping[str, Any] = field(default_factory=dict)


def identify_call(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Call | None:
    """Return the call a request makes; None where the API has no such operation."""
    target = headers.get("x-amz-target", "")
    if target.startswith(_TARGET_PREFIX):
        return Call(target.removeprefix(_TARGET_PREFIX), _json_object(body))
    invocation = _INVOCATION.fullmatch(path)
    if invocation is not None:
        return Call("InvokeEndpoint", {"EndpointName": invocation[1]})
    return _runtime_call(method, path, body)


def changes_something(method: str, path: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Return whether the request may change something."""
    call = identify_call(method, path, headers, body)
    return call is not None and not call.operation.startswith(_LOOKING)


def required_checks(call: Call, *, region: str, account: str) -> list[Check]:
    """Return everything that the caller of `call` must be allowed to do."""
    resources = _resources(call, region, account)
    action = f"sagemaker:{call.operation}"
    context = {**_work_team_keys(call), **_tag_keys(call)}
    checks = [Check(action, resource, context) for resource in resources]
    if call.parameters.get("Tags") and call.operation != "AddTags":
        checks += [Check("sagemaker:AddTags", resource, context) for resource in resources]
    role = call.parameters.get("RoleArn") or call.parameters.get("ExecutionRoleArn")
    if role:
        checks.append(Check("iam:PassRole", str(role), {"iam:PassedToService": SERVICE_PRINCIPAL}))
    return [*checks, *_user_pool_checks(call, region, account)]


def _user_pool_checks(call: Call, region: str, account: str) -> list[Check]:
    """The caller's permissions on the user pools of a new workforce or work team."""
    if call.operation not in {"CreateWorkforce", "CreateWorkteam"}:
        return []
    return [
        Check(action, f"arn:aws:cognito-idp:{region}:{account}:userpool/{user_pool}")
        for user_pool in sorted(set(_user_pools(call.parameters)))
        for action in _USER_POOL_ACTIONS
    ]


def _user_pools(parameters: Any) -> Iterator[str]:
    """Find every UserPool, however deep; a request of the wrong shape may have any depth."""
    waiting = [parameters]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            if isinstance(value.get("UserPool"), str):
                yield value["UserPool"]
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def _runtime_call(method: str, path: str, body: bytes) -> Call | None:
    if path != _RUNTIME_PATH and not path.startswith(f"{_RUNTIME_PATH}/"):
        return None
    rest = path.removeprefix(_RUNTIME_PATH).strip("/")
    operation = _RUNTIME_OPERATIONS.get((method, rest)) if rest in {"", "stop"} else None
    if operation is not None:
        return Call(operation, _json_object(body))
    operation = _RUNTIME_OPERATIONS.get((method, "name"))
    return Call(operation, {"HumanLoopName": rest}) if operation else None


def _resources(call: Call, region: str, account: str) -> list[str]:
    found = [
        f"arn:aws:sagemaker:{region}:{account}:{kind}/{_in_arn(kind, name)}"
        for kind, parameter in _NAMED.get(call.operation, ())
        if (name := call.parameters.get(parameter))
    ]
    arn = call.parameters.get(_BY_ARN.get(call.operation, ""))
    if arn:
        found.insert(0, str(arn))
    return found or [_ANY]


def _in_arn(kind: str, name: Any) -> str:
    return str(name).lower() if kind in _LOWER_CASE else str(name)


def _work_team_keys(call: Call) -> dict[str, str]:
    loop = call.parameters.get("HumanLoopConfig")
    arn = loop.get("WorkteamArn") if isinstance(loop, dict) else None
    if not isinstance(arn, str) or "workteam/" not in arn:
        return {}
    kind = arn.partition("workteam/")[2].partition("/")[0]
    return {"sagemaker:WorkteamArn": arn, "sagemaker:WorkteamType": kind}


def _tag_keys(call: Call) -> dict[str, Any]:
    tags = call.parameters.get("Tags")
    if not isinstance(tags, list):
        return {}
    pairs = [(str(tag.get("Key")), str(tag.get("Value"))) for tag in tags if isinstance(tag, dict)]
    return {
        "aws:TagKeys": [key for key, _ in pairs],
        **{f"aws:RequestTag/{key}": value for key, value in pairs},
    }


def _json_object(body: bytes) -> dict[str, Any]:
    """Return the parameters; none from a body that the service will refuse anyway."""
    try:
        parsed = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}
