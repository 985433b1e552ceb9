"""What an account holds of the kinds that an example makes: to see that nothing stays behind."""

from collections.abc import Iterable
from typing import Any

import boto3

# Kind -> service, paginated operation, list in its answer, member that names one.
LISTS = {
    "buckets": ("s3", "list_buckets", "Buckets", "Name"),
    "endpoints": ("sagemaker", "list_endpoints", "Endpoints", "EndpointName"),
    "flow definitions": (
        "sagemaker",
        "list_flow_definitions",
        "FlowDefinitionSummaries",
        "FlowDefinitionName",
    ),
    "functions": ("lambda", "list_functions", "Functions", "FunctionName"),
    "log groups": ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    "roles": ("iam", "list_roles", "Roles", "RoleName"),
    "rules": ("events", "list_rules", "Rules", "Name"),
    "tables": ("dynamodb", "list_tables", "TableNames", ""),
    "task UIs": (
        "sagemaker",
        "list_human_task_uis",
        "HumanTaskUiSummaries",
        "HumanTaskUiName",
    ),
    "work teams": ("sagemaker", "list_workteams", "Workteams", "WorkteamName"),
}
# `cdk bootstrap` made these, once for all stacks.
BOOTSTRAP_PREFIX = "cdk-"


def inventory() -> set[str]:
    """Return one line for each resource of the kinds in LISTS, such as `buckets: my-bucket`."""
    session: Any = boto3.Session()  # its overloads want literal names
    return {
        f"{kind}: {name}"
        for kind, (service, operation, members, key) in LISTS.items()
        for name in _names(session.client(service), operation, members, key)
        if not name.startswith(BOOTSTRAP_PREFIX)
    }


def _names(client: Any, operation: str, members: str, key: str) -> Iterable[str]:
    for page in _pages(client, operation):
        for item in page[members]:
            yield item[key] if key else item


def _pages(client: Any, operation: str) -> Iterable[dict[str, Any]]:
    if client.can_paginate(operation):
        yield from client.get_paginator(operation).paginate()
    else:
        yield getattr(client, operation)()
