"""Which variables of `task.input` a template reads, from its syntax tree.

A variable is optional if it is read only where its absence does no harm: in the condition or the
body of `if`, `unless` or `case`, in the `else` of a loop, or with a `default`. Everything else is
required. Loop variables and assigned names lead back to the input: `box.label` in
`for box in task.input.boxes` is `boxes.*.label`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

from liquid import BoundTemplate, Node, RenderContext
from liquid.builtin.expressions import FilteredExpression, LoopExpression, Path
from liquid.builtin.expressions.logical import (
    GeExpression,
    GtExpression,
    LeExpression,
    LtExpression,
)
from liquid.builtin.tags.assign_tag import AssignNode
from liquid.builtin.tags.case_tag import CaseNode
from liquid.builtin.tags.for_tag import ForNode
from liquid.builtin.tags.if_tag import IfNode
from liquid.builtin.tags.tablerow_tag import TablerowNode
from liquid.builtin.tags.unless_tag import UnlessNode
from liquid.expression import Expression

from worker_template.dialect import READ_ACCESS_FILTERS

ANY_ITEM = "*"
"""Stands for every item of a list in a path."""

_LOOP_OBJECTS = frozenset({"forloop", "tablerowloop"})
_COMPARISONS = (GeExpression, GtExpression, LeExpression, LtExpression)
_CONDITIONS = (IfNode, UnlessNode, CaseNode)
# Filters that hand on the items of a list as they are.
_KEEPS_ITEMS = frozenset({"compact", "default", "reverse", "sort", "sort_natural", "uniq", "where"})

# Filters that make a URI of parts.
_PUTS_TOGETHER = frozenset({"append", "prepend", "replace", "replace_first"})
_S3_FILTERS = frozenset(READ_ACCESS_FILTERS)
_NUMBER_FILTERS = frozenset(
    {
        *("abs", "at_least", "at_most", "ceil", "divided_by", "floor", "minus", "modulo", "plus"),
        *("round", "times"),
    }
)

InputPath = tuple[str, ...]


class Use(Enum):
    """What a template does with a variable, as far as it tells what the variable must be."""

    TEXT = auto()
    LIST = auto()
    NUMBER = auto()
    JSON = auto()
    S3_OBJECT = auto()


@dataclass(frozen=True, slots=True)
class TemplateInputs:
    """What a template reads below `task.input`: dotted names, sorted, `*` for a list's items.

    A name is in one of the two tuples only.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InputRead:
    """One place that reads the input; the path is empty where it reads the whole of it."""

    path: InputPath
    optional: bool
    use: Use


@dataclass(frozen=True, slots=True)
class UnknownVariable:
    """A variable that neither the input nor the template itself provides."""

    name: str
    index: int


@dataclass(slots=True)
class VariableReads:
    """All that a template reads."""

    inputs: list[InputRead] = field(default_factory=list)
    unknown: list[UnknownVariable] = field(default_factory=list)
    assigned: set[str] = field(default_factory=set)
    """Names that the template gives a value of its own, with `assign`, `capture` and the like."""

    @classmethod
    def of(cls, template: BoundTemplate) -> "VariableReads":
        """Collect what `template` reads, in the order of its text."""
        reads = cls()
        _Walk(template, reads).run()
        return reads

    def summary(self) -> TemplateInputs:
        """Sort the paths into required and optional ones."""
        named = [read for read in self.inputs if read.path]
        required = {read.path for read in named if not read.optional}
        optional = {read.path for read in named} - required
        return TemplateInputs(required=_dotted(required), optional=_dotted(optional))


def _dotted(paths: Iterable[InputPath]) -> tuple[str, ...]:
    return tuple(sorted(".".join(path) for path in paths))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a name leads in the input; optional if a default stands in for it."""

    path: InputPath
    optional: bool = False


@dataclass(frozen=True, slots=True)
class _Scope:
    """Names in reach: where each leads in the input, None where it leads nowhere."""

    names: dict[str, _Place | None]
    optional: bool = False

    def if_needed(self) -> "_Scope":
        return _Scope(self.names, optional=True)

    def with_name(self, name: str, place: _Place | None) -> "_Scope":
        return _Scope({**self.names, name: place}, optional=self.optional)


class _Walk:
    """One pass over the tree, statements in order, so that an assignment precedes its uses."""

    def __init__(self, template: BoundTemplate, reads: VariableReads) -> None:
        self._nodes = template.nodes
        self._context = RenderContext(template)
        self._reads = reads
        reads.assigned.update(self._assigned_names(self._nodes))

    def run(self) -> None:
        scope = _Scope({})
        for node in self._nodes:
            self._visit(node, scope)

    def _assigned_names(self, nodes: Iterable[Node]) -> Iterator[str]:
        for node in nodes:
            yield from map(str, node.template_scope())
            yield from self._assigned_names(self._children(node))

    def _children(self, node: Node) -> Iterable[Node]:
        return node.children(self._context, include_partials=False)

    def _visit(self, node: Node, scope: _Scope) -> None:
        if isinstance(node, AssignNode):
            scope.names[str(node.name)] = self._assigned_place(node, scope)
        elif isinstance(node, ForNode | TablerowNode):
            self._visit_loop(node, scope)
        elif isinstance(node, _CONDITIONS):
            self._visit_parts(node, scope.if_needed())
        else:
            self._visit_parts(node, scope)

    def _visit_parts(self, node: Node, scope: _Scope) -> None:
        for expression in node.expressions():
            self._read(expression, scope)
        for child in self._children(node):
            self._visit(child, scope)

    def _assigned_place(self, node: AssignNode, scope: _Scope) -> _Place | None:
        expression = node.expression
        if not isinstance(expression, FilteredExpression) or not isinstance(expression.left, Path):
            self._read(expression, scope)
            return None
        filters = _filter_names(expression)
        if filters:
            # Without a filter the name is an alias, which reads nothing yet; what uses it does.
            self._read(expression, scope)
        place = self._resolve(expression.left, scope)
        if place is None or not _KEEPS_ITEMS.issuperset(filters):
            return None
        return _Place(place.path, place.optional or "default" in filters)

    def _visit_loop(self, node: ForNode | TablerowNode, scope: _Scope) -> None:
        loop = node.expression
        items = self._read_iterable(loop, scope)
        item = None if items is None else _Place((*items.path, ANY_ITEM))
        self._visit(node.block, scope.with_name(loop.identifier, item))
        if isinstance(node, ForNode) and node.default is not None:
            self._visit(node.default, scope.if_needed())

    def _read_iterable(self, loop: LoopExpression, scope: _Scope) -> _Place | None:
        for part in (loop.limit, loop.offset, loop.cols):
            if part is not None:
                self._read(part, scope, Use.NUMBER)
        if not isinstance(loop.iterable, Path):
            self._read(loop.iterable, scope, Use.NUMBER)
            return None
        self._read(loop.iterable, scope, Use.LIST)
        return self._resolve(loop.iterable, scope)

    def _read(self, expression: Expression, scope: _Scope, use: Use = Use.TEXT) -> None:
        if isinstance(expression, FilteredExpression):
            self._read_filtered(expression, scope)
            return
        if isinstance(expression, Path):
            self._read_path(expression, scope, use)
            use = Use.NUMBER  # its children are what stands in [], for the most part a position
        elif isinstance(expression, _COMPARISONS):
            use = Use.NUMBER
        for child in expression.children():
            self._read(child, scope, use)

    def _read_filtered(self, expression: FilteredExpression, scope: _Scope) -> None:
        names = _filter_names(expression)
        if "default" in names:
            scope = scope.if_needed()
        self._read(expression.left, scope, _use(names))
        for each in expression.filters or ():
            for argument in each.children():
                self._read(argument, scope)

    def _read_path(self, path: Path, scope: _Scope, use: Use) -> None:
        root = str(path.head())
        if root == "task":
            if len(path.path) > 1 and path.path[1] != "input":
                self._unknown(path)
        elif root not in scope.names and root not in self._reads.assigned | _LOOP_OBJECTS:
            self._unknown(path)
        place = self._resolve(path, scope)
        if place is not None:
            optional = scope.optional or place.optional
            self._reads.inputs.append(InputRead(place.path, optional, use))

    def _unknown(self, path: Path) -> None:
        self._reads.unknown.append(UnknownVariable(str(path), path.token.start_index))

    def _resolve(self, path: Path, scope: _Scope) -> _Place | None:
        root, *rest = path.path
        if root == "task":
            return _Place(_static_segments(rest[1:])) if rest[:1] == ["input"] else None
        base = scope.names.get(str(root))
        return base and _Place((*base.path, *_static_segments(rest)), base.optional)


def _filter_names(expression: FilteredExpression) -> list[str]:
    return [each.name for each in expression.filters or ()]


def _use(filters: list[str]) -> Use:
    if not _S3_FILTERS.isdisjoint(filters):
        return Use.TEXT if _PUTS_TOGETHER.intersection(filters) else Use.S3_OBJECT
    first = next((name for name in filters if name != "default"), None)
    if first == "to_json":
        return Use.JSON
    return Use.NUMBER if first in _NUMBER_FILTERS else Use.TEXT


def _static_segments(segments: list[str | int | Path]) -> InputPath:
    """The segments as a path; what is known only when rendering may be any item."""
    static: list[str] = []
    for position, segment in enumerate(segments):
        if isinstance(segment, int | Path) or segment in ("first", "last"):
            static.append(ANY_ITEM)
        elif segment == "size" and position == len(segments) - 1:
            break
        else:
            static.append(segment)
    return tuple(static)
