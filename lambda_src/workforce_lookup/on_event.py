"""Custom::A2IWorkforcePreflight and Custom::A2IAdoptedWorkforce: questions, no changes.

Properties of both: WorkforceName and Identity (`cognito` or `oidc`). An adopted workforce comes
back as the attributes WorkforceName, WorkforceArn, SubDomain, UserPoolId and ClientId.

Environment: none but POWERTOOLS_SERVICE_NAME.

Permissions: docs/security.md.
"""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from a2i_shared import aws_clients
from a2i_shared.telemetry import logger
from workforce_lookup.workforces import Workforce, Workforces

_PREFLIGHT = "Custom::A2IWorkforcePreflight"
_WORKFORCE_TYPES = ("AWS::SageMaker::Workforce", "Custom::A2IOidcWorkforce")
_LEFT_BEHIND = {"DELETE_COMPLETE", "DELETE_SKIPPED"}
"""Statuses of what the stack had, and has no more: it was deleted, or retained."""


@logger.inject_lambda_context(log_event=False, clear_state=True)
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    logger.info("request", request_type=event["RequestType"], resource_type=event["ResourceType"])
    physical_id = event.get("PhysicalResourceId", event["LogicalResourceId"])
    if event["RequestType"] == "Delete":
        return {"PhysicalResourceId": physical_id}
    properties = event["ResourceProperties"]
    wanted = Workforce(properties["WorkforceName"], properties["Identity"])
    workforces = Workforces(aws_clients.sagemaker())
    if event["ResourceType"] == _PREFLIGHT:
        workforces.require_free(wanted, lambda arn: _is_of_stack(arn, event["StackId"]))
        return {"PhysicalResourceId": physical_id}
    found = workforces.adopt(wanted)
    return {"PhysicalResourceId": physical_id, "Data": found}


def _is_of_stack(workforce_arn: str, stack_id: str) -> bool:
    """Whether an earlier deployment made it, and the stack has it still; Ref is ARN or name."""
    own = {workforce_arn, workforce_arn.rpartition("/")[2]}
    pages = aws_clients.cloudformation().get_paginator("list_stack_resources")
    return any(
        resource["ResourceType"] in _WORKFORCE_TYPES
        and resource.get("PhysicalResourceId") in own
        and resource["ResourceStatus"] not in _LEFT_BEHIND
        for page in pages.paginate(StackName=stack_id)
        for resource in page["StackResourceSummaries"]
    )
