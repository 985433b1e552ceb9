"""The two A2I APIs as botocore describes them: operations, shapes, constraints."""

from dataclasses import dataclass
from functools import cache

import botocore.session
from botocore.model import OperationModel, ServiceModel

CONTROL_PLANE = "sagemaker"
RUNTIME = "sagemaker-a2i-runtime"


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
    return Api(botocore.session.get_session().get_service_model(service_name))


def api_of(operation: str) -> Api:
    """Return the API that has an operation; the control plane if neither has."""
    runtime = api(RUNTIME)
    return runtime if runtime.operation(operation) else api(CONTROL_PLANE)
