"""HTML as a list of elements with their place, attributes and ancestors.

Built on the standard library's tokenizer with a stack of open elements; enough to know what a
worker's browser will find inside what, not a full tree builder.
"""

import html
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

REGIONS = frozenset(
    {"classification-target", "full-instructions", "short-instructions", "worker-comment"}
)
"""The parts of a crowd widget that its author fills."""

_VOID = frozenset(
    {
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param"),
        *("source", "track", "wbr"),
    }
)
_TAG_NAME = re.compile(r"<[^\s/>]+")
_ATTRIBUTE = re.compile(
    r"""(?P<name>[^\s=/>"'][^\s=/>]*)
    (?:\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s>]*)))?""",
    re.VERBOSE,
)


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
        """Whether one of the elements around it is one of `tags`."""
        return any(each.tag in tags for each in self.ancestors())


@dataclass(frozen=True, slots=True)
class Imbalance:
    """A crowd element or region whose start and end tags do not match."""

    tag: str
    index: int
    is_end_tag: bool


@dataclass(slots=True)
class HtmlDocument:
    """All elements, in the order of their start tags."""

    elements: list[Element] = field(default_factory=list)
    imbalances: list[Imbalance] = field(default_factory=list)

    @classmethod
    def parse(cls, text: str) -> "HtmlDocument":
        """Read `text`; like a browser, never fails."""
        document = cls()
        builder = _Builder(text, document)
        builder.feed(text)
        builder.close()
        builder.close_all()
        return document

    def named(self, *tags: str) -> Iterator[Element]:
        """The elements of these tags."""
        return (element for element in self.elements if element.tag in tags)

    def inside(self, element: Element) -> Iterator[Element]:
        """The elements below `element`."""
        return (each for each in self.elements if element in each.ancestors())


class _Builder(HTMLParser):
    def __init__(self, text: str, document: HtmlDocument) -> None:
        super().__init__(convert_charrefs=True)
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._document = document
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        element = self._add(tag)
        if tag not in _VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        self._add(tag).self_closing = True

    def handle_endtag(self, tag: str) -> None:
        if not any(element.tag == tag for element in self._open):
            if _is_balanced(tag):
                self._document.imbalances.append(Imbalance(tag, self._index(), is_end_tag=True))
            return
        while (element := self._open.pop()).tag != tag:
            self._report_unclosed(element)

    def handle_data(self, data: str) -> None:
        if self._open:
            self._open[-1].text.append((self._index(), data))

    def close_all(self) -> None:
        while self._open:
            self._report_unclosed(self._open.pop())

    def _add(self, tag: str) -> Element:
        index = self._index()
        attributes = _attributes(self.get_starttag_text() or "", index)
        parent = self._open[-1] if self._open else None
        element = Element(tag, index, attributes, parent)
        self._document.elements.append(element)
        return element

    def _report_unclosed(self, element: Element) -> None:
        if _is_balanced(element.tag):
            self._document.imbalances.append(
                Imbalance(element.tag, element.index, is_end_tag=False)
            )

    def _index(self) -> int:
        line, offset = self.getpos()
        return self._line_starts[line - 1] + offset


def _is_balanced(tag: str) -> bool:
    return tag.startswith("crowd-") or tag in REGIONS


def _attributes(start_tag: str, index: int) -> tuple[Attribute, ...]:
    name = _TAG_NAME.match(start_tag)
    if name is None:
        return ()
    return tuple(
        Attribute(
            name=match["name"].lower(),
            value=html.unescape(match["double"] or match["single"] or match["bare"] or ""),
            quote=_quote(match),
            index=index + match.start(),
        )
        for match in _ATTRIBUTE.finditer(start_tag, name.end(), len(start_tag) - 1)
    )


def _quote(match: re.Match[str]) -> str | None:
    for group, quote in (("double", '"'), ("single", "'"), ("bare", "")):
        if match[group] is not None:
            return quote
    return None


class Lines:
    """Turns an index into a line and a column, both counted from 1."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def position(self, index: int) -> tuple[int, int]:
        """Line and column of `index`."""
        line = bisect_right(self._starts, index)
        return line, index - self._starts[line - 1] + 1
