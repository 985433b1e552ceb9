"""Portal function: the JSON API below /api of an HTTP API with a JWT authorizer.

Event: payload format 2.0. Who works is the `sub` of the user pool's access token, and its groups
are the work teams.

Environment: A2I_STACK_ID, A2I_HUMAN_LOOPS_TABLE, A2I_HUMAN_LOOPS_BUCKET, A2I_USER_POOL_ID; optional
A2I_TRACING; POWERTOOLS_SERVICE_NAME.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from a2i_account import backend
from a2i_account.flow_credentials import FlowCredentials
from a2i_shared import aws_clients, telemetry
from a2i_shared.environment import read_environment
from a2i_shared.telemetry import logger
from portal.api import PortalApi
from portal.reviewer import Reviewer
from portal.worker_tasks import WorkerTasks


class PortalEnvironment(backend.HumanLoopsEnvironment):
    user_pool_id: str


@logger.inject_lambda_context(log_event=False, clear_state=True)
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    return api().answer(event)


@cache
def api() -> PortalApi:
    telemetry.trace_aws_calls()
    environment = read_environment(PortalEnvironment)
    loops = backend.loops()

    def reviewer_of(event: Mapping[str, Any]) -> Reviewer:
        return Reviewer.of(event, user_pool_id=environment.user_pool_id, scope=loops.scope)

    credentials = FlowCredentials(aws_clients.sts())
    return PortalApi(WorkerTasks(loops, credentials, backend.now_in_milliseconds), reviewer_of)
