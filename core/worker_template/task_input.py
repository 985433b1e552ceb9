"""The JSON file with one `task.input` that may lie beside a template."""

import json
import math
from pathlib import Path
from typing import Any

TEMPLATE_SUFFIX = ".liquid.html"
SAMPLE_SUFFIX = ".sample.json"
_EXACT_INTEGERS = 2**53  # beyond it a float's digits are no longer those that were sent


class TaskInputError(ValueError):
    """A file that is to hold one `task.input` holds none."""


def task_name(template: Path) -> str:
    """Return the name of a template's task: its file's name without `.liquid.html`."""
    return template.name.removesuffix(TEMPLATE_SUFFIX).removesuffix(".html")


def sample_path(template: Path) -> Path:
    """Return where the sample input of a template is looked for."""
    return template.with_name(task_name(template) + SAMPLE_SUFFIX)


def a2i_number(text: str) -> int | float:
    """Return a JSON number with a fraction or an exponent as A2I keeps it: 996.0 becomes 996.

    Raises:
        ValueError: it is too large for a number.
    """
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"number {text} is out of range")
    is_whole = number.is_integer() and abs(number) < _EXACT_INTEGERS
    return int(number) if is_whole else number


def read_task_input(path: Path) -> dict[str, Any]:
    """Return the `task.input` that a file holds.

    A byte order mark before the text, as some editors write it, is left out.

    Raises `TaskInputError` where the file is not UTF-8, not JSON, or no object, and `OSError`
    where it cannot be read.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"), parse_float=a2i_number)
    except UnicodeDecodeError as error:
        raise TaskInputError(f"{path} is not UTF-8: {error}; save it as UTF-8") from error
    except (RecursionError, ValueError) as error:
        raise TaskInputError(f"{path} is not JSON: {error}; it holds one task.input") from error
    if not isinstance(content, dict):
        raise TaskInputError(
            f"{path} holds {type(content).__name__}, not a JSON object; it holds one task.input"
        )
    return content
