"""Custom::A2IFlowDefinition, second half: asked again and again until the work is done.

Environment and permissions are those that `on_event` lists, and beyond them iam:DeleteRole,
DeleteRolePolicy, DetachRolePolicy, ListRolePolicies and ListAttachedRolePolicies on
role/a2i/<stack hash>/*: a destroyed stack takes the roles with it that it retains in updates.
"""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from a2i_shared.clock import now
from a2i_shared.errors import ServiceBusyError
from a2i_shared.telemetry import logger
from flow_definition.account import flow_definitions, flow_roles
from flow_definition.creation import creation_complete
from flow_definition.deletion import deletion_complete
from flow_definition.resource_event import INCOMPLETE, ResourceEvent


@logger.inject_lambda_context(log_event=False, clear_state=True)
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    request = ResourceEvent.parse(event)
    try:
        if request.request_type == "Delete":
            roles = flow_roles(request.stack_id)
            return deletion_complete(request, flow_definitions(), roles, now())
        return creation_complete(request, flow_definitions(), now())
    except ServiceBusyError as error:
        logger.warning("asking again later", reason=str(error))
        return dict(INCOMPLETE)
