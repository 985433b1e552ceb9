"""HTML as a list of elements with their place, attributes and ancestors."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

REGIONS = frozenset(
    {"classification-target", "full-instructions", "short-instructions", "worker-comment"}
)
"""The parts of a crowd widget that its author fills."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute as written; `quote` is empty for a bare value, None without any value."""

    name: str
    value: str
    quote: str | None
    index: int


@dataclass(slots=True, eq=False)
class Element:
    """A start tag with what stands around it; `text` is its own text, for scripts and styles."""

    tag: str
    index: int
    attributes: tuple[Attribute, ...]
    parent: "Element | None"
    self_closing: bool = False
    has_end_tag: bool = False
    text: list[tuple[int, str]] = field(default_factory=list)

    def attribute(self, name: str) -> Attribute | None:
        """The first attribute of that name."""
        return next((each for each in self.attributes if each.name == name), None)

    def get(self, name: str) -> str | None:
        """The value of an attribute; None if it is absent."""
        attribute = self.attribute(name)
        return None if attribute is None else attribute.value

    def ancestors(self) -> Iterator["Element"]:
        """The elements around this one, nearest first."""
        parent = self.parent
        while parent is not None:
            yield parent
            parent = parent.parent

    def is_inside(self, *tags: str) -> bool:
        """Return whether one of the elements around it is one of `tags`."""
        return any(each.tag in tags for each in self.ancestors())


@dataclass(frozen=True, slots=True)
class Imbalance:
    """A crowd element or region whose start and end tags do not match."""

    tag: str
    index: int
    is_end_tag: bool
    in_the_way: str | None = None
    """The open element for which browsers ignore this end tag of an element that is open."""


@dataclass(slots=True)
class HtmlDocument:
    """All elements, in the order of their start tags."""

    elements: list[Element] = field(default_factory=list)
    imbalances: list[Imbalance] = field(default_factory=list)

    def named(self, *tags: str) -> Iterator[Element]:
        """The elements of these tags."""
        return (element for element in self.elements if element.tag in tags)

    def inside(self, element: Element) -> Iterator[Element]:
        """The elements below `element`."""
        return (each for each in self.elements if element in each.ancestors())


class Lines:
    """Turns an index into a line and a column, both counted from 1."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def position(self, index: int) -> tuple[int, int]:
        """Line and column of `index`."""
        line = bisect_right(self._starts, index)
        return line, index - self._starts[line - 1] + 1
