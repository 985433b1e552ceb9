"""Custom::A2IWorkforcePreflight and Custom::A2IAdoptedWorkforce: questions, no changes.

Properties: for the preflight none; for an adopted workforce WorkforceName and Identity (`cognito`
or `oidc`), which come back as attributes with WorkforceArn, SubDomain, UserPoolId and ClientId.

Environment: none but POWERTOOLS_SERVICE_NAME.

Actions, and on what:
- sagemaker:ListWorkforces on * (it knows no resource level)
- cloudformation:ListStackResources on the stack itself
"""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from a2i_shared import aws_clients
from a2i_shared.telemetry import logger
from workforce_lookup.workforces import Workforces

_PREFLIGHT = "Custom::A2IWorkforcePreflight"


@logger.inject_lambda_context(log_event=False, clear_state=True)
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    logger.info("request", request_type=event["RequestType"], resource_type=event["ResourceType"])
    physical_id = event.get("PhysicalResourceId", event["LogicalResourceId"])
    if event["RequestType"] == "Delete":
        return {"PhysicalResourceId": physical_id}
    workforces = Workforces(aws_clients.sagemaker())
    if event["ResourceType"] == _PREFLIGHT:
        workforces.require_none(lambda arn: _is_of_stack(arn, event["StackId"]))
        return {"PhysicalResourceId": physical_id}
    wanted = event["ResourceProperties"]
    found = workforces.adopt(wanted["WorkforceName"], wanted["Identity"])
    return {"PhysicalResourceId": physical_id, "Data": found}


def _is_of_stack(workforce_arn: str, stack_id: str) -> bool:
    """A workforce that an earlier deployment of the stack made; Ref is its ARN or its name."""
    own = {workforce_arn, workforce_arn.rpartition("/")[2]}
    pages = aws_clients.cloudformation().get_paginator("list_stack_resources")
    return any(
        resource["ResourceType"] == "AWS::SageMaker::Workforce"
        and resource.get("PhysicalResourceId") in own
        for page in pages.paginate(StackName=stack_id)
        for resource in page["StackResourceSummaries"]
    )
