"""Members of the runtime API's requests: how they are parsed, and the constraints they keep."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from a2i_core.human_loops.errors import SerializationException

_INTEGER_MIN, _INTEGER_MAX = -(2**31), 2**31 - 1
_TOKENS = {bool: "BOOLEAN_VALUE", int: "NUMBER_VALUE", float: "NUMBER_VALUE", str: "STRING_VALUE"}
_ANY_CHARACTER = r"[^\n\x0b\x0c\r\x85\u2028\u2029]"
"""Character class of `.` in Java, which AWS's patterns are written for."""
_NOT_NULL = "Member must not be null"


@dataclass(frozen=True, slots=True)
class Constraint:
    """A constraint in AWS's words, and whether a value keeps it."""

    text: str
    holds: Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a request; `members` are those of an object."""

    name: str
    parse: Callable[[Any], Any]
    constraints: tuple[Constraint, ...] = ()
    required: bool = False
    members: tuple["Member", ...] = ()


def parsed(members: tuple[Member, ...], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members that are given, converted; null means absent, others are ignored.

    Raises SerializationException for a value that does not convert.
    """
    return {
        member.name: parsed(member.members, member.parse(values[member.name]))
        if member.members
        else member.parse(values[member.name])
        for member in members
        if values.get(member.name) is not None
    }


def problems_of(
    members: tuple[Member, ...], values: Mapping[str, Any], path: str = ""
) -> Iterator[str]:
    """Yield AWS's words for every constraint that the parameters break."""
    for member in members:
        place = f"{path}{member.name[0].lower()}{member.name[1:]}"
        if member.name not in values:
            if member.required:
                yield _problem("null", place, _NOT_NULL)
            continue
        value = values[member.name]
        if member.members:
            yield from problems_of(member.members, value, f"{place}.")
        for constraint in member.constraints:
            if not constraint.holds(value):
                yield _problem(f"'{_java(value)}'", place, constraint.text)


def _problem(value: str, place: str, constraint: str) -> str:
    return f"Value {value} at '{place}' failed to satisfy constraint: {constraint}"


def _java(value: Any) -> str:
    """Print a value as Java does: AWS's messages come from there."""
    if isinstance(value, list):
        return f"[{', '.join(map(_java, value))}]"
    return "null" if value is None else str(value)


def _longest(length: int) -> Constraint:
    return Constraint(
        f"Member must have length less than or equal to {length}",
        lambda value: len(value) <= length,
    )


def _shortest(length: int) -> Constraint:
    return Constraint(
        f"Member must have length greater than or equal to {length}",
        lambda value: len(value) >= length,
    )


def _most(number: int) -> Constraint:
    return Constraint(
        f"Member must have value less than or equal to {number}", lambda value: value <= number
    )


def _least(number: int) -> Constraint:
    return Constraint(
        f"Member must have value greater than or equal to {number}", lambda value: value >= number
    )


def _pattern(pattern: str) -> Constraint:
    compiled = re.compile(pattern.replace(".*", f"{_ANY_CHARACTER}*"))
    return Constraint(
        f"Member must satisfy regular expression pattern: {pattern}",
        lambda value: compiled.fullmatch(value) is not None,
    )


def _one_of(*values: str) -> Constraint:
    return Constraint(
        f"Member must satisfy enum value set: [{', '.join(values)}]", lambda value: value in values
    )


def _each(constraint: Constraint) -> Constraint:
    return Constraint(
        f"Member must satisfy constraint: [{constraint.text}, {_NOT_NULL}]",
        lambda items: all(item is not None and constraint.holds(item) for item in items),
    )


def _expect(value: Any, wanted: type, name: str) -> Any:
    if isinstance(value, wanted):
        return value
    token = _TOKENS.get(type(value), "START_ARRAY" if isinstance(value, list) else "START_OBJECT")
    raise SerializationException(f"{token} can not be converted to {name}")


def _text(value: Any) -> str:
    text: str = _expect(value, str, "a String")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise SerializationException("A String holds half of a surrogate pair") from error
    return text


def _texts(value: Any) -> list[str | None]:
    items = _expect(value, list, "a list")
    return [None if item is None else _text(item) for item in items]


def _query_integer(text: str) -> int:
    try:
        number = int(text)
    except ValueError as error:
        raise SerializationException(f"'{text}' can not be converted to an Integer") from error
    if not _INTEGER_MIN <= number <= _INTEGER_MAX:
        raise SerializationException(f"{number} is out of the range of an Integer")
    return number


def _query_moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise SerializationException(f"{text} can not be converted to a Timestamp") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


_object = partial(_expect, wanted=Mapping, name="an object")

_HUMAN_LOOP_NAME = Member(
    "HumanLoopName",
    _text,
    # Upper case is taken, whatever the model says: docs/aws-assumptions.md.
    (_longest(63), _shortest(1), _pattern("[a-zA-Z0-9](-*[a-zA-Z0-9])*")),
    required=True,
)
_FLOW_DEFINITION_ARN = Member(
    "FlowDefinitionArn",
    _text,
    (
        _longest(1024),
        _pattern(r"arn:aws[a-z\-]*:sagemaker:[a-z0-9\-]*:[0-9]{12}:flow-definition/.*"),
    ),
    required=True,
)
_CLASSIFIER = _one_of("FreeOfPersonallyIdentifiableInformation", "FreeOfAdultContent")

NAMED = (_HUMAN_LOOP_NAME,)
START_HUMAN_LOOP = (
    _HUMAN_LOOP_NAME,
    _FLOW_DEFINITION_ARN,
    Member(
        "HumanLoopInput",
        _object,
        required=True,
        members=(Member("InputContent", _text, required=True),),
    ),
    Member(
        "DataAttributes",
        _object,
        members=(
            Member(
                "ContentClassifiers", _texts, (_longest(256), _each(_CLASSIFIER)), required=True
            ),
        ),
    ),
)
LIST_HUMAN_LOOPS = (
    Member("CreationTimeAfter", _query_moment),
    Member("CreationTimeBefore", _query_moment),
    _FLOW_DEFINITION_ARN,
    Member("SortOrder", _text, (_one_of("Ascending", "Descending"),)),
    Member("NextToken", _text, (_longest(8192), _pattern(".*"))),
    Member(
        "MaxResults",
        _query_integer,
        (_most(100), _least(1)),
    ),
)
