"""Limits of rendering and parsing: whatever a template or an input holds, it ends soon."""

import contextlib
import itertools
import time
from typing import Any

import pytest

from worker_template import TaskTemplate, TemplateRenderError
from worker_template.dialect import ENVIRONMENT

SECONDS = 30
"""Of processor time; without the limits most of these take minutes or all memory."""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{% for i in (1..1000000000) %}x{% endfor %}", "a range has at most 100000 numbers"),
        ("{% for i in (1..task.input.n) %}x{% endfor %}", "a range has at most 100000 numbers"),
        ("{% for i in (1..task.input.n) reversed %}x{% endfor %}", "a range has at most"),
        ("{% tablerow i in (1..task.input.n) cols: 3 %}x{% endtablerow %}", "a range has at most"),
        ("{% assign r = (1..task.input.n) %}{{ r | join }}", "a range has at most"),
        (
            "{% for i in (1..10000) %}{% for j in (1..10000) %}x{% endfor %}{% endfor %}",
            "loop iteration limit",
        ),
        ("{% for i in (1..100000) %}{% endfor %}" * 3_000, "more than 3 seconds"),
        (
            '{% assign s = "xxxxxxxx" %}{% for i in (1..40) %}'
            "{% assign s = s | append: s %}{% endfor %}",
            "limit",
        ),
        (
            '{% assign s = "aaaaaaaa" %}{% for i in (1..12) %}'
            '{% assign s = s | replace: "a", "aaaaaaaa" %}{% endfor %}',
            "too large",
        ),
        ("{{ task.input.long | replace: 'a', task.input.long }}", "result of replace is too large"),
        ("{{ task.input.list | join: task.input.long }}", "result of join is too large"),
        ("{{ task.input.list | uniq }}", "uniq takes at most"),
        (
            "{% assign n = 9 %}{% for i in (1..40) %}{% assign n = n | times: n %}{% endfor %}",
            "too large",
        ),
        ("{% for i in (1..100000) %}{{ task.input.long }}{% endfor %}", "output stream limit"),
        (
            "{% capture text %}{% for i in (1..5000) %}{{ task.input.long }}{% endfor %}"
            "{% endcapture %}",
            "output stream limit",
        ),
        ("{% if true %}" * 5_000 + "{% endif %}" * 5_000, "nest"),
        ("{{" * 60_000, "not closed"),
        ("{%" * 60_000, "not closed"),
        ("{% comment " * 11_000, "not closed"),
        ("{% raw %}" * 13_000, "never closed"),
        ("{{" + " " * 100_000 + "}}", "too much space"),
    ],
)
def test_what_exceeds_a_limit_fails_soon(text: str, message: str) -> None:
    task_input = {"n": 1_000_000_000, "long": "a" * 10_000, "list": list(range(10_000))}
    started = time.thread_time()
    with pytest.raises(TemplateRenderError, match=message):
        TaskTemplate.from_text(text).render(task_input)
    assert time.thread_time() - started < SECONDS


@pytest.mark.parametrize(
    "text",
    [
        "<crowd-form>{% for i in (1..1000000000) %}x{% endfor %}</crowd-form>",
        "<crowd-form>" + "{{" * 50_000 + "</crowd-form>",
        "<crowd-form>" + "<div>" * 10_000 + "</div>" * 10_000 + "</crowd-form>",
        "<crowd-form " + "a" * 50_000 + '="' + "<" * 50_000 + "</crowd-form>",
    ],
)
def test_checks_end_soon(text: str) -> None:
    started = time.thread_time()
    TaskTemplate.from_text(text).check({})
    assert time.thread_time() - started < SECONDS


@pytest.mark.parametrize(
    "text",
    [
        "{{ task.input.texts | sum }}",
        "{{ 'AAA' | base64_decode }}",
        "{{ '/w==' | base64_decode }}",
        "{{ 'inf' | round }}",
        "{{ 5 | divided_by: 0 }}",
        "{{ task.input.texts | date: task.input.texts }}",
        "{{ task.input.mixed | sort }}",
        "{{ 'a' | slice: 'b' }}",
        "{% for i in (1..3) limit: task.input.word %}{% endfor %}",
    ],
)
def test_a_failing_filter_fails_the_rendering(text: str) -> None:
    with pytest.raises(TemplateRenderError) as raised:
        TaskTemplate.from_text(text).render({"texts": ["x"], "mixed": [1, "x"], "word": "x"})
    assert raised.value.code == "TemplateRenderError"


HOSTILE: dict[str, Any] = {
    "null": None,
    "yes": True,
    "negative": -1,
    "huge": 10**2000,
    "float": 1e308,
    "exponent": "1e999999999",
    "fraction": "-0." + "9" * 2000,
    "infinity": "inf",
    "nothing": "",
    "long": "x<&%" * 5_000,
    "half": "\ud800",
    "width": "%999999999Y",
    "base64": "/w==",
    "numbers": ["1e999999999", 10**2000, 1.5, None],
    "mixed": [1, "a", {"a": 1}, [2]],
    "maps": [{"a": number} for number in range(300)],
    "object": {"a": 1, "b": [1]},
}


@pytest.mark.parametrize("name", sorted(ENVIRONMENT.filters))
def test_whatever_a_filter_gets_it_ends_soon_or_fails_as_a_rendering(name: str) -> None:
    started = time.thread_time()
    arguments = ["", *(f": task.input.{each}" for each in HOSTILE)]
    for value, argument in itertools.product(HOSTILE, arguments):
        template = TaskTemplate.from_text(f"{{{{ task.input.{value} | {name}{argument} }}}}")
        with contextlib.suppress(TemplateRenderError):
            template.render(HOSTILE)
    assert time.thread_time() - started < SECONDS


def test_the_property_that_map_takes_is_written_once() -> None:
    task_input = {"items": [{"a": 1}] * 20_000, "name": list(range(20_000))}
    started = time.thread_time()
    TaskTemplate.from_text("{{ task.input.items | map: task.input.name | size }}").render(
        task_input
    )
    assert time.thread_time() - started < SECONDS


def test_a_large_but_ordinary_input_renders() -> None:
    rows = [{"key": f"k{number}", "value": "v" * 40} for number in range(20_000)]
    page = TaskTemplate.from_text(
        "{% for row in task.input.rows %}<p>{{ row.key }}: {{ row.value | upcase }}</p>{% endfor %}"
    ).render({"rows": rows})
    assert page.count("<p>") == 20_000
