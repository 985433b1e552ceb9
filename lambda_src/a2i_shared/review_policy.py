"""Decides by a flow's policy document whether a person must see a prediction.

The document's form is `schemas/review_policy.schema.json`. A condition holds, does not hold, or
stays unknown because the prediction lacks what it asks for. Unknown travels through anyOf, allOf
and not as in three-valued logic, and a policy whose outcome is unknown asks for a review.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from a2i_core.canonical_json import sha256_hex
from a2i_shared.errors import ConfigurationError

SUPPORTED_VERSION = "1"
_DIGITS_OF_VALUES = 4
_DIGITS_OF_LIMITS = 10
"""Enough for what people set, and too few for what 0.1 + 0.2 leaves behind."""
_ALL_DIGITS = 17
_TOO_LONG_TO_WRITE = 1e15
ALWAYS: Mapping[str, Any] = {"version": SUPPORTED_VERSION, "reviewWhen": {"always": {}}}


@dataclass(frozen=True)
class Decision:
    review_needed: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Subject:
    """Subject of a policy's decision."""

    review_id: str
    prediction: Any

    def find(self, path: str) -> Any:
        """None when `path` finds nothing, or a function in it cannot work with what it finds."""
        try:
            return jmespath.search(path, self.prediction)
        except (JMESPathError, ArithmeticError, AttributeError, TypeError, ValueError):
            return None


@dataclass(frozen=True)
class Outcome:
    holds: bool | None
    reasons: tuple[str, ...]


def decide(policy: Mapping[str, Any], subject: Subject) -> Decision:
    """Raises ConfigurationError for a document that this version cannot read."""
    version = policy.get("version")
    if version != SUPPORTED_VERSION:
        raise ConfigurationError(
            f"review policy has version {version!r}, this function reads {SUPPORTED_VERSION!r}: "
            "deploy constructs and functions of one release"
        )
    outcome = _evaluate(policy["reviewWhen"], subject)
    return Decision(outcome.holds is not False, outcome.reasons)


def _evaluate(condition: Mapping[str, Any], subject: Subject) -> Outcome:
    if len(condition) != 1:
        raise ConfigurationError(f"a condition has exactly one key, got {sorted(condition)}")
    ((kind, operand),) = condition.items()
    evaluate = _CONDITIONS.get(kind)
    if evaluate is None:
        allowed = ", ".join(sorted(_CONDITIONS))
        raise ConfigurationError(f"unknown review condition {kind!r}, allowed are {allowed}")
    return evaluate(operand, subject)


def _confidence(operand: Mapping[str, Any], subject: Subject) -> Outcome:
    label = operand.get("label", "confidence")
    value = subject.find(operand["path"])
    if not _is_number(value):
        return Outcome(None, (f"{label} is unknown: no number at {operand['path']}",))
    (relation,) = _RELATIONS.keys() & operand.keys()
    compare, words = _RELATIONS[relation]
    limits = operand[relation] if isinstance(operand[relation], list) else [operand[relation]]
    holds = compare(value, *limits)
    shown, *bounds = _rounded(value, limits, lambda *numbers: compare(*numbers) is holds)
    return Outcome(holds, (f"{label} {shown} is {'' if holds else 'not '}{words.format(*bounds)}",))


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return isfinite(value)
    except OverflowError:  # an integer beyond what a double can hold
        return False


_RELATIONS: Mapping[str, tuple[Callable[..., bool], str]] = {
    "above": (lambda value, limit: value > limit, "above {}"),
    "below": (lambda value, limit: value < limit, "below {}"),
    "between": (lambda value, low, high: low <= value <= high, "between {} and {}"),
}


def _rounded(
    value: float, limits: list[float], is_still_true: Callable[..., bool]
) -> tuple[str, ...]:
    """Round for people, but never so far that the sentence would no longer be true."""
    for digits in range(_DIGITS_OF_VALUES, _ALL_DIGITS):
        of_limits = max(digits, _DIGITS_OF_LIMITS)
        shown = (_written(value, digits), *(_written(limit, of_limits) for limit in limits))
        if is_still_true(*map(float, shown)):
            return shown
    return (str(value), *map(str, limits))


def _written(number: float, digits: int) -> str:
    """As people write it: without an exponent, and with all that stands before the point."""
    if isinstance(number, int) or abs(number) >= _TOO_LONG_TO_WRITE:
        return str(number)
    before_the_point = len(str(int(abs(number))))
    return format(Decimal(f"{number:.{max(digits, before_the_point)}g}"), "f")


def _sample(operand: Mapping[str, Any], subject: Subject) -> Outcome:
    """Deterministic by reviewId, so that a repeated request decides alike."""
    percent = operand["percent"]
    drawn = int(sha256_hex(subject.review_id)[:13], 16) / 16**13 * 100
    holds = drawn < percent
    shown = _written(percent, _DIGITS_OF_LIMITS)
    return Outcome(holds, (f"{'' if holds else 'not '}in the {shown} % sample",))


def _always(_operand: Any, _subject: Subject) -> Outcome:
    return Outcome(holds=True, reasons=("every prediction is reviewed",))


def _never(_operand: Any, _subject: Subject) -> Outcome:
    return Outcome(holds=False, reasons=("no prediction is reviewed",))


def _missing(operand: Mapping[str, Any], subject: Subject) -> Outcome:
    path = operand["path"]
    holds = subject.find(path) in (None, "", [], {})
    return Outcome(holds, (f"{'nothing' if holds else 'a value'} found at {path}",))


def _matches(operand: Mapping[str, Any], subject: Subject) -> Outcome:
    path, pattern = operand["path"], operand["pattern"]
    value = subject.find(path)
    if not isinstance(value, str):
        return Outcome(None, (f"unknown whether {path} matches {pattern}: no text there",))
    holds = re.search(pattern, value) is not None
    return Outcome(holds, (f"{path} {'matches' if holds else 'does not match'} {pattern}",))


def _any_of(operand: list[Mapping[str, Any]], subject: Subject) -> Outcome:
    return _combine(operand, subject, decisive=True)


def _all_of(operand: list[Mapping[str, Any]], subject: Subject) -> Outcome:
    return _combine(operand, subject, decisive=False)


def _combine(operand: list[Mapping[str, Any]], subject: Subject, *, decisive: bool) -> Outcome:
    """One `decisive` part settles the whole; else an unknown part leaves it unknown."""
    outcomes = [_evaluate(part, subject) for part in operand]
    held = [outcome.holds for outcome in outcomes]
    holds = decisive if decisive in held else None if None in held else not decisive
    reasons = [reason for each in outcomes if each.holds is holds for reason in each.reasons]
    return Outcome(holds, tuple(reasons))


def _not(operand: Mapping[str, Any], subject: Subject) -> Outcome:
    inner = _evaluate(operand, subject)
    return Outcome(None if inner.holds is None else not inner.holds, inner.reasons)


_CONDITIONS: Mapping[str, Callable[[Any, Subject], Outcome]] = {
    "allOf": _all_of,
    "always": _always,
    "anyOf": _any_of,
    "confidence": _confidence,
    "matches": _matches,
    "missing": _missing,
    "never": _never,
    "not": _not,
    "sample": _sample,
}
