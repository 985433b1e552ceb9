"""What stands in flow definitions, their provider and the workflows around them."""

from typing import cast

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

from a2i_constructs.flow.flow_definition import FlowDefinition
from a2i_constructs.flow.flow_definition_provider import FlowDefinitionProvider
from a2i_constructs.functions import permissions
from a2i_constructs.nag import reasons
from a2i_constructs.nag.acknowledgement import (
    acknowledge,
    acknowledge_resource,
    acknowledge_versions,
    policies_of,
    role_of,
)
from a2i_constructs.workflow import HumanReviewWorkflow


def acknowledge_workflow(workflow: HumanReviewWorkflow) -> None:
    """The starter's right to the human loops of one flow."""
    acknowledge_resource(
        role_of(workflow.starter.function),
        workflow.flow_definition.human_loop_arn_pattern,
        "the rest of a human loop's name is a digest of the reviewId; the flow's name in "
        "front of it keeps other flows' loops out",
    )


def acknowledge_flow_definition(flow: FlowDefinition) -> None:
    """The execution role's rights to buckets and key."""
    acknowledge_resource(flow.role, flow.buckets.every_key_arn, reasons.FORMER_KEYS)
    acknowledge_resource(
        flow.role,
        flow.buckets.input.arn_for_objects("*"),
        "read only: applications choose the keys of what reviewers look at",
    )
    acknowledge_resource(
        flow.role,
        flow.output_objects_arn_pattern,
        "A2I writes below the flow definition's name, whose end is a digest known after "
        "deployment; the part before it is this flow's and this stack's alone",
    )
    for action in permissions.USE_KEY_AS_FLOW:
        if action.endswith("*"):
            acknowledge(
                policies_of(flow.role),
                f"IAM5[Action::{action}]",
                "the A2I guide demands this action in this form for an output bucket with a "
                "customer's key; the statement names one key",
            )


def acknowledge_provider(provider: FlowDefinitionProvider) -> None:
    """The handlers' rights, and the state machine that CDK's framework waits with."""
    for handler in (provider.on_event, provider.is_complete):
        role = role_of(handler)
        acknowledge_resource(role, provider.flow_definition_arn_pattern, reasons.OWN_DEFINITIONS)
        acknowledge_resource(
            role,
            "*",
            "sagemaker:ListHumanLoops knows no resource level; it tells names and states of loops",
        )
        for framework_role in (provider.framework_on_event_role, provider.framework_complete_role):
            acknowledge_versions(framework_role, handler)
    acknowledge_resource(
        role_of(provider.is_complete), provider.flow_role_arn_pattern, reasons.OWN_ROLES
    )
    _acknowledge_waiter(provider)


def _acknowledge_waiter(provider: FlowDefinitionProvider) -> None:
    waiter = provider.provider.node.find_child("waiter-state-machine")
    waiter_role = cast("iam.IRole", waiter.node.find_child("Role"))
    for name in ("framework-isComplete", "framework-onTimeout"):
        function = cast("lambda_.Function", provider.provider.node.find_child(name))
        acknowledge_versions(waiter_role, function)
    acknowledge(
        waiter,
        "SF1",
        "its input holds the signed URL that answers CloudFormation, which belongs in no log; the "
        "functions that it calls log what they do",
    )
    acknowledge(
        waiter,
        "SF2",
        "it calls one function every few seconds while a deployment waits, and has no latency "
        "that anybody would trace",
    )
