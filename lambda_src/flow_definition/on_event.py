"""Custom::A2IFlowDefinition, first half: accepts CloudFormation's request and begins.

Environment: none but POWERTOOLS_SERVICE_NAME; the same holds for `is_complete`.

Actions of this function and of `is_complete`, and on what:
- sagemaker:CreateFlowDefinition, DescribeFlowDefinition, DeleteFlowDefinition, AddTags, DeleteTags,
  ListTags, ListHumanLoops on flow-definition/*-<stack hash>-* (ListHumanLoops knows no resource
  level in the documentation: allow it on *)
- iam:PassRole on the flow definitions' roles, for sagemaker.amazonaws.com
- cloudformation:DescribeStacks on the stack itself

Total timeout of the provider: an hour, with this function's own limit of 50 minutes below it;
query interval: 5 to 30 seconds.
"""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from a2i_shared.clock import now
from a2i_shared.telemetry import logger
from flow_definition.account import flow_definitions
from flow_definition.creation import begin_creation
from flow_definition.deletion import begin_deletion
from flow_definition.resource_event import ResourceEvent


@logger.inject_lambda_context(log_event=False, clear_state=True)
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    request = ResourceEvent.parse(event)
    logger.info("request", request_type=request.request_type, physical_id=request.physical_id)
    if request.request_type == "Delete":
        return begin_deletion(request, flow_definitions(), now())
    return begin_creation(request, flow_definitions(), now())
