"""SageMaker's API of models, endpoint configurations and endpoints: the calls of a deployment.

No container runs. An endpoint is InService at once and answers with the local object detector
(see `endpoint_runtime`), whatever image and artifact its model names; but the artifact must
exist, and the model's role must be allowed to read it, as on AWS.
"""

import re
import threading
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from botocore.validate import ParamValidator

from a2i_core.human_loops.errors import ServiceError, ValidationException
from a2i_local.models.hosted_resources import ENDPOINT, ENDPOINT_CONFIG, MODEL, HostedResources
from a2i_local.models.wire import (
    JSON_1_1,
    Request,
    Response,
    error_response,
    json_parameters,
    json_response,
)
from a2i_local.protocol.models import CONTROL_PLANE, api
from a2i_local.protocol.validation import validate
from a2i_local.service.errors import UnknownOperationException
from a2i_local.service.host import Host, HostAccessDenied, HostNotFound

KINDS = {kind.api_name: kind for kind in (MODEL, ENDPOINT_CONFIG, ENDPOINT)}
OPERATIONS = frozenset(
    [f"{verb}{name}" for verb in ("Create", "Describe", "Delete") for name in KINDS]
    + ["UpdateEndpoint", "ListEndpoints"]
)
_INVOCATION = re.compile(r"/endpoints/([^/]+)/invocations")


def invoked_endpoint(path: str) -> str | None:
    """Return the endpoint that a path of the runtime invokes; None for any other path."""
    match = _INVOCATION.fullmatch(path)
    return unquote(match[1]) if match else None


class ModelHosting:
    """All models, endpoint configurations and endpoints, of every account and region.

    Kept in memory only. Calls may come from any thread.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._lock = threading.Lock()
        self._scopes: dict[tuple[str, str], HostedResources] = {}

    def handle(self, request: Request) -> Response:
        """Answer one request of the control plane."""
        try:
            answer = self.call(
                request.operation,
                json_parameters(request.body),
                account=request.account,
                region=request.region,
            )
        except ServiceError as error:
            return error_response(error, JSON_1_1)
        return json_response(answer, JSON_1_1)

    def call(
        self, operation: str, parameters: Mapping[str, Any], *, account: str, region: str
    ) -> dict[str, Any] | None:
        """Do one of OPERATIONS; None where the operation has no output.

        Raises:
            ServiceError: what the caller of the API sees.
        """
        if operation not in OPERATIONS:
            raise UnknownOperationException(f"{operation} is not an operation of model hosting")
        self._check_shape(operation, parameters)
        if operation == "CreateModel":
            self._check_artifacts(parameters)
        with self._lock:
            return _apply(self._resources(account, region), operation, parameters)

    def endpoint_exists(self, name: str, *, account: str, region: str) -> bool:
        """Return whether there is an endpoint of that name, in the same case."""
        with self._lock:
            resources = self._resources(account, region)
            if not resources.holds(ENDPOINT, name):
                return False
            return bool(resources.find(ENDPOINT, name)["EndpointName"] == name)

    def _resources(self, account: str, region: str) -> HostedResources:
        new = HostedResources(f"arn:aws:sagemaker:{region}:{account}")
        return self._scopes.setdefault((account, region), new)

    def _check_shape(self, operation: str, parameters: Mapping[str, Any]) -> None:
        shape = api(CONTROL_PLANE).model.operation_model(operation).input_shape
        # Types first: `validate` takes them for granted.
        report = ParamValidator().validate(parameters, shape) if shape else None
        if report and report.has_errors():
            raise ValidationException(report.generate_report())
        validate(shape, parameters)

    def _check_artifacts(self, parameters: Mapping[str, Any]) -> None:
        containers = parameters.get("Containers") or [parameters.get("PrimaryContainer", {})]
        for container in containers:
            if "ModelDataUrl" in container:
                self._check_artifact(container["ModelDataUrl"], parameters["ExecutionRoleArn"])

    def _check_artifact(self, url: str, role_arn: str) -> None:
        location = urlsplit(url)
        try:
            self._host.get_object(role_arn, location.netloc, location.path.lstrip("/"))
        except HostNotFound as error:
            raise ValidationException(f"Could not find model data at {url}.") from error
        except HostAccessDenied as error:
            raise ValidationException(
                f'Could not access model data at {url}. Please ensure that the role "{role_arn}" '
                'exists and has "s3:GetObject" permissions on the object.'
            ) from error


def _apply(
    resources: HostedResources, operation: str, parameters: Mapping[str, Any]
) -> dict[str, Any] | None:
    match operation:
        case "ListEndpoints":
            return {"Endpoints": resources.endpoint_summaries()}
        case "UpdateEndpoint":
            return _update_endpoint(resources, parameters)
    kind = next(kind for name, kind in KINDS.items() if operation.endswith(name))
    name = str(parameters[kind.name_parameter])
    if operation.startswith("Describe"):
        return dict(resources.find(kind, name))
    if operation.startswith("Delete"):
        resources.delete(kind, name)
        return None
    _check_references(resources, parameters, creates_endpoint=kind == ENDPOINT)
    return resources.create(kind, name, _described(operation, parameters))


def _described(operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return what Describe shows of a request."""
    shown = {key: value for key, value in parameters.items() if key != "Tags"}
    if operation != "CreateEndpoint":
        return shown
    return {**shown, "EndpointStatus": "InService", "LastModifiedTime": time.time()}


def _check_references(
    resources: HostedResources, parameters: Mapping[str, Any], *, creates_endpoint: bool
) -> None:
    for variant in parameters.get("ProductionVariants", ()):
        resources.find(MODEL, variant["ModelName"])
    if creates_endpoint:
        resources.find(ENDPOINT_CONFIG, parameters["EndpointConfigName"])


def _update_endpoint(resources: HostedResources, parameters: Mapping[str, Any]) -> dict[str, Any]:
    endpoint = resources.find(ENDPOINT, parameters["EndpointName"])
    resources.find(ENDPOINT_CONFIG, parameters["EndpointConfigName"])
    endpoint["EndpointConfigName"] = parameters["EndpointConfigName"]
    endpoint["LastModifiedTime"] = time.time()
    return {"EndpointArn": endpoint["EndpointArn"]}
