"""The model services of the demonstrations, beside A2I: Comprehend and SageMaker endpoints."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ministack.core.responses import get_account_id, get_region

from a2i_core.human_loops.errors import ServiceError
from a2i_local.host.adapter import gateway
from a2i_local.host.adapter.sagemaker_actions import Check
from a2i_local.models.hosting import OPERATIONS, ModelHosting, invoked_endpoint
from a2i_local.models.wire import REST_JSON, Request, Response, error_response
from a2i_local.service.host import Host

if TYPE_CHECKING:
    from a2i_local.models.comprehend import Comprehend
    from a2i_local.models.endpoint_runtime import EndpointRuntime

_COMPREHEND_PREFIX = "Comprehend_20171127."


class ModelsNotInstalled(ServiceError):  # noqa: N818 - the class is named as its error code
    """The package's `demo` extra is missing."""

    code = "ModelsNotInstalled"
    http_status = 501


class ModelServices:
    """Answers what A2I does not; the models are loaded when they are first asked."""

    def __init__(self, host: Host) -> None:
        self._hosting = ModelHosting(host)

    def mount(self, a2i: gateway.Handler) -> None:
        """Mount Comprehend, and SageMaker with the calls of model hosting in front of `a2i`."""

        def sagemaker(*parts: Any, account: str, region: str) -> Response:
            request = _request(parts, account, region)
            if request.operation in OPERATIONS:
                return self._hosting.handle(request)
            if invoked_endpoint(request.path):
                return _answer(lambda: self._endpoints.handle(request))
            return a2i(*parts, account=account, region=region)

        def comprehend(*parts: Any, account: str, region: str) -> Response:
            request = _request(parts, account, region)
            return _answer(lambda: self._comprehend.handle(request))

        gateway.mount(gateway.SAGEMAKER, sagemaker)
        gateway.mount(gateway.Service("comprehend", _COMPREHEND_PREFIX, _checks), comprehend)

    def call(self, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any] | None:
        """Do one operation of model hosting for the stack's own account and region."""
        return self._hosting.call(
            operation, parameters, account=get_account_id(), region=get_region()
        )

    @cached_property
    def _endpoints(self) -> "EndpointRuntime":
        from a2i_local.models.endpoint_runtime import EndpointRuntime  # noqa: PLC0415 - demo extra

        return EndpointRuntime(self._hosting)

    @cached_property
    def _comprehend(self) -> "Comprehend":
        from a2i_local.models.comprehend import Comprehend  # noqa: PLC0415 - demo extra

        return Comprehend()


def _request(parts: tuple[Any, ...], account: str, region: str) -> Request:
    method, path, headers, body, query = parts
    return Request(method, path, headers, body, query, account, region)


def _checks(method: str, path: str, headers: Mapping[str, str], body: bytes) -> list[Check]:
    """Return `*`: Comprehend's detections have no resource."""
    del method, path, body
    operation = headers.get("x-amz-target", "").removeprefix(_COMPREHEND_PREFIX)
    return [Check(f"comprehend:{operation}", "*")]


def _answer(answer: Callable[[], Response]) -> Response:
    try:
        return answer()
    except ModuleNotFoundError as error:
        message = (
            f"package {error.name} is missing: the local models need the extra 'demo', "
            "pip install 'a2i-constructs[demo]'"
        )
        return error_response(ModelsNotInstalled(message), REST_JSON)
