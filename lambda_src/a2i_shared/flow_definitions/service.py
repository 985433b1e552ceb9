"""The flow definitions of the account, through SageMaker's control API and A2I's runtime API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from a2i_core.names import stack_hash
from a2i_core.statuses import OPEN_LOOP_STATUSES
from a2i_shared.errors import NotOurFlowDefinitionError
from a2i_shared.flow_definitions.properties import FlowDefinitionProperties
from a2i_shared.flow_definitions.refusals import code, explained, is_absent, role_remedy
from a2i_shared.telemetry import logger

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_sagemaker_a2i_runtime import AugmentedAIRuntimeClient
    from mypy_boto3_sagemaker_a2i_runtime.type_defs import HumanLoopSummaryTypeDef

_DEFAULT_TIME_LIMIT_SECONDS = 3600
_CLOCK_DIFFERENCE = timedelta(hours=1)


class RoleNotUsableError(Exception):
    """The service refuses the role or its passing now, which IAM's propagation may cure."""

    def __init__(self, error: ClientError, remedy: str) -> None:
        super().__init__(str(error))
        self.remedy = remedy


@dataclass(frozen=True)
class Described:
    arn: str
    name: str
    status: str
    failure_reason: str | None
    immutable: Mapping[str, Any]

    def require_same(self, properties: FlowDefinitionProperties) -> None:
        """Raise NotOurFlowDefinitionError where somebody else took the name for another flow."""
        if not _contains(self.immutable, properties.immutable()):
            raise NotOurFlowDefinitionError(
                f"flow definition {self.name} exists with other properties and is not this "
                "stack's: delete it, or rename the flow"
            )

    @property
    def role_arn(self) -> str:
        return str(self.immutable["RoleArn"])

    @property
    def workteam_arn(self) -> str:
        return str(self.immutable["HumanLoopConfig"].get("WorkteamArn"))

    @property
    def task_availability(self) -> timedelta | None:
        """Longest time that tasks wait for a worker; None for the service's default."""
        seconds = self.immutable["HumanLoopConfig"].get("TaskAvailabilityLifetimeInSeconds")
        return None if seconds is None else timedelta(seconds=seconds)

    @property
    def task_time_limit(self) -> timedelta:
        config = self.immutable["HumanLoopConfig"]
        seconds = config.get("TaskTimeLimitInSeconds", _DEFAULT_TIME_LIMIT_SECONDS)
        return timedelta(seconds=seconds)


@dataclass(frozen=True)
class PendingLoop:
    name: str
    created_at: datetime


@dataclass(frozen=True)
class FlowDefinitions:
    """Every method raises what `explained` does, unless it says otherwise."""

    sagemaker: SageMakerClient
    a2i_runtime: AugmentedAIRuntimeClient
    cloudformation: CloudFormationClient

    def find(self, name: str) -> Described | None:
        with explained(f"describing flow definition {name}"):
            try:
                found = self.sagemaker.describe_flow_definition(FlowDefinitionName=name)
            except ClientError as error:
                if is_absent(error):
                    return None
                raise
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

    def of_stack(self, stack_id: str) -> Iterator[str]:
        """Names of the definitions that the stack has or had, told by its hash in them."""
        mark = f"-{stack_hash(stack_id)}-"
        with explained("listing flow definitions"):
            pages = self.sagemaker.get_paginator("list_flow_definitions").paginate()
            for page in pages:
                for summary in page["FlowDefinitionSummaries"]:
                    if mark in summary["FlowDefinitionName"]:
                        yield summary["FlowDefinitionName"]

    def living(self, stack_id: str) -> list[Described]:
        """The stack's definitions but those that failed: these stay, and use nothing."""
        found = map(self.find, list(self.of_stack(stack_id)))
        return [each for each in found if each is not None and each.status != "Failed"]

    def create(
        self, name: str, properties: FlowDefinitionProperties, tags: Mapping[str, str]
    ) -> None:
        """Ask for a flow definition; one of the name that exists already counts as success.

        Raises RoleNotUsableError too.
        """
        with explained(f"creating flow definition {name}"):
            try:
                self.sagemaker.create_flow_definition(**properties.create_request(name, tags))
            except ClientError as error:
                if remedy := role_remedy(error, properties.role_arn):
                    raise RoleNotUsableError(error, remedy) from error
                if code(error) != "ResourceInUse":
                    raise

    def delete(self, name: str) -> bool:
        """Begin the deletion; False when the service does not allow it in the present status."""
        with explained(f"deleting flow definition {name}"):
            try:
                self.sagemaker.delete_flow_definition(FlowDefinitionName=name)
            except ClientError as error:
                if code(error) not in {"ResourceInUse", "ValidationException"}:
                    if is_absent(error):
                        return True
                    raise
                logger.warning("not deleted", flow_definition=name, reason=str(error))
                return False
        return True

    def tags(self, arn: str) -> dict[str, str]:
        with explained(f"listing the tags of {arn}"):
            pages = self.sagemaker.get_paginator("list_tags").paginate(ResourceArn=arn)
            return {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}

    def tag(self, arn: str, tags: Mapping[str, str]) -> None:
        with explained(f"tagging {arn}"):
            self.sagemaker.add_tags(
                ResourceArn=arn, Tags=[{"Key": key, "Value": value} for key, value in tags.items()]
            )

    def untag(self, arn: str, keys: list[str]) -> None:
        with explained(f"removing tags of {arn}"):
            self.sagemaker.delete_tags(ResourceArn=arn, TagKeys=keys)

    def pending_loops(self, found: Described, now: datetime) -> Iterator[PendingLoop]:
        """Human loops that have not ended, the latest first."""
        with explained(f"listing the human loops of {found.name}"):
            try:
                for loop in self._loops(found, now):
                    if loop["HumanLoopStatus"] in OPEN_LOOP_STATUSES:
                        yield PendingLoop(loop["HumanLoopName"], loop["CreationTime"])
            except ClientError as error:
                if not is_absent(error):
                    raise

    def _loops(self, found: Described, now: datetime) -> Iterator[HumanLoopSummaryTypeDef]:
        """Loops that can be open: a task outlives its availability by its time limit at most."""
        paginate = self.a2i_runtime.get_paginator("list_human_loops").paginate
        if found.task_availability is None:
            pages = paginate(FlowDefinitionArn=found.arn, SortOrder="Descending")
        else:
            age = found.task_availability + found.task_time_limit + _CLOCK_DIFFERENCE
            pages = paginate(
                FlowDefinitionArn=found.arn, SortOrder="Descending", CreationTimeAfter=now - age
            )
        for page in pages:
            yield from page["HumanLoopSummaries"]

    def is_stack_being_deleted(self, stack_id: str) -> bool:
        return self.stack_status(stack_id) == "DELETE_IN_PROGRESS"

    def stack_status(self, stack_id: str) -> str:
        status: str = self._stack(stack_id)["StackStatus"]
        return status

    def stack_resources(self, stack_id: str) -> frozenset[str]:
        """Physical ids of what the stack's template defines now."""
        with explained(f"listing the resources of {stack_id}"):
            pages = self.cloudformation.get_paginator("list_stack_resources").paginate(
                StackName=stack_id
            )
            return frozenset(
                resource["PhysicalResourceId"]
                for page in pages
                for resource in page["StackResourceSummaries"]
                if "PhysicalResourceId" in resource
            )

    def stack_tags(self, stack_id: str) -> dict[str, str]:
        """The stack's own tags, which CloudFormation does not hand to custom resources."""
        tags = self._stack(stack_id).get("Tags", [])
        return {tag["Key"]: tag["Value"] for tag in tags if not tag["Key"].startswith("aws:")}

    def _stack(self, stack_id: str) -> Any:
        with explained(f"describing stack {stack_id}"):
            return self.cloudformation.describe_stacks(StackName=stack_id)["Stacks"][0]


def _contains(described: Any, given: Any) -> bool:
    """Whether the service keeps what was given.

    It may add defaults, drop what is zero or empty, and list keywords, the only list there is, in
    an order of its own.
    """
    if isinstance(given, Mapping):
        of = described if isinstance(described, Mapping) else {}
        return all(_contains(of.get(key), value) for key, value in given.items())
    if isinstance(given, list):
        return sorted(described or []) == sorted(given)
    return bool(described == given or not (described or given))
