"""HumanLoopFinished function: status change event to result, ledger, event and task.

Environment: A2I_STACK_ID, A2I_LEDGER_TABLE, A2I_INPUT_BUCKET, A2I_OUTPUT_BUCKET,
A2I_EVENT_BUS_NAME; optional A2I_LEDGER_RETENTION_DAYS, A2I_TRACING; POWERTOOLS_SERVICE_NAME,
POWERTOOLS_METRICS_NAMESPACE.

Permissions: docs/security.md.

With the account backend also A2I_HUMAN_LOOPS_TABLE and A2I_HUMAN_LOOPS_BUCKET.

Rule: source aws.sagemaker, or a2i.human-loops of the account backend; detail type "SageMaker A2I
HumanLoop Status Change"; detail.flowDefinitionArn like flow-definition/*-<stack hash>-*. An error
makes Lambda repeat the event; what still fails belongs into a dead-letter queue.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from a2i_account import backend
from a2i_shared import aws_clients, telemetry
from a2i_shared.clock import timestamp
from a2i_shared.documents import Documents
from a2i_shared.environment import ResultsEnvironment, read_environment
from a2i_shared.events import Events
from a2i_shared.ledger import Ledger
from a2i_shared.review_result import ReviewResult
from a2i_shared.task_tokens import TaskTokens
from a2i_shared.telemetry import logger
from results.finish_review import ReviewFinisher
from results.told_end import told_end


@logger.inject_lambda_context(log_event=False, clear_state=True)
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> None:
    end = told_end(event, backend.loops)
    if end is None:
        logger.warning("an event told an end that the human loop has not come to")
        return
    result = finisher().finish(end.change, timestamp(end.at))
    if result is None:
        logger.info("nothing to finish", human_loop_name=end.change.human_loop_name)
    else:
        _note(result)


@cache
def finisher() -> ReviewFinisher:
    telemetry.trace_aws_calls()
    environment = read_environment(ResultsEnvironment)
    return ReviewFinisher(
        output_bucket=environment.output_bucket,
        documents=Documents(aws_clients.s3()),
        ledger=Ledger(
            aws_clients.dynamodb(), environment.ledger_table, environment.ledger_retention_days
        ),
        events=Events(
            aws_clients.eventbridge(), environment.event_bus_name, (environment.stack_id,)
        ),
        task_tokens=TaskTokens(aws_clients.stepfunctions()),
    )


def _note(result: ReviewResult) -> None:
    logger.info(
        "review finished",
        review_id=result.review_id,
        flow=result.flow,
        human_loop_name=result.human_loop_name,
        status=result.status,
    )
    telemetry.count(f"Reviews{result.status}", flow=result.flow)
    started, finished = map(datetime.fromisoformat, (result.started_at, result.finished_at))
    telemetry.record_seconds(
        "TimeToReview", flow=result.flow, seconds=(finished - started).total_seconds()
    )
    if result.agreement is not None:
        telemetry.record_share("Agreement", flow=result.flow, share=result.agreement)
        telemetry.record_share("ChangedRate", flow=result.flow, share=bool(result.changed_fields))
