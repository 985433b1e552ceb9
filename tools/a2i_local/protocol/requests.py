"""Parses an HTTP request into an operation and its parameters."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote

from botocore.model import OperationModel, Shape, StructureShape

from a2i_core.human_loops.errors import SerializationException, UnknownPath
from a2i_local.protocol.models import CONTROL_PLANE, RUNTIME, Api, api
from a2i_local.protocol.parsing import parse_members, parse_text
from a2i_local.service.errors import UnknownOperationException

Query = Mapping[str, str | Sequence[str]]
_TARGET_HEADER = "x-amz-target"
_LABEL = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request, as far as the two APIs read it."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    query: Query

    def header(self, name: str) -> str | None:
        return next((v for k, v in self.headers.items() if k.lower() == name), None)


def api_called(request: Request) -> Api:
    """Return the API: only the control plane has a target header."""
    return api(RUNTIME if request.header(_TARGET_HEADER) is None else CONTROL_PLANE)


def operation_called(request: Request) -> OperationModel:
    """Return the operation; UnknownOperationException or UnknownPath if there is none."""
    target = request.header(_TARGET_HEADER)
    if target is None:
        return _runtime_operation(request)
    prefix, _, name = target.rpartition(".")
    control_plane = api(CONTROL_PLANE)
    operation = control_plane.operation(name)
    if operation is None or prefix != control_plane.model.metadata["targetPrefix"]:
        raise UnknownOperationException(f"The operation {target} is not supported")
    return operation


def parameters_of(request: Request, operation: OperationModel) -> dict[str, Any]:
    """Return the parameters, converted but not yet validated.

    Raises SerializationException for a body that is no JSON object, or a value of a wrong type.
    """
    shape = operation.input_shape
    if request.header(_TARGET_HEADER) is not None:
        return parse_members(shape, _json_object(request.body))
    body = _json_object(request.body) if operation.http["method"] == "POST" else {}
    return parse_members(shape, body) | dict(_outside_body(request, operation, shape))


def _json_object(body: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(body or b"{}")
    except (ValueError, RecursionError) as error:
        raise SerializationException("The request body is not valid JSON") from error
    if not isinstance(document, dict):
        raise SerializationException("The request body must be a JSON object")
    return document


def _runtime_operation(request: Request) -> OperationModel:
    for operation, path in _runtime_paths():
        if operation.http["method"] == request.method and path.fullmatch(request.path):
            return operation
    raise UnknownPath(f"No operation is called with {request.method} {request.path}")


@cache
def _runtime_paths() -> list[tuple[OperationModel, re.Pattern[str]]]:
    model = api(RUNTIME).model
    operations = [model.operation_model(name) for name in model.operation_names]
    return [(op, _path_pattern(op.http["requestUri"])) for op in operations]


def _path_pattern(uri: str) -> re.Pattern[str]:
    return re.compile(_LABEL.sub(r"(?P<\1>[^/]+)", uri))


def _outside_body(
    request: Request, operation: OperationModel, shape: StructureShape | None
) -> list[tuple[str, Any]]:
    labels = _path_pattern(operation.http["requestUri"]).fullmatch(request.path)
    found = []
    for name, member in shape.members.items() if shape else ():
        text = _text(request, labels, member)
        if text is not None:
            found.append((name, parse_text(member, text)))
    return found


def _text(request: Request, labels: re.Match[str] | None, member: Shape) -> str | None:
    location = member.serialization.get("location")
    name = member.serialization.get("name", "")
    if location == "uri" and labels is not None:
        return unquote(labels[name])
    if location != "querystring" or name not in request.query:
        return None
    value = request.query[name]
    return value if isinstance(value, str) else value[0]
