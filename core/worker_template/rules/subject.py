"""A template as the rules see it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from liquid import RenderContext
from liquid.builtin.expressions import FilteredExpression, Path
from liquid.builtin.output import OutputNode
from liquid.static_analysis import TemplateAnalysis

from a2i_core.s3_uri import example_read_access, granting
from worker_template.dialect import walk
from worker_template.html_document import Element, HtmlDocument
from worker_template.html_tree import parse_html
from worker_template.inputs import VariableReads
from worker_template.liquid_source import LiquidSource, Statement
from worker_template.output_places import examples_by_place
from worker_template.parsing import (
    ParsedTemplate,
    TemplateRenderError,
    TracedHtml,
)
from worker_template.sample_input import derive_sample_input

HOSTILE = "x'\"><xss-probe> xss-probe=&"
"""Ends a quoted attribute, opens an element, and starts an attribute where nothing is quoted."""

_READABLE = "https://s3.amazonaws.com/example-bucket/example?X-Amz-Date=1&X-Amz-Signature=2"


@dataclass(frozen=True)
class Rendering:
    """The HTML for one input, as a document whose places lead back to the author's text."""

    html: TracedHtml

    @cached_property
    def document(self) -> HtmlDocument:
        """The HTML, parsed."""
        return parse_html(self.html.text)

    def origin(self, index: int) -> int:
        """Index in the author's text of what stands at `index` of the HTML."""
        return self.html.origin(index)


class Subject:
    """A template under check. `document` is its HTML with the Liquid masked."""

    def __init__(self, text: str, sample_input: Mapping[str, Any] | None) -> None:
        self.text = text
        self.sample_input = sample_input

    @cached_property
    def _parsed(self) -> ParsedTemplate | TemplateRenderError:
        try:
            return ParsedTemplate.parse(self.text)
        except TemplateRenderError as error:
            return error

    @property
    def syntax_error(self) -> TemplateRenderError | None:
        """Why the text is not Liquid; None if it is."""
        return self._parsed if isinstance(self._parsed, TemplateRenderError) else None

    @property
    def parsed(self) -> ParsedTemplate:
        """The syntax tree; raises the syntax error where there is none."""
        if isinstance(self._parsed, TemplateRenderError):
            raise self._parsed
        return self._parsed

    @cached_property
    def source(self) -> LiquidSource:
        """The text, divided into Liquid and what is around it."""
        return LiquidSource(self.text)

    @cached_property
    def document(self) -> HtmlDocument:
        """The text as HTML, its Liquid masked."""
        return parse_html(self.source.masked)

    @cached_property
    def reads(self) -> VariableReads:
        """The variables that the template reads and assigns."""
        return VariableReads.of(self.parsed.bound)

    @cached_property
    def analysis(self) -> TemplateAnalysis:
        """The engine's own static analysis."""
        return self.parsed.bound.analyze(include_partials=False)

    @cached_property
    def sample_rendering(self) -> Rendering | TemplateRenderError | None:
        """Result of the project's sample: a document, an error, or None without a sample."""
        if self.sample_input is None:
            return None
        try:
            return self._rendering(self.sample_input, granting(example_read_access))
        except TemplateRenderError as error:
            return error

    @cached_property
    def hostile_renderings(self) -> tuple[Rendering, ...]:
        """Renderings in which every text of the input is an attack."""
        return tuple(self._hostile(list(self._inputs())))

    def _inputs(self) -> Iterator[dict[str, Any]]:
        # A template that nothing renders is judged by its text, and by its own sample.
        with suppress(TemplateRenderError):
            yield derive_sample_input(self.parsed, self.reads.inputs, examples_by_place(self.text))
        if self.sample_input is not None:
            yield dict(self.sample_input)

    def _hostile(self, inputs: list[dict[str, Any]]) -> Iterator[Rendering]:
        for task_input in inputs:
            try:
                yield self._rendering(_with_hostile_texts(task_input), lambda _: _READABLE)
            except TemplateRenderError:
                # Hostile texts can miss a key that the template looks up; nothing to learn then.
                continue

    def _rendering(self, task_input: object, grant: Callable[[str], str]) -> Rendering:
        return Rendering(self.parsed.render(task_input, grant))

    def author_index(self, index: int) -> int:
        """The author's index for one in the syntax tree."""
        return self.parsed.source_map.original_index(index)

    @cached_property
    def outputs(self) -> dict[int, FilteredExpression]:
        """Printed values, by the author's index of the statement."""
        context = RenderContext(self.parsed.bound)
        return {
            self.author_index(node.token.start_index): node.expression
            for node in walk(self.parsed.bound.nodes, context)
            if isinstance(node, OutputNode) and isinstance(node.expression, FilteredExpression)
        }

    def outputs_in(self, masked_value: str) -> Iterator[tuple[Statement, list[str]]]:
        """The output statements in a piece of masked text, with the names of their filters."""
        for statement in self.source.statements_in(masked_value):
            expression = self.outputs.get(statement.start)
            if expression is not None:
                yield statement, [each.name for each in expression.filters or ()]

    def is_stable(self, masked_value: str) -> bool:
        """Return whether a piece of masked text is the same anywhere inside the same loops."""
        return all(
            isinstance(expression, FilteredExpression)
            and isinstance(expression.left, Path)
            and str(expression.left.head()) not in self.reads.assigned
            for expression in (
                self.outputs.get(each.start) for each in self.source.statements_in(masked_value)
            )
        )

    def forms(self) -> list[Element]:
        """The `crowd-form` elements."""
        return list(self.document.named("crowd-form"))


def _with_hostile_texts(value: Any) -> Any:
    if isinstance(value, str):
        return HOSTILE
    if isinstance(value, Mapping):
        return {key: _with_hostile_texts(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_with_hostile_texts(item) for item in value]
    return value
