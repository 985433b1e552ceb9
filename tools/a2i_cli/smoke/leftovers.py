"""Proof that a destroyed stack left nothing but the key whose deletion is scheduled."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from a2i_cli.aws import AwsClients

# CloudFormation type -> service, operation, members of its answer, name in a member.
_LISTS = {
    "AWS::CloudWatch::Alarm": ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    "AWS::Cognito::UserPool": ("cognito-idp", "list_user_pools", "UserPools", "Id"),
    "AWS::DynamoDB::Table": ("dynamodb", "list_tables", "TableNames", ""),
    "AWS::Events::Rule": ("events", "list_rules", "Rules", "Name"),
    "AWS::IAM::Role": ("iam", "list_roles", "Roles", "RoleName"),
    "AWS::Lambda::Function": ("lambda", "list_functions", "Functions", "FunctionName"),
    "AWS::Logs::LogGroup": ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    "AWS::S3::Bucket": ("s3", "list_buckets", "Buckets", "Name"),
    "AWS::SQS::Queue": ("sqs", "list_queues", "QueueUrls", ""),
    "AWS::SageMaker::HumanTaskUi": (
        "sagemaker",
        "list_human_task_uis",
        "HumanTaskUiSummaries",
        "HumanTaskUiArn",
    ),
    "AWS::SageMaker::Workforce": ("sagemaker", "list_workforces", "Workforces", "WorkforceArn"),
    "Custom::A2IOidcWorkforce": ("sagemaker", "list_workforces", "Workforces", "WorkforceName"),
    "AWS::SageMaker::Workteam": ("sagemaker", "list_workteams", "Workteams", "WorkteamArn"),
    "AWS::StepFunctions::StateMachine": (
        "stepfunctions",
        "list_state_machines",
        "stateMachines",
        "stateMachineArn",
    ),
    "Custom::A2IFlowDefinition": (
        "sagemaker",
        "list_flow_definitions",
        "FlowDefinitionSummaries",
        "FlowDefinitionName",
    ),
}
_REQUIRED = {"list_user_pools": {"MaxResults": 60}}
_KEY = "AWS::KMS::Key"


@dataclass(frozen=True)
class Resource:
    """Resource of a stack: CloudFormation's type and physical id."""

    type_name: str
    physical_id: str


def resources_of(clients: AwsClients, stack: str) -> list[Resource]:
    """Return what a stack has; read it before the stack is destroyed."""
    pages = clients.cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
    return [
        Resource(found["ResourceType"], found["PhysicalResourceId"])
        for page in pages
        for found in page["StackResourceSummaries"]
        if "PhysicalResourceId" in found
    ]


def left_behind(clients: AwsClients, stack: str, resources: list[Resource]) -> list[str]:
    """Return what is there still, a line each: the stack, its parameters, its resources."""
    left = [f"stack {stack}"] if exists(clients, stack) else []
    parameters = clients.ssm.get_parameters_by_path(Path=f"/a2i/{stack}/", Recursive=True)
    left += [f"parameter {found['Name']}" for found in parameters["Parameters"]]
    for type_name in sorted({each.type_name for each in resources} & _LISTS.keys()):
        there = set(_names(clients, type_name))
        left += [
            f"{type_name} {each.physical_id}"
            for each in resources
            if each.type_name == type_name and each.physical_id in there
        ]
    keys = (each.physical_id for each in resources if each.type_name == _KEY)
    return [*left, *(f"key {key} is {state}" for key, state in _living_keys(clients, keys))]


def exists(clients: AwsClients, stack: str) -> bool:
    """Return whether there is a stack of this name."""
    try:
        return bool(clients.cloudformation.describe_stacks(StackName=stack)["Stacks"])
    except ClientError:
        return False


def _living_keys(clients: AwsClients, keys: Iterator[str]) -> Iterator[tuple[str, str]]:
    for key in keys:
        state = clients.kms.describe_key(KeyId=key)["KeyMetadata"].get("KeyState", "unknown")
        if state != "PendingDeletion":
            yield key, state


def _names(clients: AwsClients, type_name: str) -> Iterator[str]:
    service, operation, members, name = _LISTS[type_name]
    client = clients.client(service)
    request = _REQUIRED.get(operation, {})
    pages: Any = (
        client.get_paginator(operation).paginate(**request)
        if client.can_paginate(operation)
        else [getattr(client, operation)(**request)]
    )
    for page in pages:
        for item in page.get(members, []):
            yield item[name] if name else item
