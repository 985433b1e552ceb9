"""Registers our services with MiniStack: routing, authorization, calls."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from ministack import app
from ministack.core import iam_actions, iam_evaluator, router
from ministack.core.concurrency import run_reentrant
from ministack.core.responses import get_account_id, get_region

from a2i_core.human_loops.errors import ServiceError
from a2i_local.host.adapter.sagemaker_actions import Check, identify_call, required_checks
from a2i_local.models.wire import JSON_1_1, error_response

Response = tuple[int, dict[str, str], bytes]
_BUILT_IN_TASKS = frozenset({"rekognition", "textract"})
Handler = Callable[..., Response]
Checks = Callable[[str, str, Mapping[str, str], bytes], list[Check]]


class UnsupportedService(ServiceError):  # noqa: N818 - the class is named as its error code
    """A service that this local AWS does not have."""

    code = "UnsupportedService"
    http_status = 501


@dataclass(frozen=True, slots=True)
class Service:
    """Service beside MiniStack's own: recognizes its requests and names their permissions."""

    name: str
    """Name that its requests are signed for."""
    target_prefix: str
    """Beginning of `X-Amz-Target`, where it has that header."""
    checks: Checks


def mount(service: Service, handle: Handler) -> None:
    """Let `handle` answer the calls of a service.

    It is called on a thread of its own, after the caller's permissions were checked.
    """

    async def handle_request(
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query: dict[str, list[str]],
    ) -> Response:
        checks = service.checks(method, path, headers, body)
        refusal = _refusal(service.name, checks, headers, query)
        if refusal is not None:
            return refusal
        scoped = partial(handle, account=get_account_id(), region=get_region())
        answer: Response = await run_reentrant(scoped, method, path, headers, body, query)
        return answer

    router.SERVICE_PATTERNS[service.name] = {"target_prefixes": [service.target_prefix]}
    app.SERVICE_HANDLERS[service.name] = handle_request


class _Handlers(dict[str, Any]):
    """MiniStack's handlers by service; those it has not answer with a sentence."""

    def get(self, service: str, default: Any = None) -> Any:
        """Return the handler of a service, also of one that nobody here knows."""
        del default
        return super().get(service) or partial(_refuse_service, service)


def explain_unsupported_services() -> None:
    """Let calls of services that are not here fail with words that clients show."""
    app.SERVICE_HANDLERS = _Handlers(app.SERVICE_HANDLERS)


async def _refuse_service(service: str, *_request: Any) -> Response:
    name = service.capitalize()
    hint = (
        "; built-in task types of A2I are not supported, custom ones are"
        if service in _BUILT_IN_TASKS
        else ""
    )
    return error_response(UnsupportedService(f"this local AWS has no {name}{hint}"), JSON_1_1)


def _sagemaker_checks(
    method: str, path: str, headers: Mapping[str, str], body: bytes
) -> list[Check]:
    call = identify_call(method, path, headers, body)
    if call is None:
        return []
    return required_checks(call, region=get_region(), account=get_account_id())


SAGEMAKER = Service("sagemaker", "SageMaker.", _sagemaker_checks)
"""The control plane and the runtimes, which all sign alike."""


def _refusal(
    service: str, checks: list[Check], headers: dict[str, str], query: dict[str, list[str]]
) -> Response | None:
    caller = router.extract_access_key_id(headers, query)
    for check in checks:
        denied = iam_evaluator.enforce(
            caller,
            check.action,
            service,
            get_region(),
            resource_arn=check.resource,
            service_context=dict(check.context),
        )
        if denied is not None:
            return _denial(service, check, denied, headers)
    return None


def _denial(service: str, check: Check, denied: Any, headers: dict[str, str]) -> Response:
    request_id = str(uuid.uuid4())
    if isinstance(denied, iam_evaluator.AuthError):
        answer = iam_actions.access_denied_response(
            service,
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
            service, check.action, denied.principal_arn, request_id, message=message
        )
    status, answer_headers, body = answer
    return status, answer_headers, body
