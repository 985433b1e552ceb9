"""A2I's dialect of Liquid, on python-liquid.

What differs from the engine's own behaviour, and why:

- every output is HTML-escaped, string literals too; `skip_autoescape`, `to_json` and captured
  text are the ways out, and `escape` does not escape a second time what the output escapes;
- objects and arrays print as JSON, escaped like the rest;
- keywords are property names after a dot (`reserved_words`);
- the filters `grant_read_access`, `s3_presign`, `to_json`, `skip_autoescape` exist, those that
  only python-liquid knows do not.

Where no source says what A2I does, the stricter reading holds, so that what renders here renders
there: a float prints with its fraction (`50.0`, never `50`), printing or looping over an undefined
variable is an error (testing it with `if`, or giving it a `default`, is not), captured text is
escaped when it reaches `grant_read_access`, and `to_json` is not escaped.
"""

from collections.abc import Callable
from typing import TextIO

from liquid import BoundTemplate, Environment, Node, RenderContext
from liquid.builtin.content import ContentNode, Literal
from liquid.builtin.output import Output, OutputNode
from liquid.builtin.tags.capture_tag import CaptureNode, CaptureTag
from liquid.builtin.tags.cycle_tag import CycleNode, CycleTag
from liquid.builtin.tags.echo_tag import EchoNode, EchoTag
from liquid.undefined import FalsyStrictUndefined

from worker_template.filters import (
    ReadAccessFilter,
    Written,
    escape,
    escape_once,
    skip_autoescape,
    to_json,
    to_output,
)
from worker_template.trace import TracedBuffer

READ_ACCESS_FILTERS = ("grant_read_access", "s3_presign")
# Filters that python-liquid adds to the standard ones.
_NOT_STANDARD = ("safe", "escapejs")


class UndefinedVariable(FalsyStrictUndefined):
    """A variable the input does not have: false, equal to nil, replaced by `default`."""

    force_liquid_default = True


class TaskRenderContext(RenderContext):
    """One rendering of a task, with the function that makes S3 objects readable."""

    __slots__ = ("grant",)

    def __init__(
        self, template: BoundTemplate, task_input: object, grant: Callable[[str], str]
    ) -> None:
        super().__init__(template, globals={"task": {"input": task_input}})
        self.grant = grant


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
    text = to_output(value)
    if isinstance(buffer, TracedBuffer):
        buffer.mark_output(node.token.start_index)
    return buffer.write(text)


def _environment() -> Environment:
    # The nodes above escape; the engine's own escaping would trust string literals.
    environment = Environment(undefined=UndefinedVariable, autoescape=False)
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
