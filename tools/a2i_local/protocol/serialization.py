"""From an operation's result to the JSON that its output shape asks for."""

from datetime import UTC, datetime
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from a2i_local.service.iso_time import iso_milliseconds


def serialize_members(shape: StructureShape, values: dict[str, Any]) -> dict[str, Any]:
    """Return the members that the shape knows; one that is None is left out."""
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
    """JSON 1.1 counts seconds; the runtime's model asks for ISO 8601."""
    if shape.serialization.get("timestampFormat") == "iso8601":
        return iso_milliseconds(value)
    return round(value.astimezone(UTC).timestamp(), 3)
