"""A2I as one of MiniStack's services: routing, authorization, and the call itself."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from ministack import app
from ministack.core import iam_actions, iam_evaluator, router
from ministack.core.concurrency import run_reentrant
from ministack.core.responses import get_account_id, get_region

from a2i_local.host.adapter.sagemaker_actions import Check, identify_call, required_checks

SERVICE = "sagemaker"

Response = tuple[int, dict[str, str], bytes]
Handler = Callable[..., Response]


def mount(handle: Handler) -> None:
    """Let `handle` answer the calls of the SageMaker control plane and the A2I runtime.

    It is called on a thread of its own, after the caller's permissions were checked.
    """

    async def handle_request(
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query: dict[str, list[str]],
    ) -> Response:
        refusal = _refusal(method, path, headers, body, query)
        if refusal is not None:
            return refusal
        scoped = partial(handle, account=get_account_id(), region=get_region())
        answer: Response = await run_reentrant(scoped, method, path, headers, body, query)
        return answer

    # Both APIs sign as `sagemaker`; the control plane also names itself in X-Amz-Target.
    router.SERVICE_PATTERNS[SERVICE] = {"target_prefixes": ["SageMaker."]}
    app.SERVICE_HANDLERS[SERVICE] = handle_request


def _refusal(
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes,
    query: dict[str, list[str]],
) -> Response | None:
    call = identify_call(method, path, headers, body)
    if call is None:
        return None
    caller = router.extract_access_key_id(headers, query)
    for check in required_checks(call, region=get_region(), account=get_account_id()):
        denied = iam_evaluator.enforce(
            caller,
            check.action,
            SERVICE,
            get_region(),
            resource_arn=check.resource,
            service_context=dict(check.context),
        )
        if denied is not None:
            return _denial(check, denied, headers)
    return None


def _denial(check: Check, denied: Any, headers: dict[str, str]) -> Response:
    request_id = str(uuid.uuid4())
    if isinstance(denied, iam_evaluator.AuthError):
        answer = iam_actions.access_denied_response(
            SERVICE,
            check.action,
            "",
            request_id,
            error_code=denied.code,
            message=denied.message,
            headers=headers,
        )
    else:
        message = iam_actions.identity_denial_message(
            check.action, denied.principal_arn, check.resource, denied.decision == "Deny"
        )
        answer = iam_actions.access_denied_response(
            SERVICE, check.action, denied.principal_arn, request_id, message=message
        )
    status, answer_headers, body = answer
    return status, answer_headers, body
