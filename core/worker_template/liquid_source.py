"""A template's text with its Liquid masked, so that it can be read as HTML.

Every statement is replaced by private-use characters, one for one, so that places stay what they
are in the author's file, and so that an attribute's value tells which statements it holds.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

_FIRST_MARK = 0xF0000
_LAST_MARK = 0xFFFFD
_FILLER = "\ue000"
_OPENING = re.compile(r"\{\{|\{%-?\s*(?P<tag>\w+|#)")
# What these tags hold is no Liquid.
_END_OF = {tag: re.compile(rf"\{{%-?\s*end{tag}\s*-?%\}}") for tag in ("comment", "doc", "raw")}
_OPENS = frozenset({"capture", "case", "for", "if", "ifchanged", "tablerow", "unless"})
_NEXT_ARM = frozenset({"else", "elsif", "when"})
_CONDITIONS = frozenset({"case", "if", "ifchanged", "unless"})
_LOOPS = frozenset({"for", "tablerow"})


@dataclass(frozen=True, slots=True)
class Statement:
    """One Liquid statement: an output if `tag` is empty."""

    start: int
    end: int
    tag: str


@dataclass(frozen=True, slots=True)
class Block:
    """A block tag around a place, and which of its arms (`if`, `elsif`, `else`) the place is in."""

    number: int
    tag: str
    arm: int


Blocks = tuple[Block, ...]


def statements_of(text: str) -> Iterator[Statement]:
    """The Liquid statements in a text; a comment is one, `raw` and `endraw` are two."""
    at = 0
    not_ahead: set[str] = set()  # so that each end is looked for in vain only once
    while opening := _OPENING.search(text, at):
        tag = opening["tag"] or ""
        at = opening.end()
        end_mark = "%}" if tag else "}}"
        end = -1 if end_mark in not_ahead else text.find(end_mark, at)
        if end < 0:
            not_ahead.add(end_mark)
            continue
        start, end = opening.start(), end + len(end_mark)
        closing = None
        if tag in _END_OF and tag not in not_ahead:
            closing = _END_OF[tag].search(text, end)
            if closing is None:
                not_ahead.add(tag)
        if closing is not None and tag == "raw":
            yield Statement(start, end, tag)
            start, end, tag = *closing.span(), "endraw"
        elif closing is not None:
            end = closing.end()
        yield Statement(start, end, tag)
        at = end


@dataclass(slots=True)
class LiquidSource:
    """The masked text and what was masked."""

    text: str
    masked: str = ""
    statements: list[Statement] = field(default_factory=list)
    _ends: list[int] = field(default_factory=list)
    _blocks: list[Blocks] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.masked = self._mask()
        self._follow_blocks()

    def statements_in(self, masked_value: str) -> Iterator[Statement]:
        """The statements that a piece of the masked text holds."""
        for character in masked_value:
            if _FIRST_MARK <= ord(character) <= _LAST_MARK:
                yield self.statements[ord(character) - _FIRST_MARK]

    def as_written(self, masked_value: str) -> str:
        """A piece of the masked text as its author wrote it."""
        for statement in self.statements_in(masked_value):
            span = slice(statement.start, statement.end)
            masked_value = masked_value.replace(self.masked[span], self.text[span])
        return masked_value

    def blocks_around(self, index: int) -> Blocks:
        """The block tags around a place, outermost first."""
        at = bisect_right(self._ends, index) - 1
        return self._blocks[at] if at >= 0 else ()

    def _mask(self) -> str:
        pieces: list[str] = []
        copied = 0
        for statement in statements_of(self.text):
            pieces += (
                self.text[copied : statement.start],
                self._masked(statement.start, statement.end),
            )
            self.statements.append(statement)
            copied = statement.end
        pieces.append(self.text[copied:])
        return "".join(pieces)

    def _masked(self, start: int, end: int) -> str:
        filler = re.sub(r"[^\n]", _FILLER, self.text[start + 1 : end])
        return chr(_FIRST_MARK + len(self.statements)) + filler

    def _follow_blocks(self) -> None:
        blocks: Blocks = ()
        for number, statement in enumerate(self.statements):
            if statement.tag in _OPENS:
                blocks = (*blocks, Block(number, statement.tag, arm=0))
            elif statement.tag in _NEXT_ARM and blocks:
                last = blocks[-1]
                blocks = (*blocks[:-1], Block(last.number, last.tag, last.arm + 1))
            elif statement.tag.startswith("end") and statement.tag[3:] in _OPENS:
                blocks = blocks[:-1]
            else:
                continue
            self._ends.append(statement.end)
            self._blocks.append(blocks)


def holds_liquid(masked_value: str) -> bool:
    """Return whether a piece of the masked text holds a statement."""
    return any(_FIRST_MARK <= ord(character) <= _LAST_MARK for character in masked_value)


def literal_parts(masked_value: str) -> list[str]:
    """Return what stands between the statements in a piece of the masked text."""
    return re.split(f"[{_FILLER}{chr(_FIRST_MARK)}-{chr(_LAST_MARK)}]+", masked_value)


def starts_with_liquid(masked_value: str) -> bool:
    """Return whether a piece of the masked text begins with a statement."""
    return holds_liquid(masked_value.strip()[:1])


def are_exclusive(some: Blocks, others: Blocks) -> bool:
    """Return whether two places are in different arms of a block: only one is rendered."""
    arms = {block.number: block.arm for block in some}
    return any(arms.get(block.number, block.arm) != block.arm for block in others)


def is_conditional(blocks: Blocks) -> bool:
    """Return whether a condition around the place decides if it is rendered."""
    return any(block.tag in _CONDITIONS for block in blocks)


def loops_around(blocks: Blocks) -> tuple[int, ...]:
    """The loops that render the place more than once, outermost first."""
    return tuple(block.number for block in blocks if block.tag in _LOOPS and block.arm == 0)
