"""Review policy of a flow, built from conditions or read from the settings."""

from collections.abc import Callable, Mapping
from typing import Any

from a2i_constructs.flow.conditions import (
    AllOf,
    Always,
    AnyOf,
    Condition,
    ConditionError,
    Confidence,
    Document,
    Matches,
    Missing,
    Never,
    Not,
    Sample,
)

VERSION = "1"


class ReviewPolicyError(ValueError):
    """A policy written as data that cannot work; the message starts with the place."""


class ReviewPolicy:
    """Policy that decides which of a flow's predictions go to a person.

    Changing it replaces no flow definition and touches no pending review.
    """

    def __init__(self, review_when: Condition) -> None:
        """Start a review under the condition `review_when`."""
        self.review_when = review_when

    @classmethod
    def from_document(cls, review_when: Mapping[str, Any]) -> "ReviewPolicy":
        """Read `review_when`, a condition written as data, as the settings hold it.

        Raises:
            ReviewPolicyError: The condition cannot work; the message starts with the place.
        """
        return cls(_read(review_when, "reviewWhen"))

    def to_document(self) -> Document:
        """The versioned document that the starter evaluates."""
        return {"version": VERSION, "reviewWhen": self.review_when.to_document()}


def _read(document: object, place: str) -> Condition:
    if not isinstance(document, Mapping) or len(document) != 1:
        raise ReviewPolicyError(
            f"{place}: must be an object with one key of {', '.join(_READERS)}, got {document!r}"
        )
    [(name, body)] = document.items()
    if name not in _READERS:
        raise ReviewPolicyError(
            f"{place}: unknown condition {name!r}, allowed are {', '.join(_READERS)}"
        )
    inside = f"{place}.{name}"
    try:
        return _READERS[name](body, inside)
    except ConditionError as error:
        raise ReviewPolicyError(f"{inside}: {error}") from None


def _confidence(body: object, place: str) -> Condition:
    given = [key for key in _COMPARISONS if isinstance(body, Mapping) and key in body]
    if not isinstance(body, Mapping) or len(given) != 1:
        raise ReviewPolicyError(
            f"{place}: must hold path and one of {', '.join(_COMPARISONS)}, got {body!r}"
        )
    [comparison] = given
    label = {"label": str} if "label" in body else {}
    fields = _fields(body, place, path=str, **label, **{comparison: _COMPARISONS[comparison]})
    bound = fields[comparison]
    confidence = Confidence(fields["path"], fields.get("label"))
    if comparison == "between":
        low, high = _pair(bound, f"{place}.between")
        return confidence.between(low, high)
    return confidence.below(bound) if comparison == "below" else confidence.above(bound)


def _pair(bound: list[Any], place: str) -> tuple[float, float]:
    if len(bound) != 2 or not all(_is(number, float) for number in bound):  # noqa: PLR2004  # a pair: lower and upper bound
        raise ReviewPolicyError(f"{place}: must be [low, high], got {bound!r}")
    return bound[0], bound[1]


def _always(body: object, place: str) -> Condition:
    _fields(body, place)
    return Always()


def _never(body: object, place: str) -> Condition:
    _fields(body, place)
    return Never()


def _sample(body: object, place: str) -> Condition:
    return Sample(**_fields(body, place, percent=float))


def _missing(body: object, place: str) -> Condition:
    return Missing(**_fields(body, place, path=str))


def _matches(body: object, place: str) -> Condition:
    return Matches(**_fields(body, place, path=str, pattern=str))


def _any_of(body: object, place: str) -> Condition:
    return AnyOf(*_read_each(body, place))


def _all_of(body: object, place: str) -> Condition:
    return AllOf(*_read_each(body, place))


def _not(body: object, place: str) -> Condition:
    return Not(_read(body, place))


def _read_each(body: object, place: str) -> list[Condition]:
    if not isinstance(body, list):
        raise ReviewPolicyError(f"{place}: must be a list of conditions, got {body!r}")
    return [_read(item, f"{place}[{index}]") for index, item in enumerate(body)]


def _fields(body: object, place: str, **types: type) -> dict[str, Any]:
    """The body, once it holds exactly the keys of `types` with values of those types."""
    if not isinstance(body, Mapping) or set(body) != set(types):
        keys = ", ".join(types) or "no keys"
        raise ReviewPolicyError(f"{place}: must be an object with {keys}, got {body!r}")
    for key, expected in types.items():
        if not _is(body[key], expected):
            raise ReviewPolicyError(
                f"{place}.{key}: must be a {_WORDS[expected]}, got {body[key]!r}"
            )
    return dict(body)


def _is(value: object, expected: type) -> bool:
    if expected is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, expected)


_WORDS = {float: "number", list: "list", str: "string"}
_COMPARISONS: dict[str, type] = {"below": float, "above": float, "between": list}
_READERS: dict[str, Callable[[object, str], Condition]] = {
    "always": _always,
    "never": _never,
    "sample": _sample,
    "confidence": _confidence,
    "missing": _missing,
    "matches": _matches,
    "anyOf": _any_of,
    "allOf": _all_of,
    "not": _not,
}
