"""The flow definitions of the account, through SageMaker's control API and A2I's runtime API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from a2i_shared.errors import NotOurFlowDefinitionError
from flow_definition.properties import FlowDefinitionProperties
from flow_definition.refusals import code, explain, is_absent

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_sagemaker_a2i_runtime import AugmentedAIRuntimeClient

_UNFINISHED = {"InProgress", "Stopping"}


@dataclass(frozen=True)
class Described:
    arn: str
    name: str
    status: str
    failure_reason: str | None
    immutable: Mapping[str, Any]

    def require_same(self, properties: FlowDefinitionProperties) -> None:
        """Equal names mean equal properties, unless somebody else took the name."""
        if not _contains(self.immutable, properties.immutable()):
            raise NotOurFlowDefinitionError(
                f"flow definition {self.name} exists with other properties and is not this "
                "stack's: delete it, or rename the flow"
            )


def _contains(described: Any, given: Any) -> bool:
    """Whether every given value came back; the service may add defaults of its own."""
    if isinstance(given, Mapping):
        return isinstance(described, Mapping) and all(
            _contains(described.get(key), value) for key, value in given.items()
        )
    return bool(described == given)


@dataclass(frozen=True)
class PendingLoop:
    name: str
    created_at: datetime


@dataclass(frozen=True)
class FlowDefinitions:
    sagemaker: SageMakerClient
    a2i_runtime: AugmentedAIRuntimeClient
    cloudformation: CloudFormationClient

    def find(self, name: str) -> Described | None:
        try:
            found = self.sagemaker.describe_flow_definition(FlowDefinitionName=name)
        except ClientError as error:
            if is_absent(error):
                return None
            raise explain(error, f"describing flow definition {name}") from error
        return Described(
            arn=found["FlowDefinitionArn"],
            name=name,
            status=found["FlowDefinitionStatus"],
            failure_reason=found.get("FailureReason"),
            immutable={
                "RoleArn": found["RoleArn"],
                "OutputConfig": found["OutputConfig"],
                "HumanLoopConfig": found.get("HumanLoopConfig", {}),
            },
        )

    def create(
        self, name: str, properties: FlowDefinitionProperties, tags: Mapping[str, str]
    ) -> None:
        """Raises the service's own error; a parallel attempt that was faster counts as success."""
        try:
            self.sagemaker.create_flow_definition(**properties.create_request(name, dict(tags)))
        except ClientError as error:
            if code(error) != "ResourceInUse":
                raise

    def delete(self, name: str) -> None:
        """Begin the deletion; one that is under way, or over, counts as success."""
        try:
            self.sagemaker.delete_flow_definition(FlowDefinitionName=name)
        except ClientError as error:
            if not is_absent(error) and code(error) != "ResourceInUse":
                raise explain(error, f"deleting flow definition {name}") from error

    def tags(self, arn: str) -> dict[str, str]:
        pages = self.sagemaker.get_paginator("list_tags").paginate(ResourceArn=arn)
        return {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}

    def tag(self, arn: str, tags: Mapping[str, str]) -> None:
        self.sagemaker.add_tags(
            ResourceArn=arn, Tags=[{"Key": key, "Value": value} for key, value in tags.items()]
        )

    def untag(self, arn: str, keys: list[str]) -> None:
        self.sagemaker.delete_tags(ResourceArn=arn, TagKeys=keys)

    def pending_loops(self, arn: str) -> Iterator[PendingLoop]:
        """Human loops that have not ended, the latest first."""
        pages = self.a2i_runtime.get_paginator("list_human_loops").paginate(
            FlowDefinitionArn=arn, SortOrder="Descending"
        )
        try:
            for page in pages:
                for loop in page["HumanLoopSummaries"]:
                    if loop["HumanLoopStatus"] in _UNFINISHED:
                        yield PendingLoop(loop["HumanLoopName"], loop["CreationTime"])
        except ClientError as error:
            if not is_absent(error):
                raise explain(error, f"listing the human loops of {arn}") from error

    def stack_status(self, stack_id: str) -> str:
        status: str = self._stack(stack_id)["StackStatus"]
        return status

    def stack_tags(self, stack_id: str) -> dict[str, str]:
        """The stack's own tags, which CloudFormation does not hand to custom resources."""
        tags = self._stack(stack_id).get("Tags", [])
        return {tag["Key"]: tag["Value"] for tag in tags if not tag["Key"].startswith("aws:")}

    def _stack(self, stack_id: str) -> Any:
        try:
            return self.cloudformation.describe_stacks(StackName=stack_id)["Stacks"][0]
        except ClientError as error:
            raise explain(error, f"describing stack {stack_id}") from error
