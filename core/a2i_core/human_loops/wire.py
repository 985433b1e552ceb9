"""A2I's runtime API over HTTP, REST-JSON, without AWS's service model.

Parsing, constraints and messages are those of the service, as far as they are known; tests hold
them to the local A2I, which has them from the model. What differs is the largest InputContent.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote

from a2i_core.human_loops.errors import (
    SerializationException,
    ServiceError,
    UnknownPath,
    ValidationException,
)
from a2i_core.human_loops.instants import iso_milliseconds
from a2i_core.human_loops.wire_members import (
    LIST_HUMAN_LOOPS,
    NAMED,
    START_HUMAN_LOOP,
    Member,
    parsed,
    problems_of,
)

Operations = Mapping[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]]

MAX_INPUT_BYTES = 2 * 1024 * 1024
"""UTF-8 bytes of an InputContent. A Lambda function is invoked with 6 MB at most, in which every
quotation mark of the content, escaped twice, takes four bytes."""
_NAME = re.compile(r"/human-loops/(?P<HumanLoopName>[^/]+)")


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request: path and query as they were sent."""

    method: str
    path: str
    query: str = ""
    body: bytes = b""


class Response(NamedTuple):
    """An HTTP response; the body is JSON or empty."""

    status: int
    headers: dict[str, str]
    body: str


class Call(NamedTuple):
    """An operation with its parameters, validated."""

    operation: str
    parameters: dict[str, Any]


def answer(operations: Operations, request: Request) -> Response:
    """Run what a request calls for; a ServiceError becomes the response that SDKs read it from.

    Other errors pass.
    """
    try:
        called = call_of(request)
        result = operations[called.operation](called.parameters)
    except ServiceError as error:
        return failure(error)
    shown = {name: _shown(value) for name, value in result.items() if value is not None}
    return Response(200, _headers(), json.dumps(shown) if shown else "")


def failure(error: ServiceError) -> Response:
    """Return an error with its code where any SDK looks for it: header and body."""
    body = {"__type": error.code, "message": error.message}
    headers = {**_headers(), "x-amzn-ErrorType": error.code}
    return Response(error.http_status, headers, json.dumps(body))


def call_of(request: Request) -> Call:
    """Return the operation that a request calls, with its parameters.

    Raises:
        UnknownPath: no operation has this method and path.
        SerializationException: a value has a type that does not convert.
        ValidationException: parameters break constraints; the message tells all of them.
    """
    operation, members, given = _given(request)
    parameters = parsed(members, given)
    _require_size(parameters)
    problems = list(problems_of(members, parameters))
    if problems:
        noun = "error" if len(problems) == 1 else "errors"
        raise ValidationException(
            f"{len(problems)} validation {noun} detected: {'; '.join(problems)}"
        )
    return Call(operation, parameters)


def _given(request: Request) -> tuple[str, tuple[Member, ...], Mapping[str, Any]]:
    match request.method, request.path:
        case "POST", "/human-loops":
            return "StartHumanLoop", START_HUMAN_LOOP, _json_object(request.body)
        case "GET", "/human-loops":
            values = parse_qs(request.query, keep_blank_values=True)
            texts = {name: texts[0] for name, texts in values.items()}
            return "ListHumanLoops", LIST_HUMAN_LOOPS, texts
        case "POST", "/human-loops/stop":
            return "StopHumanLoop", NAMED, _json_object(request.body)
    named = _NAME.fullmatch(request.path)
    operation = {"GET": "DescribeHumanLoop", "DELETE": "DeleteHumanLoop"}.get(request.method)
    if named is None or operation is None:
        raise UnknownPath(f"No operation is called with {request.method} {request.path}")
    return operation, NAMED, {"HumanLoopName": unquote(named["HumanLoopName"])}


def _json_object(body: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(body or b"{}")
    except (ValueError, RecursionError) as error:
        raise SerializationException("The request body is not valid JSON") from error
    if not isinstance(document, dict):
        raise SerializationException("The request body must be a JSON object")
    return document


def _require_size(parameters: Mapping[str, Any]) -> None:
    content = parameters.get("HumanLoopInput", {}).get("InputContent", "")
    size = len(content.encode())
    if size > MAX_INPUT_BYTES:
        raise ValidationException(
            f"InputContent has {size} bytes, and this endpoint takes {MAX_INPUT_BYTES}: keep large"
            " objects in S3 and refer to them, or start the review through the stack's function"
        )


def _shown(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso_milliseconds(value)
    if isinstance(value, Mapping):
        return {name: _shown(item) for name, item in value.items() if item is not None}
    return [_shown(item) for item in value] if isinstance(value, list) else value


def _headers() -> dict[str, str]:
    return {"Content-Type": "application/json"}
