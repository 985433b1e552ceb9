"""Tags of workforces, work teams, worker task templates and flow definitions."""

import re
from typing import Any

from a2i_core.human_loops.errors import ValidationException
from a2i_core.human_loops.runtime_operations import Parameters, Result
from a2i_core.human_loops.scope import Scope
from a2i_local.service.engine import Engine
from a2i_local.service.operation import Operation
from a2i_local.service.paging import page_of_offsets
from a2i_local.service.records import FlowDefinition, HumanTaskUi, Workforce, Workteam
from a2i_local.service.tables import NamedTable

_MAX_TAGS = 50
_PAGE = 50
_RESERVED_PREFIX = "aws:"
_ARN = re.compile(
    r"arn:(?P<partition>[^:]+):sagemaker:(?P<region>[^:]*):(?P<account>\d{12})"
    r":(?P<type>[^/]+)/(?P<name>.+)"
)

Tagged = Workforce | Workteam | HumanTaskUi | FlowDefinition


class Tags:
    """AddTags, ListTags, DeleteTags."""

    def __init__(self, engine: Engine) -> None:
        state = engine.state
        self._tables: dict[str, NamedTable[Any]] = {
            "workforce": state.workforces,
            "workteam": state.workteams,
            "human-task-ui": state.human_task_uis,
            "flow-definition": state.flow_definitions,
        }

    def operations(self) -> dict[str, Operation]:
        return {"AddTags": self.add, "ListTags": self.list_tags, "DeleteTags": self.delete}

    def add(self, scope: Scope, parameters: Parameters) -> Result:
        table, record = self._find(scope, parameters["ResourceArn"])
        tags = record.tags | tags_by_key(parameters["Tags"])
        if len(tags) > _MAX_TAGS:
            raise ValidationException(
                f"A resource can have at most {_MAX_TAGS} tags, this one would have {len(tags)}"
            )
        record.tags = tags
        table.put(record)
        return {"Tags": _tag_list(tags)}

    def list_tags(self, scope: Scope, parameters: Parameters) -> Result:
        _, record = self._find(scope, parameters["ResourceArn"])
        page, more = page_of_offsets(_tag_list(record.tags), parameters, default_page=_PAGE)
        return {"Tags": page, **more}

    def delete(self, scope: Scope, parameters: Parameters) -> Result:
        table, record = self._find(scope, parameters["ResourceArn"])
        gone = set(parameters["TagKeys"])
        record.tags = {key: value for key, value in record.tags.items() if key not in gone}
        table.put(record)
        return {}

    def _find(self, scope: Scope, arn: str) -> tuple[NamedTable[Any], Tagged]:
        match = _ARN.fullmatch(arn)
        if match is None:
            raise ValidationException(f"The ARN {arn} is not one of a SageMaker resource")
        if match["region"] != scope.region:
            raise ValidationException(f"ARN should be scoped to correct region: {scope.region}")
        table = self._tables.get(match["type"])
        if table is None:
            raise ValidationException(f"Invalid resource type: {match['type']}")
        name = match["name"].removeprefix("private-crowd/")
        record = table.find(scope, name)
        if record is None or record.arn != arn:
            raise ValidationException(f"The resource {arn} does not exist")
        return table, record


def tags_by_key(tags: list[dict[str, str]]) -> dict[str, str]:
    """Return the Tags of a request by key; ValidationException for a key twice or reserved."""
    by_key = {tag["Key"]: tag["Value"] for tag in tags}
    if len(by_key) < len(tags):
        raise ValidationException(
            "Duplicate tag keys found. Please note that Tag keys are case sensitive."
        )
    reserved = next((key for key in by_key if key.lower().startswith(_RESERVED_PREFIX)), None)
    if reserved is not None:
        raise ValidationException(
            f"The tag key {reserved} begins with {_RESERVED_PREFIX}: such keys are reserved"
        )
    return by_key


def _tag_list(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
