"""An example of `task.input`, derived from what a template reads."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from worker_template.inputs import ANY_ITEM, InputRead, Use

_ITEMS = 2


@dataclass(slots=True)
class _Shape:
    """What a value must be: an object with members, a list of items, or a leaf."""

    members: dict[str, "_Shape"] = field(default_factory=dict)
    uses: set[Use] = field(default_factory=set)

    def add(self, read: InputRead) -> None:
        shape = self
        for segment in read.path:
            shape = shape.members.setdefault(segment, _Shape())
        shape.uses.add(read.use)

    def value(self, name: str, suffix: str = "") -> Any:
        if ANY_ITEM in self.members:
            return self._list(self.members[ANY_ITEM], name, suffix)
        if self.members:
            return {key: shape.value(key, suffix) for key, shape in self.members.items()}
        if self.uses & {Use.LIST, Use.JSON}:
            return self._list(_Shape(), name, suffix)
        return self._leaf(re.sub(r"[\W_]+", "-", name).lower() + suffix)

    def _list(self, item: "_Shape", name: str, suffix: str) -> list[Any]:
        return [item.value(name, f"{suffix}-{number}") for number in range(1, _ITEMS + 1)]

    def _leaf(self, word: str) -> object:
        if Use.S3_OBJECT in self.uses:
            return f"s3://example-bucket/{word}.png"
        if Use.NUMBER in self.uses:
            return 1
        return f"example-{word}"


def derive_sample_input(reads: Iterable[InputRead]) -> dict[str, Any]:
    """Return an input under which the template renders.

    Texts are distinct words that fit every place, lists have two items, and what reaches
    `grant_read_access` is the URI of an S3 object.
    """
    root = _Shape()
    for read in reads:
        root.add(read)
    return {name: shape.value(name) for name, shape in root.members.items()}
