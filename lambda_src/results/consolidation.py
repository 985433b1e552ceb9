"""Makes one answer of what one to three reviewers said, field by field.

A strategy is any object with the shape of `ConsolidationStrategy`, registered in `STRATEGIES` under
the name by which a flow asks for it. Fields are settled independently of each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from a2i_shared.errors import ConfigurationError
from results.readings import Reading, read_field

DEFAULT_STRATEGY = "majority"


class ConsolidationStrategy(Protocol):
    """Settles one field."""

    def __call__(self, given: Sequence[Any]) -> Any:
        """Choose a value for a field.

        `given` holds the field as each reviewer left it, the earliest submission first, None where
        a reviewer left it out; there is at least one. Returns the settled field in the same form,
        or None when the strategy finds the reviewers undecided.
        """


@dataclass(frozen=True)
class Consolidated:
    answer: dict[str, Any]
    agreement: float


def consolidate(contents: Sequence[Mapping[str, Any]], strategy: str | None) -> Consolidated:
    """Settle every field that any of the reviewers answered. Needs at least one answer."""
    settle = _strategy(strategy or DEFAULT_STRATEGY)
    fields = list(dict.fromkeys(name for content in contents for name in content))
    given = {name: [content.get(name) for content in contents] for name in fields}
    shares = [_largest_share(values) for values in given.values()]
    return Consolidated(
        answer={name: settle(values) for name, values in given.items()},
        agreement=sum(shares) / len(shares) if shares else 1.0,
    )


def first(given: Sequence[Any]) -> Any:
    """The field of the reviewer who submitted first."""
    return given[0]


def unanimous(given: Sequence[Any]) -> Any:
    """What all reviewers say alike, else None."""
    return given[0] if len({_identity(value) for value in given}) == 1 else None


def majority(given: Sequence[Any]) -> Any:
    """What most reviewers say; where as many say otherwise, what was submitted first.

    Labels of a multi-select are settled one by one: those that more than half of them chose.
    """
    readings = [read_field(value) for value in given]
    if len(given) > 1 and all(reading.kind == "labels" for reading in readings):
        return _like(given[0], _labels_of_most(readings))
    votes = Counter(reading.identity for reading in readings)
    winner = max(votes, key=lambda identity: votes[identity])  # the earliest among equals
    return next(v for v, reading in zip(given, readings, strict=True) if reading.identity == winner)


STRATEGIES: dict[str, ConsolidationStrategy] = {
    "first": first,
    "majority": majority,
    "unanimous": unanimous,
}


def _strategy(name: str) -> ConsolidationStrategy:
    if name not in STRATEGIES:
        allowed = ", ".join(sorted(STRATEGIES))
        raise ConfigurationError(f"unknown consolidation {name!r}, allowed are {allowed}")
    return STRATEGIES[name]


def _labels_of_most(readings: Sequence[Reading]) -> list[str]:
    votes = Counter(label for reading in readings for label in reading.value)
    return sorted(label for label, count in votes.items() if count * 2 > len(readings))


def _like(field: Any, labels: list[str]) -> Any:
    """Say `labels` in the form of a multi-select, or of checkboxes."""
    if "labels" in field:
        return {"labels": labels}
    return {name: name in labels for name in field}


def _identity(value: Any) -> str:
    return read_field(value).identity


def _largest_share(values: Sequence[Any]) -> float:
    """How large a part of the reviewers the most common value has."""
    return max(Counter(map(_identity, values)).values()) / len(values)
