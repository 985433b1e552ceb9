"""Custom::A2IFlowDefinition, second half: asked again and again until the work is done."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from a2i_shared.clock import now
from a2i_shared.errors import ServiceBusyError
from a2i_shared.telemetry import logger
from flow_definition.account import flow_definitions
from flow_definition.creation import creation_complete
from flow_definition.deletion import deletion_complete
from flow_definition.resource_event import INCOMPLETE, ResourceEvent


@logger.inject_lambda_context(log_event=False, clear_state=True)
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    request = ResourceEvent.parse(event)
    try:
        if request.request_type == "Delete":
            return deletion_complete(request, flow_definitions(), now())
        return creation_complete(request, flow_definitions(), now())
    except ServiceBusyError as error:
        logger.warning("asking again later", reason=str(error))
        return dict(INCOMPLETE)
