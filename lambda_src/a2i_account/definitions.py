"""Flow definitions, human task UIs and templates, as items of the table. All are immutable."""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict

from a2i_account.loop_items import from_item, to_item
from a2i_core.human_loops.human_loop import FlowSnapshot
from a2i_core.human_loops.s3_output_path import S3OutputPath
from a2i_core.human_loops.scope import Scope
from a2i_core.human_loops.worker_options import WorkerOptions
from a2i_shared.service_errors import code_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

DEFAULT_AVAILABILITY = timedelta(days=10)
"""As in A2I: how long tasks wait where the flow definition does not say."""
DEFAULT_TIME_LIMIT = timedelta(hours=1)
_REMEMBERED_SECONDS = 60.0


class Definition(BaseModel):
    """A flow definition; configurations as CreateFlowDefinition takes them.

    `WorkerOptions` of the HumanLoopConfig is not of A2I: see `a2i_core`'s class of the name.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    created_at: datetime
    role_arn: str
    template_sha256: str
    human_loop_config: dict[str, Any]
    output_config: dict[str, str]
    tags: dict[str, str]

    @property
    def team_arn(self) -> str:
        """ARN of the work team that gets the tasks."""
        return str(self.human_loop_config["WorkteamArn"])

    def snapshot(self) -> FlowSnapshot:
        """Return what a loop of this definition keeps of it."""
        config = self.human_loop_config
        output = S3OutputPath.parse(self.output_config["S3OutputPath"])
        return FlowSnapshot(
            definition_id=self.id,
            name=self.name,
            workteam_arn=self.team_arn,
            role_arn=self.role_arn,
            task_title=config["TaskTitle"],
            task_description=config["TaskDescription"],
            task_keywords=tuple(config.get("TaskKeywords") or ()),
            task_count=int(config["TaskCount"]),
            availability=_seconds(
                config.get("TaskAvailabilityLifetimeInSeconds"), DEFAULT_AVAILABILITY
            ),
            time_limit=_seconds(config.get("TaskTimeLimitInSeconds"), DEFAULT_TIME_LIMIT),
            template_sha256=self.template_sha256,
            output_bucket=output.bucket,
            output_prefix=output.prefix,
            output_kms_key_id=self.output_config.get("KmsKeyId"),
            options=WorkerOptions.of(config.get("WorkerOptions")),
        )


@dataclass(frozen=True)
class Definitions:
    """Reads and writes them. A definition that was read is remembered for a minute."""

    dynamodb: DynamoDBClient
    table: str
    scope: Scope
    _remembered: dict[str, tuple[float, Definition]] = field(default_factory=dict)

    def find(self, name: str) -> Definition | None:
        attributes = self._get("FLOWS", name)
        return None if attributes is None else Definition.model_validate(attributes["definition"])

    def recall(self, name: str) -> Definition | None:
        """Return a definition, perhaps as it was a minute ago."""
        remembered = self._remembered.get(name)
        if remembered is not None and time.monotonic() - remembered[0] < _REMEMBERED_SECONDS:
            return remembered[1]
        found = self.find(name)
        if found is not None:
            self._remembered[name] = (time.monotonic(), found)
        return found

    def all(self) -> Iterator[Definition]:
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.table,
            ConsistentRead=True,
            KeyConditionExpression="pk = :flows",
            ExpressionAttributeValues=to_item({":flows": "FLOWS"}),
        )
        for page in pages:
            for item in page["Items"]:
                yield Definition.model_validate(from_item(item)["definition"])

    def add(
        self,
        name: str,
        *,
        role_arn: str,
        template_sha256: str,
        human_loop_config: Mapping[str, Any],
        output_config: Mapping[str, str],
        tags: Mapping[str, str],
        created_at: datetime,
    ) -> bool:
        """Write a definition; False where its name is taken."""
        definition = Definition(
            id=uuid.uuid4().hex,
            name=name,
            created_at=created_at,
            role_arn=role_arn,
            template_sha256=template_sha256,
            human_loop_config=dict(human_loop_config),
            output_config=dict(output_config),
            tags=dict(tags),
        )
        return self._write(definition, "attribute_not_exists(pk)")

    def tag(self, name: str, tags: Mapping[str, str]) -> None:
        """Replace the tags of a definition; nothing happens where it is gone."""
        found = self.find(name)
        if found is not None:
            changed = found.model_copy(update={"tags": dict(tags)})
            self._write(changed, "attribute_exists(pk)")

    def remove(self, name: str) -> None:
        self._remembered.pop(name, None)
        self._delete("FLOWS", name)

    def add_ui(self, name: str, template: str) -> None:
        """Store a template, and the human task UI that has it."""
        sha256 = hashlib.sha256(template.encode()).hexdigest()
        self._put({"pk": f"TEMPLATE#{sha256}", "sk": "TEXT", "text": template})
        self._put({"pk": "UIS", "sk": name, "templateSha256": sha256})

    def remove_ui(self, name: str) -> None:
        """Delete a human task UI; its template stays for the loops that show it."""
        self._delete("UIS", name)

    def template_of_ui(self, name: str) -> str | None:
        """Return the digest of a human task UI's template."""
        attributes = self._get("UIS", name)
        return None if attributes is None else str(attributes["templateSha256"])

    def template(self, sha256: str) -> str:
        """Return a template's text; LookupError where there is none."""
        attributes = self._get(f"TEMPLATE#{sha256}", "TEXT")
        if attributes is None:
            raise LookupError(f"template {sha256} is gone")
        return str(attributes["text"])

    def _write(self, definition: Definition, condition: str) -> bool:
        attributes = {
            "pk": "FLOWS",
            "sk": definition.name,
            "definition": definition.model_dump(mode="json"),
        }
        try:
            self.dynamodb.put_item(
                TableName=self.table, Item=to_item(attributes), ConditionExpression=condition
            )
        except ClientError as error:
            if code_of(error) == "ConditionalCheckFailedException":
                return False
            raise
        return True

    def _put(self, attributes: dict[str, Any]) -> None:
        self.dynamodb.put_item(TableName=self.table, Item=to_item(attributes))

    def _get(self, pk: str, sk: str) -> dict[str, Any] | None:
        found = self.dynamodb.get_item(
            TableName=self.table, Key=to_item({"pk": pk, "sk": sk}), ConsistentRead=True
        )
        return from_item(found["Item"]) if "Item" in found else None

    def _delete(self, pk: str, sk: str) -> None:
        self.dynamodb.delete_item(TableName=self.table, Key=to_item({"pk": pk, "sk": sk}))


def _seconds(number: Any, default: timedelta) -> timedelta:
    return default if number is None else timedelta(seconds=int(number))
