"""Validation of parameters against botocore's shapes, with AWS's messages.

boto3 itself checks types, required members and minimums only. The messages have AWS's wording,
with AWS's names for places: `humanLoopConfig.workteamArn`, `tags.1.member.key`.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import regex
from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from a2i_core.human_loops.errors import ValidationException

_TOKEN = re.compile(r"\\.|\[|\]", re.DOTALL)
_ASCII_CLASSES = {r"\d": "0-9", r"\w": "a-zA-Z0-9_"}


@cache
def matcher(pattern: str) -> "regex.Pattern[str]":
    r"""Compile a model's pattern as Java reads it: the service is written in Java.

    There `\d` and `\w` mean ASCII, `\p{L}` means letters of all scripts, and `.` stops at every
    line separator. Python's flags change the first two together, so they are spelled out.
    """
    return regex.compile(_with_ascii_classes(pattern), regex.WORD)


def _with_ascii_classes(pattern: str) -> str:
    inside_brackets = False

    def spelled_out(token: re.Match[str]) -> str:
        nonlocal inside_brackets
        text = token.group()
        if text in "[]":
            inside_brackets = text == "["
        members = _ASCII_CLASSES.get(text)
        if members is None:
            return text
        return members if inside_brackets else f"[{members}]"

    return _TOKEN.sub(spelled_out, pattern)


_NUMBERS = {"integer", "long", "float", "double"}
_NOT_NULL = "Member must not be null"


def validate(shape: StructureShape | None, parameters: Mapping[str, Any]) -> None:
    """Raise ValidationException that names every constraint the parameters break."""
    if shape is None:
        return
    problems = list(_structure_problems(shape, parameters, ""))
    if problems:
        noun = "error" if len(problems) == 1 else "errors"
        raise ValidationException(
            f"{len(problems)} validation {noun} detected: {'; '.join(problems)}"
        )


def _problem(shape: Shape, value: Any, path: str, constraint: str) -> str:
    shown = "" if shape.metadata.get("sensitive") else f" '{_shown(value)}'"
    return f"Value{shown} at '{path}' failed to satisfy constraint: {constraint}"


def _shown(value: Any) -> str:
    """Print a value as Java does: AWS's messages come from there."""
    if isinstance(value, list):
        return f"[{', '.join(_shown(item) for item in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={_shown(item)}" for key, item in value.items()) + "}"
    return "null" if value is None else str(value)


def _structure_problems(
    shape: StructureShape, values: Mapping[str, Any], path: str
) -> Iterator[str]:
    for name, member in shape.members.items():
        member_path = f"{path}{name[0].lower()}{name[1:]}"
        if name in values:
            yield from _problems(member, values[name], member_path)
        elif name in shape.required_members:
            yield f"Value null at '{member_path}' failed to satisfy constraint: {_NOT_NULL}"


def _problems(shape: Shape, value: Any, path: str) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        yield from _structure_problems(shape, value, f"{path}.")
        return
    for constraint in _broken(shape, value):
        yield _problem(shape, value, path, constraint)
    if isinstance(shape, ListShape):
        yield from _list_problems(shape, value, path)
    elif isinstance(shape, MapShape):
        yield from _map_problems(shape, value, path)


def _list_problems(shape: ListShape, items: list[Any], path: str) -> Iterator[str]:
    member = shape.member
    if isinstance(member, StructureShape):
        for place, item in enumerate(items, start=1):
            member_path = f"{path}.{place}.member"
            if item is None:
                yield f"Value null at '{member_path}' failed to satisfy constraint: {_NOT_NULL}"
            else:
                yield from _structure_problems(member, item, f"{member_path}.")
    elif any(item is None or any(_broken(member, item)) for item in items):
        constraints = ", ".join([*_constraints(member), _NOT_NULL])
        yield _problem(shape, items, path, f"Member must satisfy constraint: [{constraints}]")


def _map_problems(shape: MapShape, entries: dict[str, Any], path: str) -> Iterator[str]:
    if any(any(_broken(shape.key, key)) for key in entries):
        constraints = ", ".join(_constraints(shape.key))
        yield _problem(shape, entries, path, f"Map keys must satisfy constraint: [{constraints}]")
    if any(any(_broken(shape.value, item)) for item in entries.values()):
        constraints = ", ".join(_constraints(shape.value))
        yield _problem(shape, entries, path, f"Map value must satisfy constraint: [{constraints}]")


def _broken(shape: Shape, value: Any) -> Iterator[str]:
    """Yield the constraints of one value, not of what is in it, that the value breaks."""
    metadata = shape.metadata
    enum = getattr(shape, "enum", [])
    size = value if shape.type_name in _NUMBERS else len(value) if _has_length(shape) else None
    if enum and value not in enum:
        yield _constraint_texts(shape)["enum"]
    if size is not None and "max" in metadata and size > metadata["max"]:
        yield _constraint_texts(shape)["max"]
    if size is not None and "min" in metadata and size < metadata["min"]:
        yield _constraint_texts(shape)["min"]
    if "pattern" in metadata and not matcher(metadata["pattern"]).fullmatch(value):
        yield _constraint_texts(shape)["pattern"]


def _constraints(shape: Shape) -> list[str]:
    return list(_constraint_texts(shape).values())


def _constraint_texts(shape: Shape) -> dict[str, str]:
    metadata = shape.metadata
    measure = "length" if _has_length(shape) else "value"
    texts = {}
    if enum := getattr(shape, "enum", []):
        texts["enum"] = f"Member must satisfy enum value set: [{', '.join(enum)}]"
    if "max" in metadata:
        texts["max"] = f"Member must have {measure} less than or equal to {metadata['max']}"
    if "min" in metadata:
        texts["min"] = f"Member must have {measure} greater than or equal to {metadata['min']}"
    if "pattern" in metadata:
        texts["pattern"] = f"Member must satisfy regular expression pattern: {metadata['pattern']}"
    return texts


def _has_length(shape: Shape) -> bool:
    return isinstance(shape, StringShape | ListShape | MapShape)
