"""Clients without botocore, for tests that make millions of calls.

DynamoDB is the local AWS's own, called without signing, sending and parsing (a hundredth of the
time), so its conditions and expressions are the real ones. S3 and SQS are a dict and a list.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from botocore.exceptions import ClientError
from ministack.services import dynamodb

from tests.lambda_src.service_errors import service_error

_ONE_AT_A_TIME = Lock()
"""The local DynamoDB decides and writes without a lock of its own: it has one thread."""


class FastDynamoDB:
    """The operations that the ledger and the human loops use."""

    def create_table(self, **parameters: Any) -> Any:
        return _call("CreateTable", parameters)

    def delete_table(self, **parameters: Any) -> Any:
        return _call("DeleteTable", parameters)

    def get_item(self, **parameters: Any) -> Any:
        return _call("GetItem", parameters)

    def put_item(self, **parameters: Any) -> Any:
        return _call("PutItem", parameters)

    def update_item(self, **parameters: Any) -> Any:
        return _call("UpdateItem", parameters)

    def delete_item(self, **parameters: Any) -> Any:
        return _call("DeleteItem", parameters)

    def scan(self, **parameters: Any) -> Any:
        return _call("Scan", parameters)

    def query(self, **parameters: Any) -> Any:
        return _call("Query", parameters)

    def batch_get_item(self, **parameters: Any) -> Any:
        return _call("BatchGetItem", parameters)

    def get_paginator(self, operation: str) -> FastPages:
        return FastPages(getattr(self, operation))


@dataclass
class FastPages:
    """A paginator of DynamoDB, or of an operation with one page only."""

    operation: Callable[..., Any]

    def paginate(self, **parameters: Any) -> Iterator[Any]:
        size = parameters.pop("PaginationConfig", {}).get("PageSize")
        if size is not None:
            parameters["Limit"] = size
        while True:
            page = self.operation(**parameters)
            yield page
            if "LastEvaluatedKey" not in page:
                return
            parameters["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _call(operation: str, parameters: dict[str, Any]) -> Any:
    target = {"x-amz-target": f"DynamoDB_20120810.{operation}"}
    body = json.dumps(parameters).encode()
    with _ONE_AT_A_TIME:
        handling = dynamodb.handle_request("POST", "/", target, body, {})
        try:
            handling.send(None)
        except StopIteration as answered:
            status, _, body = answered.value
        else:
            raise AssertionError("the local DynamoDB waits for nothing")
    answer = json.loads(body)
    if status >= 400:
        code = answer["__type"].rpartition("#")[2]
        response: Any = {
            "Error": {"Code": code, "Message": answer.get("message", "")},
            "Item": answer.get("Item"),
        }
        raise ClientError(response, operation)
    return answer


@dataclass
class FastS3:
    objects: dict[tuple[str, str], bytes] = field(default_factory=dict)

    def create_bucket(self, **_: Any) -> None:
        """Buckets are parts of the objects' keys."""

    def put_bucket_versioning(self, **_: Any) -> None:
        """A delete forgets the object."""

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, **options: Any) -> None:  # noqa: N803  # the API's names
        if options.get("IfNoneMatch") and (Bucket, Key) in self.objects:
            raise service_error("PreconditionFailed", operation="PutObject")
        self.objects[Bucket, Key] = Body

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803  # the API's names
        if (Bucket, Key) not in self.objects:
            raise service_error("NoSuchKey", operation="GetObject")
        body = self.objects[Bucket, Key]
        return {"Body": io.BytesIO(body), "ContentLength": len(body)}

    def head_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803  # the API's names
        return {"ContentLength": self.get_object(Bucket=Bucket, Key=Key)["ContentLength"]}

    def list_objects_v2(self, *, Bucket: str, Prefix: str = "") -> dict[str, Any]:  # noqa: N803  # the API's names
        found = [key for bucket, key in self.objects if bucket == Bucket and key.startswith(Prefix)]
        return {"Contents": [{"Key": key} for key in found]}

    def get_paginator(self, operation: str) -> FastPages:
        return FastPages(getattr(self, operation))

    def delete_object(self, *, Bucket: str, Key: str) -> None:  # noqa: N803  # the API's names
        self.objects.pop((Bucket, Key), None)


@dataclass
class FastSQS:
    queues: dict[str, list[str]] = field(default_factory=dict)
    reasons: list[str | None] = field(default_factory=list)
    """Attribute `error` of each message that was sent."""

    def create_queue(self, *, QueueName: str) -> dict[str, str]:  # noqa: N803  # the API's names
        self.queues[QueueName] = []
        return {"QueueUrl": QueueName}

    def send_message(self, *, QueueUrl: str, MessageBody: str, **options: Any) -> None:  # noqa: N803  # the API's names
        self.queues[QueueUrl].append(MessageBody)
        error = options.get("MessageAttributes", {}).get("error", {})
        self.reasons.append(error.get("StringValue"))

    def change_message_visibility(self, **_: Any) -> None:
        """The test says when a message comes again."""

    def get_queue_attributes(self, *, QueueUrl: str, AttributeNames: list[str]) -> Any:  # noqa: N803  # the API's names
        first, *others = AttributeNames
        count = len(self.queues[QueueUrl])
        return {"Attributes": {first: str(count), **dict.fromkeys(others, "0")}}
