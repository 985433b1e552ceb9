"""Custom::A2IDestroyGuard and Custom::A2IUpdateGuard: refuse what would lose pending reviews.

The destroy guard depends on everything in its stack, and so is deleted first. The update guard has
what pending reviews need as properties, and is updated before what gives it to them.

Properties of the destroy guard: StarterFunctionName; Workforce, the ARN of one that is deleted with
the stack. Those of the update guard: see `Needs`.
"""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from a2i_account import backend
from a2i_shared import aws_clients
from a2i_shared.environment import ReviewGuardEnvironment, read_environment
from a2i_shared.flow_definitions.draining import Draining
from a2i_shared.flow_definitions.service import FlowDefinitions
from a2i_shared.ledger import Ledger
from a2i_shared.starter_pause import StarterPause
from a2i_shared.telemetry import logger
from review_guard.destruction import DestroyGuard
from review_guard.pending import Counter
from review_guard.update import Needs, UpdateGuard
from review_guard.work_teams import WorkTeams


@logger.inject_lambda_context(log_event=False, clear_state=True)
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    environment = read_environment(ReviewGuardEnvironment)
    flow_definitions = FlowDefinitions(
        backend.sagemaker(), backend.a2i_runtime(), aws_clients.cloudformation()
    )
    status = flow_definitions.stack_status(environment.stack_id)
    logger.info("request", request_type=event["RequestType"], stack_status=status)
    counter = Counter(
        draining=Draining(flow_definitions, environment.stack_id),
        ledger=Ledger(aws_clients.dynamodb(), environment.ledger_table),
        sqs=aws_clients.sqs(),
        queue_url=environment.queue_url,
        dead_letter_queue_url=environment.dead_letter_queue_url,
    )
    # A workforce with teams is A2I's alone, in whichever backend flow definitions live.
    work_teams = WorkTeams(aws_clients.sagemaker(), flow_definitions, environment.stack_id)
    properties = event["ResourceProperties"]
    match event["ResourceType"], event["RequestType"], status:
        case "Custom::A2IUpdateGuard", "Update", "UPDATE_IN_PROGRESS":  # a rollback gives back
            UpdateGuard(counter, work_teams).allow_update(
                Needs.parse(event["OldResourceProperties"]), Needs.parse(properties)
            )
        case "Custom::A2IDestroyGuard", "Delete", "DELETE_IN_PROGRESS":
            DestroyGuard(
                StarterPause(
                    aws_clients.lambda_(),
                    aws_clients.sqs(),
                    properties["StarterFunctionName"],
                    environment.queue_url,
                ),
                counter,
                work_teams,
                workforce=properties.get("Workforce"),
                seconds_of_counting=environment.seconds_of_counting,
            ).allow_destruction()
    return {"PhysicalResourceId": event["LogicalResourceId"]}
