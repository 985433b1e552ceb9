"""SageMaker's client for flow definitions, over those of the account: same methods and errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from a2i_account.definitions import Definition, Definitions
from a2i_account.dynamodb_loops import DynamoDbLoops
from a2i_account.pages import Pages
from a2i_account.service_errors import client_error
from a2i_shared.clock import now


@dataclass(frozen=True)
class AccountFlowDefinitions:
    """What the functions use of boto3's `sagemaker` client."""

    definitions: Definitions
    loops: DynamoDbLoops
    clock: Callable[[], datetime] = now

    def create_flow_definition(
        self,
        *,
        FlowDefinitionName: str,  # noqa: N803  # the API's names
        RoleArn: str,  # noqa: N803
        HumanLoopConfig: Mapping[str, Any],  # noqa: N803
        OutputConfig: Mapping[str, str],  # noqa: N803
        Tags: list[dict[str, str]] | None = None,  # noqa: N803
    ) -> dict[str, Any]:
        operation = "CreateFlowDefinition"
        ui = self.definitions.scope.name_in(HumanLoopConfig["HumanTaskUiArn"], "human-task-ui")
        template = self.definitions.template_of_ui(ui) if ui else None
        if template is None:
            arn = HumanLoopConfig["HumanTaskUiArn"]
            raise client_error(
                "ValidationException",
                f"The specified HumanTaskUi '{arn}' does not exist in this stack's table.",
                operation,
            )
        added = self.definitions.add(
            FlowDefinitionName,
            role_arn=RoleArn,
            template_sha256=template,
            human_loop_config=HumanLoopConfig,
            output_config=OutputConfig,
            tags=_by_key(Tags or []),
            created_at=self.clock(),
        )
        if not added:
            message = f"A flow definition named {FlowDefinitionName} already exists"
            raise client_error("ResourceInUse", message, operation)
        return {"FlowDefinitionArn": self._arn(FlowDefinitionName)}

    def describe_flow_definition(self, *, FlowDefinitionName: str) -> dict[str, Any]:  # noqa: N803
        found = self._existing(FlowDefinitionName, "DescribeFlowDefinition")
        return {
            **self._summary(found),
            "HumanLoopConfig": found.human_loop_config,
            "OutputConfig": found.output_config,
            "RoleArn": found.role_arn,
        }

    def delete_flow_definition(self, *, FlowDefinitionName: str) -> dict[str, Any]:  # noqa: N803
        """Refused while loops are open, as the clock finds them through their definition."""
        operation = "DeleteFlowDefinition"
        found = self._existing(FlowDefinitionName, operation)
        pending = self.loops.open_count(found.id)
        if pending:
            message = f"The flow definition {found.name} has {pending} human loops in progress"
            raise client_error("ResourceInUse", message, operation)
        self.definitions.remove(found.name)
        return {}

    def list_flow_definitions(self) -> dict[str, Any]:
        found = map(self._summary, self.definitions.all())
        return {"FlowDefinitionSummaries": list(found)}

    def list_tags(self, *, ResourceArn: str) -> dict[str, Any]:  # noqa: N803
        found = self._existing(self._name(ResourceArn), "ListTags")
        return {"Tags": [{"Key": key, "Value": value} for key, value in found.tags.items()]}

    def add_tags(self, *, ResourceArn: str, Tags: list[dict[str, str]]) -> dict[str, Any]:  # noqa: N803
        found = self._existing(self._name(ResourceArn), "AddTags")
        self.definitions.tag(found.name, {**found.tags, **_by_key(Tags)})
        return {}

    def delete_tags(self, *, ResourceArn: str, TagKeys: list[str]) -> dict[str, Any]:  # noqa: N803
        found = self._existing(self._name(ResourceArn), "DeleteTags")
        kept = {key: value for key, value in found.tags.items() if key not in TagKeys}
        self.definitions.tag(found.name, kept)
        return {}

    def get_paginator(self, operation: str) -> Pages:
        operations: dict[str, Callable[..., dict[str, Any]]] = {
            "list_flow_definitions": self.list_flow_definitions,
            "list_tags": self.list_tags,
        }
        return Pages(operations[operation])

    def _existing(self, name: str, operation: str) -> Definition:
        found = self.definitions.find(name)
        if found is None:
            message = f"The flow definition {self._arn(name)} does not exist"
            raise client_error("ResourceNotFound", message, operation)
        return found

    def _summary(self, found: Definition) -> dict[str, Any]:
        return {
            "FlowDefinitionName": found.name,
            "FlowDefinitionArn": self._arn(found.name),
            "FlowDefinitionStatus": "Active",
            "CreationTime": found.created_at,
        }

    def _arn(self, name: str) -> str:
        return self.definitions.scope.arn("flow-definition", name)

    def _name(self, arn: str) -> str:
        return self.definitions.scope.name_in(arn, "flow-definition") or arn


def _by_key(tags: list[dict[str, str]]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}
