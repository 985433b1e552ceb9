"""Time to check and to render worker task templates, the first time and from then on."""

import os
from itertools import cycle, islice
from pathlib import Path

from benchmarks.measure import Measurement, median_seconds, run_python, seconds
from worker_template import (
    TaskTemplate,
    bundled_template_names,
    bundled_template_path,
)

TEMPLATES = 200
RENDERS = 200
ROOT = Path(__file__).parents[1]
FIRST = """
from a2i_account.rendering import render
from worker_template import bundled_template_path
path = bundled_template_path("sentiment_review")
text = path.read_text()
content = path.with_name("sentiment_review.sample.json").read_text()
render(text, content, str)
"""
"""A function's first rendering: it imports the template engine, parses and renders."""
FIRST_RENDERS = 5


def measure() -> list[Measurement]:
    """Checks of many templates in one process, and the slowest ready template's render."""
    paths = [bundled_template_path(name) for name in bundled_template_names()]
    chosen = list(islice(cycle(paths), TEMPLATES))
    checks = seconds(lambda: [TaskTemplate.from_file(path).check() for path in chosen])
    renders = max(_render_seconds(TaskTemplate.from_file(path)) for path in paths)
    begin = median_seconds(_first_render, FIRST_RENDERS)
    return [
        Measurement("a process that renders once, Python's start included", begin, "s", 1),
        Measurement(f"check of {TEMPLATES} templates in one process", checks, "s", 3),
        Measurement("one render, of the slowest ready template", renders * 1000, "ms", 5),
    ]


def _first_render() -> None:
    sources = os.pathsep.join(str(ROOT / each) for each in ("core", "lambda_src"))
    run_python("-c", FIRST, cwd=ROOT, env={**os.environ, "PYTHONPATH": sources})


def _render_seconds(template: TaskTemplate) -> float:
    sample = template.sample_input() or {}
    return median_seconds(lambda: template.render(sample), RENDERS)
