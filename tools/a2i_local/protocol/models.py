"""The two A2I APIs as botocore describes them: operations, shapes, constraints."""

from dataclasses import dataclass
from functools import cache

import botocore.session
from botocore.model import OperationModel, ServiceModel

CONTROL_PLANE = "sagemaker"
RUNTIME = "sagemaker-a2i-runtime"
# Where the service is known to take more than its model says: docs/aws-assumptions.md.
_CORRECTIONS = {RUNTIME: {"HumanLoopName": {"pattern": "[a-zA-Z0-9](-*[a-zA-Z0-9])*"}}}


@dataclass(frozen=True, slots=True)
class Api:
    """One of the two APIs."""

    model: ServiceModel

    @property
    def is_runtime(self) -> bool:
        return self.model.service_name == RUNTIME

    def operation(self, name: str) -> OperationModel | None:
        return self.model.operation_model(name) if name in self.model.operation_names else None


@cache
def api(service_name: str) -> Api:
    """Return the API of a boto3 service name; the first read costs some 100 ms."""
    loader = botocore.session.get_session().get_component("data_loader")
    description = loader.load_service_model(service_name, "service-2")
    for shape, corrections in _CORRECTIONS.get(service_name, {}).items():
        description["shapes"][shape] = {**description["shapes"][shape], **corrections}
    return Api(ServiceModel(description, service_name))


def api_of(operation: str) -> Api:
    """Return the API that has an operation; the control plane if neither has."""
    runtime = api(RUNTIME)
    return runtime if runtime.operation(operation) else api(CONTROL_PLANE)
