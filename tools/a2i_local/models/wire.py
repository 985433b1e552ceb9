"""Conversion between MiniStack's requests and responses and the models' calls."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from a2i_core.human_loops.errors import SerializationException, ServiceError

Response = tuple[int, dict[str, str], bytes]

JSON_1_1 = "application/x-amz-json-1.1"
REST_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request; the names of the headers are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    query: Mapping[str, Any]
    account: str
    region: str

    @property
    def operation(self) -> str:
        """Operation in `X-Amz-Target`, without the service; empty where the header is missing."""
        return self.headers.get("x-amz-target", "").rpartition(".")[2]


def json_parameters(body: bytes) -> dict[str, Any]:
    """Return the parameters that a JSON 1.1 request carries.

    Raises:
        SerializationException: the body is not a JSON object.
    """
    try:
        parameters = json.loads(body or b"{}")
    except ValueError as error:
        raise SerializationException(f"the body is not JSON: {error}") from error
    if not isinstance(parameters, dict):
        raise SerializationException(
            f"the body must be a JSON object, got {type(parameters).__name__}"
        )
    return parameters


def json_response(document: Mapping[str, Any] | None, media_type: str) -> Response:
    """Return a successful response; None means an empty body."""
    body = b"" if document is None else json.dumps(document).encode()
    return HTTPStatus.OK, _headers(media_type), body


def error_response(error: ServiceError, media_type: str, **details: object) -> Response:
    """Return an error answer; both JSON protocols find the error's code where they look for it."""
    headers = {**_headers(media_type), "x-amzn-errortype": error.code}
    document = {"__type": error.code, "Message": error.message, **details}
    return error.http_status, headers, json.dumps(document).encode()


def _headers(media_type: str) -> dict[str, str]:
    return {"Content-Type": media_type, "x-amzn-requestid": str(uuid.uuid4())}
