"""AWS::SageMaker::Model, ::EndpointConfig and ::Endpoint, by calls of model hosting."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from a2i_core.human_loops.errors import ServiceError
from a2i_local.host.adapter.resource_model import (
    Existing,
    Provisioned,
    ResourceType,
    UpdatableType,
    Wanted,
)

Call = Callable[[str, Mapping[str, Any]], Mapping[str, Any] | None]

_NAME_MAX = 63


class _HostedType(ResourceType):
    """A type of which everything but the tags is create-only. Ref is its ARN."""

    api_name: ClassVar[str]

    def __init__(self, call: Call) -> None:
        self._call = call

    def create(self, wanted: Wanted) -> Provisioned:
        name_property = f"{self.api_name}Name"
        name = wanted.properties.get(name_property) or wanted.generated_name(_NAME_MAX)
        arn_attribute = f"{self.api_name}Arn"
        made = self._call(f"Create{self.api_name}", {**wanted.properties, name_property: name})
        arn = str((made or {})[arn_attribute])
        return Provisioned(arn, {name_property: name, arn_attribute: arn})

    def delete(self, existing: Existing) -> None:
        try:
            self._call(f"Delete{self.api_name}", {f"{self.api_name}Name": _name_in(existing.ref)})
        except ServiceError as error:
            if not error.message.startswith("Could not find"):
                raise


class Model(_HostedType):
    """A model: image, artifact and role."""

    type_name = "AWS::SageMaker::Model"
    api_name = "Model"
    create_only = (
        "Containers",
        "EnableNetworkIsolation",
        "ExecutionRoleArn",
        "InferenceExecutionConfig",
        "ModelName",
        "PrimaryContainer",
        "VpcConfig",
    )


class EndpointConfig(_HostedType):
    """An endpoint configuration: models and the instances they run on."""

    type_name = "AWS::SageMaker::EndpointConfig"
    api_name = "EndpointConfig"
    create_only = (
        "AsyncInferenceConfig",
        "DataCaptureConfig",
        "EnableNetworkIsolation",
        "EndpointConfigName",
        "ExecutionRoleArn",
        "ExplainerConfig",
        "KmsKeyId",
        "MetricsConfig",
        "ProductionVariants",
        "ShadowProductionVariants",
        "VpcConfig",
    )


class Endpoint(_HostedType, UpdatableType):
    """An endpoint; it changes in place to another configuration."""

    type_name = "AWS::SageMaker::Endpoint"
    api_name = "Endpoint"
    create_only = ("EndpointName",)

    def update(self, existing: Existing, wanted: Wanted) -> Provisioned:
        name = _name_in(existing.ref)
        config = wanted.properties["EndpointConfigName"]
        self._call("UpdateEndpoint", {"EndpointName": name, "EndpointConfigName": config})
        return Provisioned(existing.ref, {"EndpointName": name, "EndpointArn": existing.ref})


def _name_in(arn: str) -> str:
    return arn.rsplit("/", 1)[-1]
