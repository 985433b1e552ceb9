"""Reconciler: on a schedule, and when `a2i reconcile` or `a2i flow discard-pending` invokes it.

Event: anything; `"discardStarting": true` ends reviews that wait for their human loop to start
instead of starting it, `"flow"` keeps to the reviews of one flow. Returns a report.

Environment: A2I_STACK_ID, A2I_FLOWS_PATH, A2I_LEDGER_TABLE, A2I_QUEUE_URL,
A2I_RESULTS_FUNCTION_NAME, A2I_STARTER_FUNCTION_NAME; optional A2I_QUEUE_MAX_AGE_SECONDS (the
starter's), A2I_TRACING; POWERTOOLS_SERVICE_NAME, POWERTOOLS_METRICS_NAMESPACE.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from a2i_account import backend
from a2i_shared import aws_clients, telemetry
from a2i_shared.environment import ReconcilerEnvironment, read_environment
from a2i_shared.flow_definitions.draining import Draining
from a2i_shared.flow_definitions.service import FlowDefinitions
from a2i_shared.ledger import Ledger
from a2i_shared.starter_pause import StarterPause
from a2i_shared.telemetry import logger
from reconciler.human_loops import HumanLoops
from reconciler.open_reviews import OpenReviews
from reconciler.results_function import ResultsFunction
from reconciler.run import Reconciler
from reconciler.starter_queue import StarterQueue

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


@logger.inject_lambda_context(log_event=False, clear_state=True)
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    telemetry.trace_aws_calls()
    report = _reconciler().run(
        event.get("flow"), discard_starting=event.get("discardStarting") is True
    )
    logger.info("reconciled", **report.to_json())
    return report.to_json()


def _reconciler() -> Reconciler:
    """Made anew for each run, since the flows may have changed."""
    environment = _environment()
    flow_definitions = FlowDefinitions(
        backend.sagemaker(), backend.a2i_runtime(), aws_clients.cloudformation()
    )
    return Reconciler(
        ledger=Ledger(aws_clients.dynamodb(), environment.ledger_table),
        open_reviews=OpenReviews(
            human_loops=HumanLoops(backend.a2i_runtime()),
            results_function=ResultsFunction(
                aws_clients.lambda_(), environment.results_function_name
            ),
            queue=StarterQueue(aws_clients.sqs(), environment.queue_url),
            flows=_known_flows(aws_clients.ssm(), environment.flows_path),
            queue_max_age=timedelta(seconds=environment.queue_max_age_seconds),
        ),
        draining=Draining(flow_definitions, environment.stack_id),
        pause=StarterPause(
            aws_clients.lambda_(),
            aws_clients.sqs(),
            environment.starter_function_name,
            environment.queue_url,
        ),
    )


@cache
def _environment() -> ReconcilerEnvironment:
    return read_environment(ReconcilerEnvironment)


def _known_flows(ssm: SSMClient, path: str) -> frozenset[str]:
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=path)
    return frozenset(
        parameter["Name"].rpartition("/")[2] for page in pages for parameter in page["Parameters"]
    )
