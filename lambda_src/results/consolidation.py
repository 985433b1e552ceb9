"""Makes one answer of what one to three reviewers said, field by field.

Fields are settled independently of each other, each by the strategy that the flow names for it.
A strategy of one's own is a function of the shape of `ConsolidationStrategy` in a layer of the
results function; the flow names it `module:function`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Protocol

from a2i_core.answer_readings import Reading, read_field
from a2i_shared.errors import ConfigurationError
from a2i_shared.ledger import Consolidation

DEFAULT_STRATEGY = "majority"
OTHER_FIELDS = "*"


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


def consolidate(
    contents: Sequence[Mapping[str, Any]], consolidation: Consolidation
) -> Consolidated:
    """Settle every field that any of the reviewers answered. Needs at least one answer."""
    fields = dict.fromkeys(name for content in contents for name in content)
    given = {name: [content.get(name) for content in contents] for name in fields}
    shares = [_largest_share(values) for values in given.values()]
    return Consolidated(
        answer={name: _settle(name, values, consolidation) for name, values in given.items()},
        agreement=sum(shares) / len(shares) if shares else 1.0,
    )


def _settle(field: str, given: Sequence[Any], consolidation: Consolidation) -> Any:
    if isinstance(consolidation, Mapping):
        consolidation = consolidation.get(field, consolidation.get(OTHER_FIELDS))
    return find_strategy(consolidation or DEFAULT_STRATEGY)(given)


def first(given: Sequence[Any]) -> Any:
    """The field of the reviewer who submitted first."""
    return given[0]


def unanimous(given: Sequence[Any]) -> Any:
    """Value that all reviewers gave, else None."""
    return given[0] if len({_identity(value) for value in given}) == 1 else None


def majority(given: Sequence[Any]) -> Any:
    """Value that most reviewers gave; in a tie, the one that was submitted first.

    Labels of a multi-select are settled one by one, those that more than half of them chose; where
    everybody chose exactly one, as with radio buttons, it is one vote each.
    """
    readings = [read_field(value) for value in given]
    if len(given) > 1 and _are_selections(readings):
        return _like(given[0], _labels_of_most(readings))
    votes = Counter(reading.identity for reading in readings)
    winner = max(votes, key=lambda identity: votes[identity])  # the earliest among equals
    return next(v for v, reading in zip(given, readings, strict=True) if reading.identity == winner)


STRATEGIES: dict[str, ConsolidationStrategy] = {
    "first": first,
    "majority": majority,
    "unanimous": unanimous,
}


def find_strategy(name: str) -> ConsolidationStrategy:
    """Look a strategy up, or import one that is named `module:function`.

    Raises ConfigurationError for a name that leads to none.
    """
    if ":" in name:
        return _imported(name)
    if name not in STRATEGIES:
        allowed = ", ".join(sorted(STRATEGIES))
        raise ConfigurationError(
            f"unknown consolidation {name!r}, allowed are {allowed}, or module:function for one "
            "of your own"
        )
    return STRATEGIES[name]


@cache
def _imported(name: str) -> ConsolidationStrategy:
    module, _, function = name.partition(":")
    try:
        strategy: ConsolidationStrategy = getattr(import_module(module), function)
    except (ImportError, AttributeError) as error:
        raise ConfigurationError(
            f"consolidation {name!r} cannot be imported ({error}): add its module to the results "
            "function, for example as a layer"
        ) from error
    return strategy


def _are_selections(readings: Sequence[Reading]) -> bool:
    return all(reading.kind == "labels" for reading in readings) and any(
        len(reading.value) != 1 for reading in readings
    )


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
    """Share of the reviewers that gave the most common value, 0 to 1."""
    return max(Counter(map(_identity, values)).values()) / len(values)
