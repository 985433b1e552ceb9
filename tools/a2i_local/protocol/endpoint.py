"""Entry points of the API: HTTP requests, and calls from the same process."""

import logging
from collections.abc import Mapping
from typing import Any

from botocore.model import OperationModel

from a2i_core.human_loops.errors import InternalServerException, ServiceError, ThrottlingException
from a2i_local.protocol import admin
from a2i_local.protocol.models import Api, api_of
from a2i_local.protocol.parsing import parse_members
from a2i_local.protocol.requests import (
    Query,
    Request,
    api_called,
    operation_called,
    parameters_of,
)
from a2i_local.protocol.responses import Response, failure, success
from a2i_local.protocol.validation import validate
from a2i_local.service import A2IService
from a2i_local.service.errors import (
    ControlPlaneThrottling,
    InternalFailure,
    UnknownOperationException,
)
from a2i_local.service.faults import Broken, Throttled

log = logging.getLogger(__name__)


def call(
    service: A2IService, operation: str, parameters: Mapping[str, Any], *, account: str, region: str
) -> dict[str, Any]:
    """Run one operation, validated as a request of a client would be.

    Timestamps may be datetimes. Raises ServiceError; no faults are injected.
    """
    model = api_of(operation).operation(operation)
    if model is None:
        raise UnknownOperationException(f"The operation {operation} is not supported")
    parsed = parse_members(model.input_shape, parameters)
    return _run(service, model, parsed, account=account, region=region)


def handle(  # noqa: PLR0917 - the request as hosts hand it to a service
    service: A2IService,
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    query: Query,
    *,
    account: str,
    region: str,
) -> Response:
    """Answer one HTTP request: status, headers, body.

    May sleep (an injected latency) and may wait for the host: call it from a worker thread. The
    path is the one on the wire or already unquoted. Never raises: an unforeseen failure is
    logged and answered as a server error.
    """
    request = Request(method, path, headers, body, query)
    origin = headers.get("origin")
    if origin not in {None, service.settings.portal_origin}:
        return admin.refused_origin(str(origin))
    if admin.is_admin(path):
        return admin.handle(service, request)
    called = api_called(request)
    try:
        return _answer(service, called, request, account=account, region=region)
    except ServiceError as error:
        return failure(called, error)
    except Exception:
        # The boundary of the service: whatever went wrong, the client gets an answer.
        log.exception("%s %s failed", method, path)
        return failure(called, _server_error(called))


def _answer(
    service: A2IService, called: Api, request: Request, *, account: str, region: str
) -> Response:
    operation = operation_called(request)
    _inject_fault(service, called, operation.name)
    parameters = parameters_of(request, operation)
    result = _run(service, operation, parameters, account=account, region=region)
    return success(called, operation, result)


def _run(
    service: A2IService,
    operation: OperationModel,
    parameters: dict[str, Any],
    *,
    account: str,
    region: str,
) -> dict[str, Any]:
    if operation.name not in service.operations:
        raise UnknownOperationException(f"The operation {operation.name} is not supported")
    validate(operation.input_shape, parameters)
    return service.call(operation.name, parameters, account=account, region=region)


def _inject_fault(service: A2IService, called: Api, operation: str) -> None:
    try:
        service.faults.before_call(operation)
    except Throttled as fault:
        throttling = ThrottlingException if called.is_runtime else ControlPlaneThrottling
        raise throttling("Rate exceeded") from fault
    except Broken as fault:
        raise _server_error(called) from fault


def _server_error(called: Api) -> ServiceError:
    failed = InternalServerException if called.is_runtime else InternalFailure
    return failed("We encountered an internal error. Try your request again.")
