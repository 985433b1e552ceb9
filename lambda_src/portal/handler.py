"""Portal function: the reviewers' portal on an HTTP API, payload format 2.0.

Below /api is its JSON API, behind a JWT authorizer: who works is the `sub` of the user pool's
access token, and its groups are the work teams. The other routes are open: page and files are the
same for everybody, and a task's document and objects need the view key in their address.

Environment: A2I_STACK_ID, A2I_HUMAN_LOOPS_TABLE, A2I_HUMAN_LOOPS_BUCKET, A2I_USER_POOL_ID,
A2I_SIGN_IN_CLIENT_ID, A2I_SIGN_IN_ADDRESS (origin of the pool's sign-in); optional A2I_TRACING;
POWERTOOLS_SERVICE_NAME.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel

import a2i_portal
from a2i_account import backend
from a2i_account.flow_credentials import FlowCredentials
from a2i_portal.bundle import read_bundle
from a2i_shared import aws_clients, telemetry
from a2i_shared.environment import read_environment
from a2i_shared.telemetry import logger
from portal.api import PortalApi
from portal.open_pages import OpenPages, SignInSettings
from portal.reviewer import Reviewer
from portal.task_views import TaskViews
from portal.worker_tasks import WorkerTasks


class PortalEnvironment(backend.HumanLoopsEnvironment):
    user_pool_id: str


class SignInEnvironment(BaseModel):
    model_config = backend.BackendEnvironment.model_config

    sign_in_client_id: str
    sign_in_address: str


telemetry.trace_aws_calls()


@logger.inject_lambda_context(log_event=False, clear_state=True)
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    if event["rawPath"].startswith("/api/"):
        return api().answer(event)
    return open_pages().answer(event)


@cache
def api() -> PortalApi:
    environment, loops = read_environment(PortalEnvironment), backend.loops()

    def reviewer_of(event: Mapping[str, Any]) -> Reviewer:
        return Reviewer.of(event, user_pool_id=environment.user_pool_id, scope=loops.scope)

    return PortalApi(WorkerTasks(loops, _credentials(), backend.now_in_milliseconds), reviewer_of)


@cache
def open_pages() -> OpenPages:
    environment = read_environment(SignInEnvironment)
    return OpenPages(
        read_bundle(Path(a2i_portal.__file__).parent / "bundle"),
        SignInSettings(environment.sign_in_client_id, environment.sign_in_address),
        TaskViews(backend.loops(), _credentials(), backend.now_in_milliseconds),
    )


@cache
def _credentials() -> FlowCredentials:
    return FlowCredentials(aws_clients.sts())
