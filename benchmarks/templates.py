"""Time to check and to render worker task templates."""

from itertools import cycle, islice

from benchmarks.measure import Measurement, median_seconds, seconds
from worker_template import (
    TaskTemplate,
    bundled_template_names,
    bundled_template_path,
)

TEMPLATES = 200
RENDERS = 200


def measure() -> list[Measurement]:
    """Checks of many templates in one process, and the slowest ready template's render."""
    paths = [bundled_template_path(name) for name in bundled_template_names()]
    chosen = list(islice(cycle(paths), TEMPLATES))
    checks = seconds(lambda: [TaskTemplate.from_file(path).check() for path in chosen])
    renders = max(_render_seconds(TaskTemplate.from_file(path)) for path in paths)
    return [
        Measurement(f"check of {TEMPLATES} templates in one process", checks, "s", 3),
        Measurement("one render, of the slowest ready template", renders * 1000, "ms", 5),
    ]


def _render_seconds(template: TaskTemplate) -> float:
    sample = template.sample_input() or {}
    return median_seconds(lambda: template.render(sample), RENDERS)
