"""Parses JSON values into the types of an operation's input shape."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from a2i_core.human_loops.errors import SerializationException

_INTEGER_MIN, _INTEGER_MAX = -(2**31), 2**31 - 1
_NUMBERS: dict[str, tuple[type | tuple[type, ...], str]] = {
    "integer": (int, "an Integer"),
    "long": (int, "a Long"),
    "float": ((int, float), "a Float"),
    "double": ((int, float), "a Double"),
}
_TOKENS = {bool: "BOOLEAN_VALUE", int: "NUMBER_VALUE", float: "NUMBER_VALUE", str: "STRING_VALUE"}


def parse_members(shape: StructureShape | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of the shape, converted; null means absent.

    Raises SerializationException for a value that does not convert.
    """
    if shape is None:
        return {}
    return {
        name: _parse(member, values[name])
        for name, member in shape.members.items()
        if values.get(name) is not None
    }


def parse_text(shape: Shape, text: str) -> Any:
    """Convert a value of the query string or the path."""
    if shape.type_name == "integer":
        try:
            return _integer(int(text))
        except ValueError as error:
            raise SerializationException(f"'{text}' can not be converted to an Integer") from error
    if shape.type_name == "timestamp":
        return _moment(text)
    return text


def _parse(shape: Shape, value: Any) -> Any:
    if isinstance(shape, StructureShape):
        return parse_members(shape, _expect(value, Mapping, "an object"))
    if isinstance(shape, ListShape):
        items = _expect(value, list, "a list")
        return [None if item is None else _parse(shape.member, item) for item in items]
    if isinstance(shape, MapShape):
        entries = _expect(value, Mapping, "a map")
        return {key: _parse(shape.value, item) for key, item in entries.items() if item is not None}
    return _parse_scalar(shape, value)


def _parse_scalar(shape: Shape, value: Any) -> Any:
    if shape.type_name == "timestamp":
        return _moment(value)
    if shape.type_name == "boolean":
        return _expect(value, bool, "a Boolean")
    if shape.type_name in _NUMBERS:
        return _number(shape, value)
    return _text(_expect(value, str, "a String"))


def _text(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise SerializationException("A String holds half of a surrogate pair") from error
    return value


def _number(shape: Shape, value: Any) -> Any:
    types, name = _NUMBERS[shape.type_name]
    if isinstance(value, bool):
        raise _unconvertible(value, name)
    number = _expect(value, types, name)
    return _integer(number) if shape.type_name == "integer" else number


def _expect(value: Any, wanted: type | tuple[type, ...], name: str) -> Any:
    if not isinstance(value, wanted):
        raise _unconvertible(value, name)
    return value


def _unconvertible(value: Any, name: str) -> SerializationException:
    token = _TOKENS.get(type(value))
    if token is None:
        token = "START_ARRAY" if isinstance(value, list) else "START_OBJECT"
    return SerializationException(f"{token} can not be converted to {name}")


def _integer(value: int) -> int:
    if not _INTEGER_MIN <= value <= _INTEGER_MAX:
        raise SerializationException(f"{value} is out of the range of an Integer")
    return value


def _moment(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    try:
        if isinstance(value, str):
            return _moment(datetime.fromisoformat(value))
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return datetime.fromtimestamp(value, tz=UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise SerializationException(f"{value} can not be converted to a Timestamp") from error
    raise _unconvertible(value, "a Timestamp")
