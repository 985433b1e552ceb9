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

import html
import json
from collections.abc import Callable, Mapping
from typing import ClassVar, TextIO

from liquid import BoundTemplate, Environment, RenderContext
from liquid.builtin.output import Output, OutputNode
from liquid.builtin.tags.capture_tag import CaptureNode, CaptureTag
from liquid.builtin.tags.cycle_tag import CycleNode, CycleTag
from liquid.builtin.tags.echo_tag import EchoNode, EchoTag
from liquid.exceptions import FilterArgumentError
from liquid.undefined import FalsyStrictUndefined, Undefined
from markupsafe import Markup

from a2i_constructs.worker_template.s3_uri import S3Uri

ReadAccess = Callable[[str], str]

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})
# Filters that python-liquid adds to the standard ones.
_NOT_STANDARD = ("safe", "escapejs")


class InvalidParametersError(FilterArgumentError):
    """A filter was given what it cannot take; the message is A2I's."""


class Written(Markup):
    """Text that an output statement writes as it is: escaped already, or meant to be raw."""


class JsonText(Written):
    """What `to_json` returns: written as it is, but `escape` still escapes it."""


class UndefinedVariable(FalsyStrictUndefined):
    """A variable the input does not have: false, equal to nil, replaced by `default`."""

    force_liquid_default = True


class TaskRenderContext(RenderContext):
    """One rendering of a task, with the function that makes S3 objects readable."""

    __slots__ = ("read_access",)

    def __init__(self, template: BoundTemplate, task_input: object, read_access: ReadAccess):
        super().__init__(template, globals={"task": {"input": task_input}})
        self.read_access = read_access


def to_output(value: object) -> str:
    """The text that an output statement writes for `value`."""
    if isinstance(value, Markup):
        return value
    return plain_text(value).translate(_ENTITIES)


def plain_text(value: object) -> str:
    """`value` as text, before escaping; raises `UndefinedError` for an undefined variable."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, range):
        return f"{value.start}..{value.stop - 1}"
    if isinstance(value, Mapping | list | tuple) and not isinstance(value, Undefined):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    return str(value)


class EscapedOutputNode(OutputNode):
    """`{{ ... }}`, escaped."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        return buffer.write(to_output(self.expression.evaluate(context)))


class EscapedOutput(Output):
    node_class = EscapedOutputNode


class EscapedEchoNode(EchoNode):
    """`{% echo ... %}`, escaped."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        return buffer.write(to_output(self.expression.evaluate(context)))


class EscapedEchoTag(EchoTag):
    node_class = EscapedEchoNode


class EscapedCycleNode(CycleNode):
    """`{% cycle ... %}`, escaped."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        plain = context.get_buffer(buffer)
        super().render_to_output(context, plain)
        return buffer.write(to_output(plain.getvalue()))


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


def to_json(value: object) -> JsonText:
    """Serialise any value of the input; not escaped."""
    if isinstance(value, Undefined):
        plain_text(value)
    return JsonText(json.dumps(value, ensure_ascii=False, default=str))


def skip_autoescape(value: object) -> Written:
    """Write the value as it is."""
    return Written(plain_text(value))


def escape(value: object) -> Written:
    """Escape once: text that is escaped already stays, except JSON from `to_json`."""
    if isinstance(value, JsonText):
        return Written(str(value).translate(_ENTITIES))
    return Written(to_output(value))


def escape_once(value: object) -> Written:
    """Escape, leaving alone the entities that the text has already."""
    return Written(html.unescape(plain_text(value)).translate(_ENTITIES))


class ReadAccessFilter:
    """`grant_read_access` and `s3_presign`: the address under which the worker's browser reads."""

    with_context: ClassVar[bool] = True

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, value: object, *, context: TaskRenderContext) -> str:
        text = "" if value is None or isinstance(value, Undefined) else str(value)
        try:
            return context.read_access(str(S3Uri.parse(text)))
        except ValueError as error:
            raise InvalidParametersError(
                f'"{self.name}" input is not a valid S3 URI: "{text}".', token=None
            ) from error


def _environment() -> Environment:
    # The nodes above escape; the engine's own escaping would trust string literals.
    environment = Environment(undefined=UndefinedVariable, autoescape=False)
    for tag in (EscapedOutput, EscapedEchoTag, EscapedCycleTag, RenderedCaptureTag):
        environment.add_tag(tag)
    for name in _NOT_STANDARD:
        del environment.filters[name]
    for function in (to_json, skip_autoescape, escape, escape_once):
        environment.add_filter(function.__name__, function)
    for name in ("grant_read_access", "s3_presign"):
        environment.add_filter(name, ReadAccessFilter(name))
    return environment


ENVIRONMENT = _environment()
"""Shared by all templates; parsing and rendering do not change it."""
