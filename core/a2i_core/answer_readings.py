"""Value of a field of an answer, whatever crowd element it comes from.

A classifier answers {"label": "Negative"}, a multi-select {"labels": [...]}, checkboxes and radio
buttons {"urgent": true, "fraud": false}, a text area plain text; everything else (boxes, keypoints,
segmentation) is a structure that only equals itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from a2i_core.canonical_json import canonical_json

Kind = Literal["label", "labels", "text", "structure"]


@dataclass(frozen=True)
class Reading:
    """Value of a field, in a form that can be compared."""

    kind: Kind
    value: Any
    """A label or a text as str, labels as a sorted list, a structure as it is."""

    @property
    def identity(self) -> str:
        """Equal for readings that say the same: labels regardless of case, texts exactly."""
        if self.kind == "label":
            return str(self.value).strip().casefold()
        if self.kind == "labels":
            return canonical_json(sorted(str(label).casefold() for label in self.value))
        if self.kind == "text":
            return str(self.value).strip()
        return canonical_json(self.value)


def read_field(field: Any) -> Reading:
    """Read one field of `answerContent`."""
    if isinstance(field, str):
        return Reading("text", field)
    if isinstance(field, Mapping):
        if isinstance(field.get("label"), str):
            return Reading("label", field["label"])
        if isinstance(field.get("labels"), list):
            return Reading("labels", sorted(map(str, field["labels"])))
        if field and all(isinstance(chosen, bool) for chosen in field.values()):
            return Reading("labels", sorted(name for name, chosen in field.items() if chosen))
    return Reading("structure", field)


def read_proposal(proposal: Any, kind: Kind) -> Reading | None:
    """Read the model's `proposal` as an answer of `kind`; None when the two cannot be compared."""
    if kind in ("label", "text"):
        if isinstance(proposal, Mapping):
            proposal = proposal.get("label")
        if isinstance(proposal, bool) or not isinstance(proposal, str | int | float):
            return None
        return Reading(kind, str(proposal))
    if kind == "labels":
        return _labels(proposal)
    return Reading("structure", proposal) if isinstance(proposal, Mapping | list) else None


def _labels(proposal: Any) -> Reading | None:
    if isinstance(proposal, str):
        return Reading("labels", [proposal])
    if isinstance(proposal, Mapping):
        reading = read_field(proposal)
        return reading if reading.kind == "labels" else None
    if isinstance(proposal, list) and all(isinstance(label, str) for label in proposal):
        return Reading("labels", sorted(proposal))
    return None
