"""HTTP responses in the two protocols, serialized by output shape."""

import json
import uuid
from datetime import UTC, datetime
from typing import Any

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from a2i_core.human_loops.errors import ServiceError
from a2i_core.human_loops.instants import iso_milliseconds
from a2i_local.protocol.models import Api

Response = tuple[int, dict[str, str], bytes]


def success(api: Api, operation: OperationModel, result: dict[str, Any]) -> Response:
    """Return the result; an operation without output answers with an empty body."""
    shape = operation.output_shape
    if shape is None or not shape.members:
        return 200, _headers(api), b""
    return 200, _headers(api), json.dumps(serialize_members(shape, result)).encode()


def failure(api: Api, error: ServiceError) -> Response:
    """Return an error where each protocol's clients look for its code."""
    headers = _headers(api)
    if api.is_runtime:
        headers["x-amzn-ErrorType"] = error.code
        return error.http_status, headers, json.dumps({"message": error.message}).encode()
    body = {"__type": error.code, "message": error.message}
    return error.http_status, headers, json.dumps(body).encode()


def _headers(api: Api) -> dict[str, str]:
    content_type = "application/json" if api.is_runtime else "application/x-amz-json-1.1"
    return {"Content-Type": content_type, "x-amzn-requestid": str(uuid.uuid4())}


def serialize_members(shape: StructureShape, values: dict[str, Any]) -> dict[str, Any]:
    """Return the members of the shape; one that is None is left out."""
    return {
        name: _serialize(member, values[name])
        for name, member in shape.members.items()
        if values.get(name) is not None
    }


def _serialize(shape: Shape, value: Any) -> Any:
    if isinstance(shape, StructureShape):
        return serialize_members(shape, value)
    if isinstance(shape, ListShape):
        return [_serialize(shape.member, item) for item in value]
    if isinstance(shape, MapShape):
        return {key: _serialize(shape.value, item) for key, item in value.items()}
    if shape.type_name == "timestamp":
        return _timestamp(shape, value)
    return value


def _timestamp(shape: Shape, value: datetime) -> str | float:
    """Return seconds for JSON 1.1, ISO 8601 where the shape demands it."""
    if shape.serialization.get("timestampFormat") == "iso8601":
        return iso_milliseconds(value)
    return round(value.astimezone(UTC).timestamp(), 3)
