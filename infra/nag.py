"""cdk-nag's AwsSolutions rules over the stack, and why some findings stand.

Each acknowledgement sits on the construct that has the finding, and its reason names a fact that a
reviewer can check.
"""

import json
from typing import Any, cast

from aws_cdk import Acknowledgment, App, Stack, Validations
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from cdk_nag import AwsSolutionsChecks
from constructs import IConstruct

from a2i_constructs import (
    FlowDefinition,
    FlowDefinitionProvider,
    PrivateWorkforce,
    WorkforceLookup,
    permissions,
)
from a2i_constructs._on_event_provider import OnEventProvider
from infra.review_stack import ReviewStack


def check_with_nag(app: App, stack: ReviewStack) -> None:
    """Make synthesis fail on findings that are not acknowledged here."""
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    _acknowledge_workforce(stack)
    _acknowledge_starter(stack)
    _acknowledge_results(stack)
    _acknowledge_provider(FlowDefinitionProvider.of(stack))
    _acknowledge_reconciler(stack)
    _acknowledge_destroy_guard(stack)
    for workflow in stack.workflows.values():
        _acknowledge_flow(workflow.flow_definition)


def _acknowledge_workforce(stack: ReviewStack) -> None:
    if stack.workforce is None:
        return
    lookup = WorkforceLookup.of(stack).provider
    _acknowledge_resource(
        _role_of(lookup.function),
        "*",
        "sagemaker:ListWorkforces knows no resource level; it tells of the region's one workforce",
    )
    _acknowledge_framework(lookup)
    if not isinstance(stack.workforce, PrivateWorkforce):
        return
    _acknowledge_framework(stack.workforce.sign_in.provider)
    user_pool = stack.workforce.user_pool
    _acknowledge(
        user_pool,
        "COG2",
        "the setting workforce.mfa decides: reviewers sign in with an authenticator app of their "
        "own, which not every organisation hands out",
    )
    _acknowledge(
        user_pool,
        "COG8",
        "the Plus tier is billed per reviewer and month; its threat protection guards open "
        "sign-up, and here nobody signs up: administrators invite each reviewer",
    )


def _acknowledge_starter(stack: ReviewStack) -> None:
    starter = stack.starter
    role = _role_of(starter.function)
    buckets = starter.buckets
    _acknowledge_resource(
        role,
        buckets.input.arn_for_objects("requests/*"),
        "requests are kept under a digest of their reviewId, which is not known before they come; "
        "the callers' own objects lie outside of the prefix",
    )
    _acknowledge_resource(
        role,
        buckets.output.arn_for_objects("results/*"),
        "finished reviews are answered with the result kept under a digest of their reviewId",
    )
    _acknowledge_resource(role, buckets.every_key_arn, _FORMER_KEYS)
    _acknowledge_resource(role, starter.flow_definition_arn_pattern, _OWN_DEFINITIONS)
    for workflow in stack.workflows.values():
        _acknowledge_resource(
            role,
            workflow.flow_definition.human_loop_arn_pattern,
            "the rest of a human loop's name is a digest of the reviewId; the flow's name in "
            "front of it keeps other flows' loops out",
        )
    _acknowledge_resource(role, "*", _TASK_TOKENS)


def _acknowledge_results(stack: ReviewStack) -> None:
    role = _role_of(stack.results.function)
    buckets = stack.results.buckets
    _acknowledge_resource(role, buckets.every_key_arn, _FORMER_KEYS)
    _acknowledge_resource(
        role,
        buckets.input.arn_for_objects("requests/*"),
        "the request of a finished review lies under a digest of its reviewId",
    )
    _acknowledge_resource(
        role,
        buckets.output.arn_for_objects("*"),
        "read only: A2I puts answers below the flow definition's name, which changes with every "
        "replacement, and the loop's start time",
    )
    _acknowledge_resource(
        role,
        buckets.output.arn_for_objects("results/*"),
        "results are kept under a digest of their reviewId",
    )
    _acknowledge_resource(role, "*", _TASK_TOKENS)
    _acknowledge(
        stack.results.failed_events,
        "SQS3",
        "it is the dead-letter queue of the results function: nothing reads it but an operator",
    )


def _acknowledge_provider(provider: FlowDefinitionProvider) -> None:
    for handler in (provider.on_event, provider.is_complete):
        _acknowledge_resource(
            _role_of(handler), provider.flow_definition_arn_pattern, _OWN_DEFINITIONS
        )
        _acknowledge_resource(
            _role_of(handler),
            "*",
            "sagemaker:ListHumanLoops knows no resource level; it tells names and states of loops",
        )
        for framework_role in (provider.framework_on_event_role, provider.framework_complete_role):
            _acknowledge_resource(framework_role, f"{handler.function_arn}:*", _VERSIONS)
    _acknowledge_resource(
        _role_of(provider.is_complete), provider.flow_role_arn_pattern, _OWN_ROLES
    )
    waiter = provider.provider.node.find_child("waiter-state-machine")
    waiter_role = cast("iam.IRole", waiter.node.find_child("Role"))
    for name in ("framework-isComplete", "framework-onTimeout"):
        function = cast("lambda_.Function", provider.provider.node.find_child(name))
        _acknowledge_resource(waiter_role, f"{function.function_arn}:*", _VERSIONS)
    _acknowledge(
        waiter,
        "SF1",
        "its input holds the signed URL that answers CloudFormation, which belongs in no log; the "
        "functions that it calls log what they do",
    )
    _acknowledge(
        waiter,
        "SF2",
        "it calls one function every few seconds while a deployment waits, and has no latency "
        "that anybody would trace",
    )


def _acknowledge_reconciler(stack: ReviewStack) -> None:
    reconciler = stack.reconciler
    role = _role_of(reconciler.function)
    _acknowledge_resource(role, reconciler.flow_definition_arn_pattern, _OWN_DEFINITIONS)
    _acknowledge_resource(
        role,
        FlowDefinitionProvider.of(stack).flow_role_arn_pattern,
        _OWN_ROLES,
    )
    _acknowledge_resource(
        role,
        reconciler.human_loop_arn_pattern,
        "read only, state and time of loops; those of a flow that was removed from the settings "
        "begin with a name that the template no longer knows",
    )
    _acknowledge_resource(role, "*", _LISTS)


def _acknowledge_destroy_guard(stack: ReviewStack) -> None:
    guard = stack.destroy_guard
    role = _role_of(guard.function)
    _acknowledge_resource(role, guard.flow_definition_arn_pattern, _OWN_DEFINITIONS)
    _acknowledge_resource(
        role,
        FlowDefinitionProvider.of(stack).flow_role_arn_pattern,
        _OWN_ROLES,
    )
    _acknowledge_resource(role, "*", _LISTS)
    _acknowledge_resource(guard.framework_role, f"{guard.function.function_arn}:*", _VERSIONS)


def _acknowledge_flow(flow: FlowDefinition) -> None:
    _acknowledge_resource(flow.role, flow.buckets.every_key_arn, _FORMER_KEYS)
    _acknowledge_resource(
        flow.role,
        flow.buckets.input.arn_for_objects("*"),
        "read only: applications choose the keys of what reviewers look at",
    )
    _acknowledge_resource(
        flow.role,
        flow.output_objects_arn_pattern,
        "A2I writes below the flow definition's name, whose end is a digest known after "
        "deployment; the part before it is this flow's and this stack's alone",
    )
    for action in permissions.USE_KEY_AS_FLOW:
        if action.endswith("*"):
            _acknowledge(
                _policies_of(flow.role),
                f"IAM5[Action::{action}]",
                "the A2I guide demands this action in this form for an output bucket with a "
                "customer's key; the statement names one key",
            )


_OWN_DEFINITIONS = (
    "names of flow definitions end in a digest known after deployment; the stack's own hash in "
    "front of it keeps other stacks' definitions out"
)
_FORMER_KEYS = (
    "decrypts only, through S3 only, and by the encryption context only objects of the stack's own "
    "bucket: what was written before another key was set has a key that the template knows no more"
)
_OWN_ROLES = (
    "roles below the path that holds the stack's own hash, which the stack makes for its flow "
    "definitions and nothing else"
)
_LISTS = (
    "sagemaker:ListFlowDefinitions, sagemaker:ListHumanLoops and iam:ListRoles know no resource "
    "level; they tell names and states"
)
_TASK_TOKENS = (
    "states:SendTaskSuccess and SendTaskFailure know no resource: the token, which only the "
    "waiting execution hands out, is the authorization"
)
_VERSIONS = "made by CDK's own grant_invoke: any version or alias of this one function, no other"


def _acknowledge_framework(provider: OnEventProvider) -> None:
    _acknowledge_resource(provider.framework_role, f"{provider.function.function_arn}:*", _VERSIONS)


def _acknowledge(construct: IConstruct, rule: str, reason: str) -> None:
    Validations.of(construct).acknowledge(Acknowledgment(id=f"AwsSolutions-{rule}", reason=reason))


def _acknowledge_resource(role: iam.IRole, arn: str, reason: str) -> None:
    written = _as_nag_writes(Stack.of(role).resolve(arn))
    _acknowledge(_policies_of(role), f"IAM5[Resource::{written}]", reason)


def _policies_of(role: iam.IRole) -> IConstruct:
    """The policy beside the role; the role itself where its policies are inside."""
    return role.node.try_find_child("DefaultPolicy") or role


def _role_of(function: lambda_.Function) -> iam.IRole:
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
