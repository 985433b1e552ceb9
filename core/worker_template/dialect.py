"""A2I's dialect of Liquid, on python-liquid.

docs/aws-assumptions.md lists each rule with its source. In short:

- every output is HTML-escaped once, string literals and `to_json` too; `skip_autoescape` and text
  that `capture` took are written as they are;
- objects and arrays print as JSON;
- an undefined variable prints nothing, and a loop over it has no turns (`Blank` records it);
- keywords are property names after a dot (`parsing`);
- the filters `grant_read_access`, `s3_presign`, `to_json`, `skip_autoescape` exist, those that
  only python-liquid knows do not.

Where no source says what A2I does, the stricter reading holds: captured text is escaped when it
reaches `grant_read_access`.
"""

from collections.abc import Iterable, Iterator
from typing import Any, TextIO

from liquid import BoundTemplate, Environment, Node, RenderContext
from liquid.builtin.content import ContentNode, Literal
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.builtin.output import Output, OutputNode
from liquid.builtin.tags.capture_tag import CaptureNode, CaptureTag
from liquid.builtin.tags.cycle_tag import CycleNode, CycleTag
from liquid.builtin.tags.echo_tag import EchoNode, EchoTag
from liquid.expression import Expression

from worker_template.filters import (
    ReadAccessFilter,
    Written,
    escape,
    escape_once,
    skip_autoescape,
    to_json,
    to_output,
)
from worker_template.rendering import (
    MAX_LOOP_TURNS,
    MAX_OUTPUT_BYTES,
    MAX_VALUE_SIZE,
    RenderLimitError,
    TracedBuffer,
    UndefinedVariable,
)

READ_ACCESS_FILTERS = ("grant_read_access", "s3_presign")
# Filters that python-liquid adds to the standard ones.
_NOT_STANDARD = ("safe", "escapejs")


class LimitedRange(RangeLiteral):
    """`(1..n)`, refused where it has more numbers than a loop may have turns."""

    __slots__ = ()

    def evaluate(self, context: RenderContext) -> range:
        """Return the numbers."""
        numbers = super().evaluate(context)
        if numbers.stop - numbers.start > MAX_LOOP_TURNS:
            raise RenderLimitError(
                f"a range has at most {MAX_LOOP_TURNS} numbers, got {numbers.start} to"
                f" {numbers.stop - 1}",
                token=self.token,
            )
        return numbers


class TracedContentNode(ContentNode):
    """Text outside Liquid."""

    def render_to_output(self, _: RenderContext, buffer: TextIO) -> int:
        if isinstance(buffer, TracedBuffer):
            # Whitespace control may have stripped the text's beginning.
            buffer.mark_text(self.token.source.index(self.text, self.token.start_index))
        return buffer.write(self.text)


class TracedLiteral(Literal):
    node_class = TracedContentNode


class EscapedOutputNode(OutputNode):
    """`{{ ... }}`, escaped."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        return _write(self, buffer, self.expression.evaluate(context))


class EscapedOutput(Output):
    node_class = EscapedOutputNode


class EscapedEchoNode(EchoNode):
    """`{% echo ... %}`, escaped."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        return _write(self, buffer, self.expression.evaluate(context))


class EscapedEchoTag(EchoTag):
    node_class = EscapedEchoNode


class EscapedCycleNode(CycleNode):
    """`{% cycle ... %}`, escaped."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        plain = context.get_buffer(buffer)
        super().render_to_output(context, plain)
        return _write(self, buffer, plain.getvalue())


class EscapedCycleTag(CycleTag):
    node_class = EscapedCycleNode


class RenderedCaptureNode(CaptureNode):
    """`{% capture %}`: its text was escaped when it was captured, and is not escaped again."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        captured = context.get_buffer(buffer)
        self.block.render(context, captured)
        context.assign(self.name, Written(captured.getvalue()))
        return 0


class RenderedCaptureTag(CaptureTag):
    node_class = RenderedCaptureNode


def _write(node: Node, buffer: TextIO, value: object) -> int:
    if isinstance(value, UndefinedVariable):
        value.used()
    text = to_output(value)
    if isinstance(buffer, TracedBuffer):
        buffer.mark_output(node.token.start_index)
    return buffer.write(text)


class TaskEnvironment(Environment):
    """A2I's Liquid, with the limits of a rendering."""

    loop_iteration_limit = MAX_LOOP_TURNS
    local_namespace_limit = MAX_VALUE_SIZE
    output_stream_limit = MAX_OUTPUT_BYTES  # of what is captured; a page's buffer has its own

    def from_string(self, source: str, *args: Any, **options: Any) -> BoundTemplate:
        """Parse `source`."""
        template = super().from_string(source, *args, **options)
        context = RenderContext(template)
        for node in walk(template.nodes, context):
            for expression in node.expressions():
                _limit_ranges(expression)
        return template


def walk(nodes: Iterable[Node], context: RenderContext) -> Iterator[Node]:
    """All nodes of a template, in the order of its text."""
    for node in nodes:
        yield node
        yield from walk(node.children(context, include_partials=False), context)


def _limit_ranges(expression: Expression) -> None:
    # The parser has no place to name another class for a range.
    if type(expression) is RangeLiteral:
        expression.__class__ = LimitedRange
    for child in expression.children():
        _limit_ranges(child)


def _environment() -> Environment:
    # The nodes above escape; the engine's own escaping would trust string literals.
    environment = TaskEnvironment(undefined=UndefinedVariable, autoescape=False)
    for tag in (TracedLiteral, EscapedOutput, EscapedEchoTag, EscapedCycleTag, RenderedCaptureTag):
        environment.add_tag(tag)
    for name in _NOT_STANDARD:
        del environment.filters[name]
    for function in (to_json, skip_autoescape, escape, escape_once):
        environment.add_filter(function.__name__, function)
    for name in READ_ACCESS_FILTERS:
        environment.add_filter(name, ReadAccessFilter(name))
    return environment


ENVIRONMENT = _environment()
"""Shared by all templates; parsing and rendering do not change it."""
