"""What a destroyed stack has left on the local AWS."""

from typing import Any

from tests.end_to_end.conftest import STACK, Project


def empty_buckets(project: Project) -> None:
    """Delete every version of every object of the stack: buckets that hold some stay."""
    s3 = project.client("s3")
    for bucket in s3.list_buckets()["Buckets"]:
        if bucket["Name"].startswith(STACK.lower()):
            _empty(s3, bucket["Name"])


def _empty(s3: Any, bucket: str) -> None:
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket)
    for page in pages:
        for version in page.get("Versions", []) + page.get("DeleteMarkers", []):
            s3.delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])


def left(project: Project) -> dict[str, list[str]]:
    """What still exists, by kind, other than what bootstrapping made."""
    sagemaker = project.client("sagemaker")
    found = {
        "functions": [
            function["FunctionName"]
            for function in project.client("lambda").list_functions()["Functions"]
        ],
        "buckets": [
            bucket["Name"]
            for bucket in project.client("s3").list_buckets()["Buckets"]
            if not bucket["Name"].startswith("cdk-")
        ],
        "tables": project.client("dynamodb").list_tables()["TableNames"],
        "queues": project.client("sqs").list_queues().get("QueueUrls", []),
        "roles": [role["RoleName"] for role in project.client("iam").list_roles()["Roles"]],
        "APIs": [api["Name"] for api in project.client("apigatewayv2").get_apis()["Items"]],
        "stream mappings": [
            mapping["UUID"]
            for mapping in project.client("lambda").list_event_source_mappings()[
                "EventSourceMappings"
            ]
        ],
        "rules": [rule["Name"] for rule in project.client("events").list_rules()["Rules"]],
        "pools": [
            pool["Name"]
            for pool in project.client("cognito-idp").list_user_pools(MaxResults=10)["UserPools"]
        ],
        "parameters": [
            parameter["Name"]
            for parameter in project.client("ssm").describe_parameters()["Parameters"]
            if parameter["Name"].startswith("/a2i/")
        ],
        "log groups": [
            group["logGroupName"]
            for group in project.client("logs").describe_log_groups()["logGroups"]
        ],
        "flow definitions": [
            flow["FlowDefinitionName"]
            for flow in sagemaker.list_flow_definitions()["FlowDefinitionSummaries"]
        ],
        "task UIs": [
            ui["HumanTaskUiName"] for ui in sagemaker.list_human_task_uis()["HumanTaskUiSummaries"]
        ],
        "work teams": [team["WorkteamName"] for team in sagemaker.list_workteams()["Workteams"]],
        "workforces": [
            workforce["WorkforceName"] for workforce in sagemaker.list_workforces()["Workforces"]
        ],
    }
    return {kind: names for kind, names in found.items() if names}
