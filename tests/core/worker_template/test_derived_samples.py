"""For every template, at hand or generated, the derived sample fits the template."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.worker_template.template_strategy import templates
from tests.effort import examples
from worker_template import TaskTemplate, TemplateRenderError
from worker_template.crowd_elements import LITERAL_ATTRIBUTES, WIDGETS
from worker_template.html_tree import parse_html
from worker_template.js_literal import parse_js_literal

pytestmark = pytest.mark.soak

ROOT = Path(__file__).parents[3]
PATHS = sorted(
    path
    for folder in ("worker_templates", "examples", "tests")
    for path in (ROOT / folder).rglob("*.liquid.html")
)


def require_fit(template: TaskTemplate) -> None:
    sample = template.derived_sample_input()
    for element in parse_html(template.render(sample)).named(*WIDGETS):
        for attribute in element.attributes:
            is_literal = attribute.name in LITERAL_ATTRIBUTES or (
                attribute.name == "initial-value" and attribute.value.lstrip()[:1] in ("[", "{")
            )
            if is_literal:
                value = parse_js_literal(attribute.value)
                assert isinstance(value, list | dict), attribute
            if attribute.name in ("categories", "labels"):
                assert isinstance(parse_js_literal(attribute.value), list)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name.partition(".")[0])
def test_the_sample_of_a_template_at_hand_fits_it(path: Path) -> None:
    require_fit(TaskTemplate.from_file(path))


def test_a_sorted_list_of_objects_has_one_item_as_objects_have_no_order() -> None:
    text = "{% assign cases = task.input.cases | sort %}{{ cases.first.name }}"
    sample = TaskTemplate.from_text(text).derived_sample_input()
    assert sample == {"cases": [{"name": "example-name-1"}]}


def test_there_are_templates() -> None:
    assert len(PATHS) >= 10


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=templates())
def test_the_sample_of_a_generated_template_fits_it(text: str) -> None:
    require_fit(TaskTemplate.from_text(text))


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(allow_nan=False)
    | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from("abcdx") | st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


def changed(value: Any, data: st.DataObject) -> Any:
    """The value with some of its parts left out or replaced by anything."""
    fate = data.draw(st.integers(0, 9))
    if fate == 0:
        return data.draw(VALUES)
    if isinstance(value, dict):
        return {
            key: changed(member, data)
            for key, member in value.items()
            if data.draw(st.integers(0, 5))
        }
    return [changed(item, data) for item in value] if isinstance(value, list) else value


@settings(max_examples=examples(100), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=templates(), data=st.data())
def test_nothing_crashes_whatever_the_input_lacks(text: str, data: st.DataObject) -> None:
    template = TaskTemplate.from_text(text)
    task_input = changed(template.derived_sample_input(), data)
    task_input = task_input if isinstance(task_input, dict) else {}
    for finding in template.check(task_input):
        assert finding.line >= 1
    with suppress(TemplateRenderError):
        template.render(task_input)
    template.answer_schema()
    assert template.inputs() == TaskTemplate.from_text(text).inputs()
