"""Custom::A2IDestroyGuard: depends on everything in its stack, and so is deleted first.

Environment: A2I_STACK_ID, A2I_LEDGER_TABLE, A2I_QUEUE_URL, A2I_DEAD_LETTER_QUEUE_URL,
A2I_STARTER_FUNCTION_NAME; POWERTOOLS_SERVICE_NAME.

Actions, and on what:
- lambda:GetFunctionConcurrency, PutFunctionConcurrency, DeleteFunctionConcurrency on the starter
- sagemaker:ListFlowDefinitions, sagemaker:ListHumanLoops, sagemaker:ListWorkteams on * (they know
  no resource level)
- sagemaker:DescribeFlowDefinition, DeleteFlowDefinition on flow-definition/*-<stack hash>-*
- sagemaker:DeleteWorkteam on workteam/*-<stack hash>-*
- cloudformation:DescribeStacks, ListStackResources on the stack itself
- iam:ListRoles on *; iam:DeleteRole, DeleteRolePolicy, DetachRolePolicy, ListRolePolicies,
  ListAttachedRolePolicies on role/a2i/<stack hash>/*
- dynamodb:Scan on the ledger's index OpenReviews; kms:Decrypt on its key
- sqs:GetQueueAttributes on the queue and the dead-letter queue
"""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from a2i_shared import aws_clients
from a2i_shared.environment import DestroyGuardEnvironment, read_environment
from a2i_shared.flow_definitions.draining import Draining
from a2i_shared.flow_definitions.service import FlowDefinitions
from a2i_shared.ledger import Ledger
from a2i_shared.telemetry import logger
from destroy_guard.guard import DestroyGuard
from destroy_guard.pending import Counter
from destroy_guard.starter_function import StarterFunction

_PHYSICAL_ID = "destroy-guard"


@logger.inject_lambda_context(log_event=False, clear_state=True)
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    environment = read_environment(DestroyGuardEnvironment)
    flow_definitions = FlowDefinitions(
        aws_clients.sagemaker(), aws_clients.a2i_runtime(), aws_clients.cloudformation()
    )
    is_destroy = event["RequestType"] == "Delete" and flow_definitions.is_stack_being_deleted(
        environment.stack_id
    )
    logger.info("request", request_type=event["RequestType"], is_destroy=is_destroy)
    if is_destroy:
        _guard(environment, flow_definitions).allow_destruction()
    return {"PhysicalResourceId": _PHYSICAL_ID}


def _guard(environment: DestroyGuardEnvironment, flow_definitions: FlowDefinitions) -> DestroyGuard:
    stack_id = environment.stack_id
    counter = Counter(
        draining=Draining(flow_definitions, stack_id),
        ledger=Ledger(aws_clients.dynamodb(), environment.ledger_table),
        sqs=aws_clients.sqs(),
        queue_url=environment.queue_url,
        dead_letter_queue_url=environment.dead_letter_queue_url,
    )
    starter = StarterFunction(aws_clients.lambda_(), environment.starter_function_name)
    return DestroyGuard(starter, counter)
