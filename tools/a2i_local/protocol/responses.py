"""HTTP responses in the two protocols."""

import json
import uuid
from typing import Any

from botocore.model import OperationModel

from a2i_local.protocol.models import Api
from a2i_local.protocol.serialization import serialize_members
from a2i_local.service.errors import ServiceError

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
