"""Custom::A2IFlowDefinition, first half: accepts CloudFormation's request and begins.

Environment: none but POWERTOOLS_SERVICE_NAME; the same holds for `is_complete`.

Actions of this function and of `is_complete`, and on what:
- sagemaker:CreateFlowDefinition, DescribeFlowDefinition, DeleteFlowDefinition, AddTags, DeleteTags,
  ListTags on flow-definition/*-<stack hash>-*
- sagemaker:ListHumanLoops on * (the documentation knows no resource level for it)
- iam:PassRole on the flow definitions' roles, for sagemaker.amazonaws.com
- cloudformation:DescribeStacks on the stack itself

`is_complete` passes the role too: it creates what had to wait for IAM, or for the deletion of what
had the name before. The provider's total timeout must exceed the 50 minutes after which a deletion
says what it waits for, and stay below CloudFormation's hour.
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
    begin = begin_deletion if request.request_type == "Delete" else begin_creation
    return begin(request, flow_definitions(), now())
