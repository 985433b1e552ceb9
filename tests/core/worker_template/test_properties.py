"""What holds for every input and every text, not only for the examples."""

import html
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.effort import examples
from worker_template import (
    TaskTemplate,
    TemplateRenderError,
    bundled_template_names,
    bundled_template_path,
)
from worker_template.html_tree import parse_html
from worker_template.js_literal import parse_js_literal
from worker_template.liquid_source import LiquidSource
from worker_template.parsing import ParsedTemplate, quote_reserved_words

pytestmark = pytest.mark.soak

# Text without the characters that browsers and JSON treat in ways of their own.
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
LIQUID = st.text("{%}|. '\"-\nifrequiredtask[]<>/", max_size=60)


def with_texts(value: Any, texts: list[str]) -> Any:
    """The same JSON with other texts; addresses in S3 stay, or nothing would be rendered."""
    if isinstance(value, dict):
        return {key: with_texts(member, texts) for key, member in value.items()}
    if isinstance(value, list):
        return [with_texts(item, texts) for item in value]
    if isinstance(value, str) and not value.startswith("s3://"):
        return texts[len(value) % len(texts)]
    return value


def structure(page: str) -> list[tuple[str, list[str]]]:
    return [
        (element.tag, [attribute.name for attribute in element.attributes])
        for element in parse_html(page).elements
    ]


@pytest.mark.parametrize("name", bundled_template_names())
@settings(max_examples=examples(30), deadline=None)
@given(texts=st.lists(TEXTS.filter(bool), min_size=1, max_size=4))
def test_no_text_changes_the_structure_of_a_ready_template(name: str, texts: list[str]) -> None:
    template = TaskTemplate.from_file(bundled_template_path(name))
    sample = template.sample_input()
    changed = template.render(with_texts(sample, texts))
    assert structure(changed) == structure(template.render(sample or {}))


@settings(deadline=None)
@given(value=JSON)
def test_what_is_printed_reads_back_from_an_attribute(value: Any) -> None:
    template = TaskTemplate.from_text("{{ task.input.value | to_json | escape }}")
    rendered = template.render({"value": value})
    assert not set("<>\"'") & set(rendered)
    assert json.loads(html.unescape(rendered)) == value


@settings(deadline=None)
@given(value=JSON)
def test_json_is_a_js_literal(value: Any) -> None:
    assert parse_js_literal(json.dumps(value)) == value


@given(text=st.text("[]{},:'\"a1 \\\n"))
def test_a_js_literal_parses_or_fails_cleanly(text: str) -> None:
    try:
        parse_js_literal(text)
    except ValueError:
        return


@given(text=LIQUID)
def test_every_place_in_rewritten_text_leads_back_to_the_same_character(text: str) -> None:
    rewritten, source_map = quote_reserved_words(text)
    back = [source_map.original_index(index) for index in range(len(rewritten) + 1)]
    assert back[-1] == len(text)
    assert all(0 <= index <= len(text) for index in back)
    if rewritten == text:
        assert back == list(range(len(text) + 1))


@given(text=LIQUID)
def test_masking_keeps_every_place_and_reads_back(text: str) -> None:
    source = LiquidSource(text)
    assert len(source.masked) == len(text)
    assert source.as_written(source.masked) == text
    assert [at for at, one in enumerate(text) if one == "\n"] == [
        at for at, one in enumerate(source.masked) if one == "\n"
    ]


@settings(deadline=None)
@given(text=LIQUID)
def test_checking_and_describing_never_fail_on_content(text: str) -> None:
    template = TaskTemplate.from_text(text)
    for finding in template.check({}):
        assert finding.line >= 1
        assert finding.column >= 1
    template.answer_schema()


@settings(deadline=None)
@given(text=LIQUID)
def test_text_renders_or_fails_with_a_place_in_it(text: str) -> None:
    index = None
    try:
        TaskTemplate.from_text(text).render({})
    except TemplateRenderError as error:
        index = error.index
    assert index is None or 0 <= index <= len(text)


@settings(deadline=None)
@given(parts=st.lists(st.sampled_from(["a<b>\n", "{{ task.input.x }}", "{{- 'y' -}}", "  \n "])))
def test_a_rendering_leads_back_to_what_wrote_it(parts: list[str]) -> None:
    text = "".join(parts)
    page = ParsedTemplate.parse(text).render({"x": "<&"}, str)
    for index, character in enumerate(page.text):
        origin = page.origin(index)
        assert text[origin] in (character, "{")
