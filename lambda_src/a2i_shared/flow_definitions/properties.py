"""The resource's properties, as CloudFormation sends and as CreateFlowDefinition wants them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_pascal

from a2i_core.names import flow_definition_name
from a2i_shared.errors import InvalidPropertyError

if TYPE_CHECKING:
    from mypy_boto3_sagemaker.type_defs import CreateFlowDefinitionRequestTypeDef

_WORKTEAM_ARN = re.compile(
    r"arn:[^:]+:sagemaker:[a-z0-9-]+:[^:]+:workteam/(private-crowd|vendor-crowd)/.+"
)
_HUMAN_TASK_UI_ARN = re.compile(r"arn:[^:]+:sagemaker:[a-z0-9-]+:[^:]+:human-task-ui/.+")

# CloudFormation hands custom resources every number as text.
Number = Annotated[
    int, BeforeValidator(lambda value: int(value) if isinstance(value, str) else value)
]


class _Properties(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_pascal, populate_by_name=True)

    def as_parameters(self) -> dict[str, Any]:
        return self.model_dump(by_alias=True, exclude_none=True)


class OutputConfig(_Properties):
    s3_output_path: str = Field(alias="S3OutputPath")
    kms_key_id: str | None = None


class WorkerOptions(_Properties):
    """What workers may do beyond A2I; in the account's backend alone."""

    max_declines: Number | None = None
    extension_in_seconds: Number | None = None
    max_extensions: Number | None = None
    answer_grace_in_seconds: Number | None = None
    own_answers_in_seconds: Number | None = None
    review_title: str | None = None


class HumanLoopConfig(_Properties):
    workteam_arn: str
    human_task_ui_arn: str = Field(alias="HumanTaskUiArn")
    task_title: str
    task_description: str
    task_count: Number
    task_availability_lifetime_in_seconds: Number | None = None
    task_time_limit_in_seconds: Number | None = None
    task_keywords: list[str] | None = None
    worker_options: WorkerOptions | None = None


class Tag(_Properties):
    key: str
    value: str


class FlowDefinitionProperties(_Properties):
    flow_name: str
    role_arn: str
    output_config: OutputConfig
    human_loop_config: HumanLoopConfig
    tags: tuple[Tag, ...] = ()
    backend: str | None = None

    @classmethod
    def parse(cls, resource_properties: dict[str, Any]) -> FlowDefinitionProperties:
        """Raises InvalidPropertyError that names the property, and the ARN kind that is due."""
        try:
            properties = cls.model_validate(resource_properties)
        except ValidationError as error:
            faults = "; ".join(
                f"{'.'.join(map(str, fault['loc']))}: {fault['msg'].lower()}"
                for fault in error.errors()
            )
            raise InvalidPropertyError(f"invalid properties: {faults}") from error
        _check_arns(properties.human_loop_config)
        return properties

    def name(self, stack_id: str, logical_id: str, attempt: int = 0) -> str:
        """Name of the definition; another backend makes another one, whatever else stays."""
        facts = self.immutable()
        if self.backend is not None:  # A2I's resources say nothing, and keep their names
            facts["Backend"] = self.backend
        return flow_definition_name(self.flow_name, stack_id, logical_id, facts, attempt)

    def immutable(self) -> dict[str, Any]:
        """Properties that only a new flow definition can change: all but the tags."""
        return {
            "RoleArn": self.role_arn,
            "OutputConfig": self.output_config.as_parameters(),
            "HumanLoopConfig": self.human_loop_config.as_parameters(),
        }

    def create_request(
        self, name: str, tags: Mapping[str, str]
    ) -> CreateFlowDefinitionRequestTypeDef:
        return {
            "FlowDefinitionName": name,
            **self.immutable(),  # type: ignore[typeddict-item]  # spelled by the models' aliases
            "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
        }


def _check_arns(config: HumanLoopConfig) -> None:
    if not _WORKTEAM_ARN.fullmatch(config.workteam_arn):
        raise InvalidPropertyError(
            f"WorkteamArn must be a work team's ARN, "
            f"arn:aws:sagemaker:<region>:<account>:workteam/private-crowd/<name> "
            f"(or vendor-crowd; the public crowd, Mechanical Turk, closed on 2026-09-30), "
            f"got {config.workteam_arn!r}"
        )
    if not _HUMAN_TASK_UI_ARN.fullmatch(config.human_task_ui_arn):
        raise InvalidPropertyError(
            f"HumanTaskUiArn must be a worker task template's ARN, "
            f"arn:aws:sagemaker:<region>:<account>:human-task-ui/<name>, "
            f"got {config.human_task_ui_arn!r}"
        )
