"""Custom::A2IWorkteamGroup: names a work team, keeps its group of people, and ends both.

CloudFormation retains the team itself, which reviews may need after an update has replaced it. Each
new resource gets a name that no team had before, so that a former one is never in the way.

Properties: Prefix, the first part of the name; WorkforceName, for the order of things; UserPoolId,
unless an identity provider knows the people; Workers, e-mail addresses, unless the people are
managed elsewhere. Ref is the name of team and group.

Environment: none but POWERTOOLS_SERVICE_NAME.

Actions, and on what:
- cognito-idp:CreateGroup, DeleteGroup, ListGroups on the workforce's user pool; on a pool that the
  stack has made also AdminCreateUser, AdminAddUserToGroup and AdminRemoveUserFromGroup
- sagemaker:DeleteWorkteam on workteam/*-<stack hash>-*
- sagemaker:DescribeFlowDefinition on flow-definition/*-<stack hash>-*
- sagemaker:ListWorkteams, sagemaker:ListFlowDefinitions on * (both know no resource level)
- cloudformation:DescribeStacks on the stack itself
"""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from a2i_core.names import workteam_name
from a2i_shared import aws_clients
from a2i_shared.flow_definitions.service import FlowDefinitions
from a2i_shared.flow_definitions.workteams import Workteams
from a2i_shared.telemetry import logger
from workteam.groups import Groups
from workteam.removal import Removal


@logger.inject_lambda_context(log_event=False, clear_state=True)
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    logger.info(
        "request", request_type=event["RequestType"], physical_id=event.get("PhysicalResourceId")
    )
    properties = event["ResourceProperties"]
    groups = _groups(properties)
    if event["RequestType"] == "Delete":
        name = event["PhysicalResourceId"]
        _removal(event["StackId"], groups).remove(name)
        return {"PhysicalResourceId": name}
    name = event.get("PhysicalResourceId") or workteam_name(
        properties["Prefix"], event["StackId"], event["RequestId"]
    )
    if groups is not None:
        groups.create(name)
        if "Workers" in properties:
            former = event.get("OldResourceProperties", {}).get("Workers", [])
            groups.fill(name, workers=properties["Workers"], former=former)
    return {"PhysicalResourceId": name}


def _groups(properties: dict[str, Any]) -> Groups | None:
    """None where an identity provider knows the people."""
    user_pool_id = properties.get("UserPoolId")
    return Groups(aws_clients.cognito(), user_pool_id) if user_pool_id else None


def _removal(stack_id: str, groups: Groups | None) -> Removal:
    sagemaker = aws_clients.sagemaker()
    return Removal(
        flow_definitions=FlowDefinitions(
            sagemaker, aws_clients.a2i_runtime(), aws_clients.cloudformation()
        ),
        workteams=Workteams(sagemaker, stack_id),
        groups=groups,
    )
