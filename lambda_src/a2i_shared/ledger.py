"""The ledger: one DynamoDB item per review, changed only on conditions.

Key is the name of the review's human loop, which a request and a status event both lead to. An
entry is open (attribute `openFlow`, which puts it into the index OpenReviews) from its first write
until its end has been told to all who wait, so that unfinished work of every kind is found there.
Content under review never enters the ledger.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from a2i_core.names import OPEN_REVIEWS_INDEX
from a2i_core.statuses import ReviewStatus
from a2i_shared.clock import timestamp

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import UpdateItemInputTypeDef


Consolidation: TypeAlias = str | dict[str, str] | None
"""A strategy's name, or one by field of the answer, with `*` for the fields that are not named."""


class LedgerEntry(BaseModel):
    """One review; field `review_id` is the item's attribute `reviewId`, and so on."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)

    human_loop_name: str
    review_id: str
    flow: str
    status: ReviewStatus
    input_digest: str
    """SHA-256 over the canonical JSON of input and prediction: recognises the same request."""
    reasons: tuple[str, ...]
    consolidation: Consolidation = None
    flow_definition_arn: str | None = None
    human_loop_arn: str | None = None
    request_uri: str | None = None
    result_uri: str | None = None
    output_uri: str | None = None
    failure_code: str | None = None
    """Why the review failed or, while it is `Starting`, why it cannot start."""
    started_at: str
    output_missing_since: str | None = None
    """First time that the results function looked for A2I's output and there was none."""
    finished_at: str | None = None
    told_at: str | None = None
    task_tokens: frozenset[str] = frozenset()
    """Step Functions tasks that wait for the end; removed once they are answered."""
    joined: bool = False
    """Whether a second attempt relies on the entry, so that the first cannot withdraw it."""
    open_flow: str | None = None
    expires_at: int | None = None

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> Self:
        deserialize = TypeDeserializer().deserialize
        return cls.model_validate({name: deserialize(value) for name, value in item.items()})

    def to_item(self) -> dict[str, Any]:
        given = self.model_dump(by_alias=True, exclude_none=True, exclude={"task_tokens"})
        given["reasons"] = list(self.reasons)
        given["status"] = self.status.value
        if self.task_tokens:  # DynamoDB has no empty sets
            given["taskTokens"] = set(self.task_tokens)
        return _serialized(given)


class Ending(BaseModel):
    """Attributes that the end of a review adds to its entry."""

    model_config = ConfigDict(frozen=True)

    status: ReviewStatus
    finished_at: str
    result_uri: str
    output_uri: str | None
    failure_code: str | None


@dataclass(frozen=True)
class Ledger:
    dynamodb: DynamoDBClient
    table: str
    retention_days: int | None = None

    def get(self, human_loop_name: str) -> LedgerEntry | None:
        response = self.dynamodb.get_item(
            TableName=self.table, Key=_key(human_loop_name), ConsistentRead=True
        )
        return LedgerEntry.from_item(response["Item"]) if "Item" in response else None

    def open_entries(self) -> Iterator[LedgerEntry]:
        """Every review whose end has not been told, of removed flows too; some seconds old.

        The index holds nothing else, so reading it whole costs what is open, not what ever was.
        """
        pages = self.dynamodb.get_paginator("scan").paginate(
            TableName=self.table, IndexName=OPEN_REVIEWS_INDEX
        )
        for page in pages:
            yield from map(LedgerEntry.from_item, page["Items"])

    def add(self, entry: LedgerEntry) -> LedgerEntry | None:
        """Write a new entry; returns the one that the review has already, if it has one."""
        try:
            self.dynamodb.put_item(
                TableName=self.table,
                Item=entry.to_item(),
                ConditionExpression="attribute_not_exists(humanLoopName)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            _raise_unless_condition_failed(error)
            return LedgerEntry.from_item(error.response["Item"])  # type: ignore[typeddict-item]  # what the request asks for
        return None

    def join(self, human_loop_name: str, task_token: str | None) -> LedgerEntry | None:
        """Rely on an open entry, whose end then answers the task; None when there is none."""
        values: dict[str, Any] = {":yes": True}
        addition = ""
        if task_token is not None:
            values[":token"] = {task_token}
            addition = " ADD taskTokens :token"
        return self._update(
            human_loop_name,
            UpdateExpression=f"SET joined = :yes{addition}",
            ConditionExpression="attribute_exists(openFlow)",
            ExpressionAttributeValues=_serialized(values),
        )

    def withdraw(self, human_loop_name: str) -> bool:
        """Delete the entry that the caller has made; False when another attempt has joined it."""
        try:
            self.dynamodb.delete_item(
                TableName=self.table,
                Key=_key(human_loop_name),
                ConditionExpression="#status = :starting AND joined = :no",
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues=_serialized(
                    {":starting": ReviewStatus.STARTING.value, ":no": False}
                ),
            )
        except ClientError as error:
            _raise_unless_condition_failed(error)
            return False
        return True

    def mark_in_progress(
        self, human_loop_name: str, *, human_loop_arn: str, flow_definition_arn: str
    ) -> LedgerEntry | None:
        """Note that the loop runs; None when the entry is no longer `Starting`."""
        return self._update(
            human_loop_name,
            UpdateExpression=(
                "SET #status = :running, humanLoopArn = :loop, flowDefinitionArn = :flow "
                "REMOVE failureCode"
            ),
            ConditionExpression="#status = :starting",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues=_serialized(
                {
                    ":running": ReviewStatus.IN_PROGRESS.value,
                    ":starting": ReviewStatus.STARTING.value,
                    ":loop": human_loop_arn,
                    ":flow": flow_definition_arn,
                }
            ),
        )

    def note_failure(self, human_loop_name: str, failure_code: str) -> None:
        """Note why a review cannot start: the reconciler ends it unless it starts before."""
        self._update(
            human_loop_name,
            UpdateExpression="SET failureCode = :code",
            ConditionExpression="#status = :starting",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues=_serialized(
                {":code": failure_code, ":starting": ReviewStatus.STARTING.value}
            ),
        )

    def note_missing_output(self, human_loop_name: str, at: datetime) -> datetime:
        """Note that A2I's output is not there; returns since when it is known to be missing."""
        noted = self._update(
            human_loop_name,
            UpdateExpression="SET outputMissingSince = if_not_exists(outputMissingSince, :now)",
            ConditionExpression="attribute_exists(openFlow)",
            ExpressionAttributeValues=_serialized({":now": timestamp(at)}),
        )
        since = noted.output_missing_since if noted else None
        return datetime.fromisoformat(since) if since else at

    def end(self, human_loop_name: str, ending: Ending) -> bool:
        """End a review; False when it has ended before."""
        values = {
            ":status": ending.status.value,
            ":finished": ending.finished_at,
            ":result": ending.result_uri,
            ":output": ending.output_uri,
            ":failure": ending.failure_code,
            ":starting": ReviewStatus.STARTING.value,
            ":running": ReviewStatus.IN_PROGRESS.value,
        }
        updated = self._update(
            human_loop_name,
            UpdateExpression=(
                "SET #status = :status, finishedAt = :finished, resultUri = :result, "
                "outputUri = :output, failureCode = :failure"
            ),
            ConditionExpression="#status IN (:starting, :running)",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues=_serialized(values),
        )
        return updated is not None

    def close(self, told: LedgerEntry, *, at: datetime) -> bool:
        """Close an entry whose end was told to its tasks; False when a task joined meanwhile."""
        values: dict[str, Any] = {":now": timestamp(at)}
        assignments = ["toldAt = :now"]
        expires_at = self.expires_at(at)
        if expires_at is not None:
            values[":expires"] = expires_at
            assignments.append("expiresAt = :expires")
        condition = "attribute_not_exists(taskTokens)"
        if told.task_tokens:  # tokens are only ever added, so their number says whether one is new
            values[":answered"] = len(told.task_tokens)
            condition = "attribute_not_exists(taskTokens) OR size(taskTokens) = :answered"
        updated = self._update(
            told.human_loop_name,
            UpdateExpression=f"SET {', '.join(assignments)} REMOVE openFlow, taskTokens",
            ConditionExpression=condition,
            ExpressionAttributeValues=_serialized(values),
        )
        return updated is not None

    def expires_at(self, ended: datetime) -> int | None:
        """When DynamoDB may remove an entry that ended at `ended`; None without a retention."""
        if self.retention_days is None:
            return None
        return int((ended + timedelta(days=self.retention_days)).timestamp())

    def _update(self, human_loop_name: str, **update: Any) -> LedgerEntry | None:
        request: UpdateItemInputTypeDef = {
            "TableName": self.table,
            "Key": _key(human_loop_name),
            "ReturnValues": "ALL_NEW",
            **update,  # type: ignore[typeddict-item]  # a TypedDict cannot be spread from keywords
        }
        try:
            response = self.dynamodb.update_item(**request)
        except ClientError as error:
            _raise_unless_condition_failed(error)
            return None
        return LedgerEntry.from_item(response["Attributes"])


def _key(human_loop_name: str) -> dict[str, Any]:
    return {"humanLoopName": {"S": human_loop_name}}


def _serialized(values: Mapping[str, Any]) -> dict[str, Any]:
    serialize = TypeSerializer().serialize
    return {name: serialize(value) for name, value in values.items()}


def _raise_unless_condition_failed(error: ClientError) -> None:
    if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
        raise error
