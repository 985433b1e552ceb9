"""The JSON file with one `task.input` that may lie beside a template."""

import json
from pathlib import Path
from typing import Any

from a2i_core.human_loops.input_content import a2i_number

TEMPLATE_SUFFIX = ".liquid.html"
SAMPLE_SUFFIX = ".sample.json"


class TaskInputError(ValueError):
    """A file that is to hold one `task.input` holds none."""


def task_name(template: Path) -> str:
    """Return the name of the task of `template`: its file's name without `.liquid.html`."""
    return template.name.removesuffix(TEMPLATE_SUFFIX).removesuffix(".html")


def sample_path(template: Path) -> Path:
    """Return where the sample input of `template` is looked for."""
    return template.with_name(task_name(template) + SAMPLE_SUFFIX)


def read_task_input(path: Path) -> dict[str, Any]:
    """Return the `task.input` that the file at `path` holds.

    A byte order mark before the text, as some editors write it, is left out.

    Raises:
        TaskInputError: The file is not UTF-8, not JSON, or no object.
        OSError: It cannot be read.
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
