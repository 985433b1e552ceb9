"""Variables of `task.input` that a template reads, found in its syntax tree.

A variable is required if a worker would see a blank without it, or the task fails: it is printed,
or passed to a filter. It is optional if it is read only in the condition or the body of `if`,
`unless` or `case`, only looped over, only read inside a loop over the input, or only with a
`default` or a number filter, which takes nothing for 0.

Loop variables and assigned names lead back to the input: `box.label` in
`for box in task.input.boxes` is `boxes.*.label`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

from liquid import BoundTemplate, Node, RenderContext
from liquid.builtin.expressions import FilteredExpression, LoopExpression, Path, StringLiteral
from liquid.builtin.expressions.filtered import Filter
from liquid.builtin.expressions.logical import (
    GeExpression,
    GtExpression,
    LeExpression,
    LtExpression,
)
from liquid.builtin.output import OutputNode
from liquid.builtin.tags.assign_tag import AssignNode
from liquid.builtin.tags.capture_tag import CaptureNode
from liquid.builtin.tags.case_tag import CaseNode
from liquid.builtin.tags.for_tag import ForNode
from liquid.builtin.tags.if_tag import IfNode
from liquid.builtin.tags.tablerow_tag import TablerowNode
from liquid.builtin.tags.unless_tag import UnlessNode
from liquid.expression import Expression

from worker_template.dialect import READ_ACCESS_FILTERS

ANY_ITEM = "*"
"""Stands in a dotted name for every item of a list, and every entry of an object."""

_LOOP_OBJECTS = frozenset({"forloop", "tablerowloop"})
_COMPARISONS = (GeExpression, GtExpression, LeExpression, LtExpression)
_CONDITIONS = (IfNode, UnlessNode, CaseNode)
# Filters that hand on the items of a list as they are.
_KEEPS_ITEMS = frozenset({"compact", "default", "reverse", "sort", "sort_natural", "uniq", "where"})
_TAKES_ITEM = frozenset({"first", "last"})
# Filters whose first argument names a property of each item.
_READS_PROPERTY = frozenset(
    {
        *("compact", "find", "find_index", "has", "map", "reject", "sort", "sort_natural", "sum"),
        *("uniq", "where"),
    }
)
_TAKES_LIST = _READS_PROPERTY | _TAKES_ITEM | {"concat", "join", "reverse"}
# Filters that print a value as it is, only in another spelling.
_SPELLS = frozenset({"default", "escape", "escape_once", "skip_autoescape", "to_json"})
# Filters that make a URI of parts.
_PUTS_TOGETHER = frozenset({"append", "prepend", "replace", "replace_first"})
_S3_FILTERS = frozenset(READ_ACCESS_FILTERS)
_NUMBER_FILTERS = frozenset(
    {
        *("abs", "at_least", "at_most", "ceil", "divided_by", "floor", "minus", "modulo", "plus"),
        *("round", "times"),
    }
)
# Other filters with positions and lengths as arguments.
_NUMBER_ARGUMENTS = _NUMBER_FILTERS | {"slice", "truncate", "truncatewords"}


class KeyOf(Enum):
    """A step of a path whose key is known only when the template renders."""

    ITEM = "item"
    """Any item of a list, or of an object's entries."""
    MEMBER = "member"
    """A member of an object, named by a text."""


ENDS = {"first": 0, "last": -1}
"""Names of a list's ends; an object may have members of these names."""

Step = str | int | KeyOf
InputPath = tuple[Step, ...]


class Use(Enum):
    """What a template does with a variable, as far as it tells what the variable must be."""

    TEXT = auto()
    LIST = auto()
    NUMBER = auto()
    NUMBERS = auto()
    JSON = auto()
    DATE = auto()
    BASE64 = auto()
    S3_OBJECT = auto()


@dataclass(frozen=True, slots=True)
class TemplateInputs:
    """What a template reads below `task.input`: dotted names, sorted, `*` for a list's items.

    A name is in one of the two tuples only.

    Attributes:
        required: Names without which a worker would see a blank.
        optional: The other names.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InputRead:
    """One place that reads the input; the path is empty where it reads the whole of it."""

    path: InputPath
    optional: bool
    use: Use
    printed_at: int | None = None
    """The index of the statement that prints the value as it is."""


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
        named = {_dotted(read.path): False for read in self.inputs if read.path}
        named |= {_dotted(read.path): True for read in self.inputs if not read.optional}
        named.pop("", None)
        return TemplateInputs(
            required=tuple(sorted(name for name, required in named.items() if required)),
            optional=tuple(sorted(name for name, required in named.items() if not required)),
        )


def _dotted(path: InputPath) -> str:
    return ".".join(map(_dotted_step, path))


def _dotted_step(step: Step) -> str:
    return step if isinstance(step, str) and step not in ENDS else ANY_ITEM


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
        self._texts: set[str] = set()  # names that hold a text
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
        elif isinstance(node, CaptureNode):
            self._visit_parts(node, scope)
            self._texts.add(str(node.name))
        elif isinstance(node, ForNode | TablerowNode):
            self._visit_loop(node, scope)
        elif isinstance(node, _CONDITIONS):
            self._visit_parts(node, scope.if_needed())
        elif isinstance(node, OutputNode):
            self._read(node.expression, scope, printed_at=node.token.start_index)
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
            if isinstance(expression, FilteredExpression) and (
                isinstance(expression.left, StringLiteral) or expression.filters
            ):
                self._texts.add(str(node.name))
            return None
        filters = _filter_names(expression)
        if filters:
            # Without a filter the name is an alias, which reads nothing yet; what uses it does.
            self._read(expression, scope)
        place = self._resolve(expression.left, scope)
        if place is None or not (_KEEPS_ITEMS | _TAKES_ITEM).issuperset(filters):
            if _NUMBER_ARGUMENTS.isdisjoint(filters) and filters:
                self._texts.add(str(node.name))
            return None
        steps = (KeyOf.ITEM,) * len(_TAKES_ITEM.intersection(filters))
        return _Place((*place.path, *steps), place.optional or "default" in filters)

    def _visit_loop(self, node: ForNode | TablerowNode, scope: _Scope) -> None:
        loop = node.expression
        items = self._read_iterable(loop, scope.if_needed())
        item = None if items is None else _Place((*items.path, KeyOf.ITEM))
        body = scope if items is None else scope.if_needed()
        self._visit(node.block, body.with_name(loop.identifier, item))
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

    def _read(
        self,
        expression: Expression,
        scope: _Scope,
        use: Use = Use.TEXT,
        printed_at: int | None = None,
    ) -> None:
        if isinstance(expression, FilteredExpression):
            self._read_filtered(expression, scope, printed_at)
            return
        if isinstance(expression, Path):
            self._read_path(expression, scope, use, printed_at)
            for key in expression.children():
                self._read(key, scope, Use.TEXT if self._is_text(key) else Use.NUMBER)
            return
        if isinstance(expression, _COMPARISONS):
            sides = (expression.left, expression.right)
            use = Use.TEXT if any(isinstance(s, StringLiteral) for s in sides) else Use.NUMBER
        for child in expression.children():
            self._read(child, scope, use)

    def _read_filtered(
        self, expression: FilteredExpression, scope: _Scope, printed_at: int | None
    ) -> None:
        names = _filter_names(expression)
        if "default" in names:
            scope = scope.if_needed()
        use = _use(names)
        left_scope = scope.if_needed() if use is Use.NUMBER else scope
        is_printed = _SPELLS.issuperset(names)
        self._read(expression.left, left_scope, use, printed_at if is_printed else None)
        for each in expression.filters or ():
            self._read_arguments(each, expression.left, use, scope)

    def _read_arguments(self, each: Filter, left: Expression, use: Use, scope: _Scope) -> None:
        arguments = [argument.value for argument in each.args]
        for argument in arguments:
            if each.name == "default":
                self._read(argument, scope, use)
            else:
                self._read(argument, scope, _argument_use(each.name))
        place = self._resolve(left, scope) if isinstance(left, Path) else None
        if place is not None and each.name in _READS_PROPERTY and arguments:
            name = arguments[0]
            if isinstance(name, StringLiteral):
                path = (*place.path, KeyOf.ITEM, str(name.value))
                use = Use.NUMBER if each.name == "sum" else Use.TEXT
                self._reads.inputs.append(InputRead(path, optional=True, use=use))

    def _read_path(self, path: Path, scope: _Scope, use: Use, printed_at: int | None) -> None:
        root = str(path.head())
        if root == "task":
            if len(path.path) > 1 and path.path[1] != "input":
                self._unknown(path)
        elif root not in scope.names and root not in self._reads.assigned | _LOOP_OBJECTS:
            self._unknown(path)
        place = self._resolve(path, scope)
        if place is not None:
            optional = scope.optional or place.optional
            self._reads.inputs.append(InputRead(place.path, optional, use, printed_at))

    def _unknown(self, path: Path) -> None:
        self._reads.unknown.append(UnknownVariable(str(path), path.token.start_index))

    def _resolve(self, path: Path, scope: _Scope) -> _Place | None:
        root, *rest = path.path
        if root == "task":
            return _Place(self._steps(rest[1:])) if rest[:1] == ["input"] else None
        base = scope.names.get(str(root))
        return base and _Place((*base.path, *self._steps(rest)), base.optional)

    def _steps(self, segments: list[str | int | Path]) -> InputPath:
        steps: list[Step] = []
        for position, segment in enumerate(segments):
            if isinstance(segment, Path):
                steps.append(KeyOf.MEMBER if self._is_text(segment) else KeyOf.ITEM)
            elif segment == "size" and position == len(segments) - 1:
                break
            else:
                steps.append(segment)
        return tuple(steps)

    def _is_text(self, key: Expression) -> bool:
        """Return whether a key in brackets is known to be a text; most are positions."""
        return isinstance(key, Path) and len(key.path) == 1 and str(key.head()) in self._texts


def _filter_names(expression: FilteredExpression) -> list[str]:
    return [each.name for each in expression.filters or ()]


def _use(filters: list[str]) -> Use:
    if not _S3_FILTERS.isdisjoint(filters):
        return Use.TEXT if _PUTS_TOGETHER.intersection(filters) else Use.S3_OBJECT
    first = next((name for name in filters if name != "default"), "")
    if first in _NUMBER_FILTERS:
        return Use.NUMBER
    if first == "sum":
        return Use.NUMBERS
    if first in _TAKES_LIST:
        return Use.LIST
    if first.endswith("_decode") and first.startswith("base64"):
        return Use.BASE64
    return {"to_json": Use.JSON, "date": Use.DATE}.get(first, Use.TEXT)


def _argument_use(filter_name: str) -> Use:
    if filter_name in _NUMBER_ARGUMENTS:
        return Use.NUMBER
    return Use.LIST if filter_name == "concat" else Use.TEXT
