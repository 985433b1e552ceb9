"""Conditions of a review policy, typed; each becomes the document that the starter evaluates."""

import re
from dataclasses import dataclass
from typing import Any, Protocol

import jmespath
import jmespath.exceptions

Document = dict[str, Any]
MAX_PERCENT = 100


class ConditionError(ValueError):
    """A condition that cannot work."""


class Condition(Protocol):
    """One reason for a review; combine several with AnyOf, AllOf and Not."""

    def to_document(self) -> Document:
        """The condition as the starter reads it: an object with one key."""


@dataclass(frozen=True)
class Always:
    """Every prediction is reviewed."""

    def to_document(self) -> Document:
        """The condition as the starter reads it."""
        return {"always": {}}


@dataclass(frozen=True)
class Never:
    """No prediction is reviewed: pauses a flow without deleting it."""

    def to_document(self) -> Document:
        """The condition as the starter reads it."""
        return {"never": {}}


@dataclass(frozen=True)
class Sample:
    """A share of the predictions, chosen by reviewId, so that a retry decides alike.

    Attributes:
        percent: Share that is reviewed, 0 to 100 percent.

    Raises:
        ConditionError: `percent` is outside this range.
    """

    percent: float

    def __post_init__(self) -> None:
        """Refuse what is no percentage."""
        if not 0 <= self.percent <= MAX_PERCENT:
            raise ConditionError(f"sample percent must be between 0 and 100, got {self.percent}")

    def to_document(self) -> Document:
        """The condition as the starter reads it."""
        return {"sample": {"percent": self.percent}}


@dataclass(frozen=True)
class Confidence:
    """A number in the prediction, found by a JMESPath and compared by one of the methods.

    A path that finds no number means unknown confidence, and that is reviewed.

    Attributes:
        path: JMESPath to the number, such as `max(values(SentimentScore))`.
        label: What reasons call the number, for policies that look at several. Default:
            `confidence`.

    Raises:
        ConditionError: `path` is no JMESPath, or `label` is empty.
    """

    path: str
    label: str | None = None

    def __post_init__(self) -> None:
        """Refuse a path that JMESPath cannot read, and an empty label."""
        _check_path("confidence", self.path)
        if self.label == "":
            raise ConditionError("confidence label must have at least one character, got ''")

    def below(self, threshold: float) -> Condition:
        """Review what is less than the threshold.

        Args:
            threshold: Bound in the unit of the number itself; a number equal to it is not reviewed.
        """
        return _Compared(self, "below", threshold)

    def above(self, threshold: float) -> Condition:
        """Review what is more than the threshold.

        Args:
            threshold: Bound in the unit of the number itself; a number equal to it is not reviewed.
        """
        return _Compared(self, "above", threshold)

    def between(self, low: float, high: float) -> Condition:
        """Review what lies in a range, both ends included.

        Args:
            low: Lower end, in the unit of the number itself.
            high: Upper end, in the same unit.

        Raises:
            ConditionError: `low` is more than `high`.
        """
        if low > high:
            raise ConditionError(f"confidence between must be [low, high], got [{low}, {high}]")
        return _Compared(self, "between", (low, high))


@dataclass(frozen=True)
class _Compared:
    confidence: Confidence
    comparison: str
    bound: float | tuple[float, float]

    def to_document(self) -> Document:
        label = {"label": self.confidence.label} if self.confidence.label else {}
        bound = list(self.bound) if isinstance(self.bound, tuple) else self.bound
        return {"confidence": {"path": self.confidence.path, **label, self.comparison: bound}}


@dataclass(frozen=True)
class Missing:
    """Something that the prediction should hold and does not.

    Attributes:
        path: JMESPath to it; what is null or absent counts as missing.

    Raises:
        ConditionError: `path` is no JMESPath.
    """

    path: str

    def __post_init__(self) -> None:
        """Refuse a path that JMESPath cannot read."""
        _check_path("missing", self.path)

    def to_document(self) -> Document:
        """The condition as the starter reads it."""
        return {"missing": {"path": self.path}}


@dataclass(frozen=True)
class Matches:
    """A text in the prediction that holds a match of a regular expression.

    Attributes:
        path: JMESPath to the text.
        pattern: Regular expression of Python's `re`, which may match anywhere in the text.

    Raises:
        ConditionError: `path` is no JMESPath, or `pattern` no regular expression.
    """

    path: str
    pattern: str

    def __post_init__(self) -> None:
        """Refuse a path or a pattern that cannot be read."""
        _check_path("matches", self.path)
        try:
            re.compile(self.pattern)
        except re.error as error:
            raise ConditionError(
                f"matches pattern must be a regular expression, got {self.pattern!r}: {error}"
            ) from None

    def to_document(self) -> Document:
        """The condition as the starter reads it."""
        return {"matches": {"path": self.path, "pattern": self.pattern}}


class AnyOf:
    """At least one of the conditions holds."""

    def __init__(self, *conditions: Condition) -> None:
        """Combine one or more `conditions`.

        Raises:
            ConditionError: There is no condition.
        """
        self.conditions = _not_empty("anyOf", conditions)

    def to_document(self) -> Document:
        """The condition as the starter reads it."""
        return {"anyOf": [condition.to_document() for condition in self.conditions]}


class AllOf:
    """All of the conditions hold."""

    def __init__(self, *conditions: Condition) -> None:
        """Combine one or more `conditions`.

        Raises:
            ConditionError: There is no condition.
        """
        self.conditions = _not_empty("allOf", conditions)

    def to_document(self) -> Document:
        """The condition as the starter reads it."""
        return {"allOf": [condition.to_document() for condition in self.conditions]}


@dataclass(frozen=True)
class Not:
    """The condition does not hold.

    Attributes:
        condition: The condition that must not hold.
    """

    condition: Condition

    def to_document(self) -> Document:
        """The condition as the starter reads it."""
        return {"not": self.condition.to_document()}


def _check_path(name: str, path: str) -> None:
    try:
        jmespath.compile(path)
    except jmespath.exceptions.JMESPathError as error:
        reason = " ".join(str(error).split())
        raise ConditionError(f"{name} path must be a JMESPath, got {path!r}: {reason}") from None


def _not_empty(name: str, conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    if not conditions:
        raise ConditionError(f"{name} must hold at least one condition, got none")
    return conditions
