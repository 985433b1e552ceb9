"""Paths of the ready worker task templates."""

from pathlib import Path

from worker_template.task_input import TEMPLATE_SUFFIX

_PACKAGE = Path(__file__).parent
# An installed wheel carries the folder inside the package; a checkout has it at the root.
_FOLDERS = (
    _PACKAGE / "ready",
    _PACKAGE.parents[1] / "worker_templates",
)


def bundled_template_names() -> tuple[str, ...]:
    """Names of the ready-made templates, sorted."""
    return tuple(sorted(path.name.removesuffix(TEMPLATE_SUFFIX) for path in _templates()))


def bundled_template_path(name: str) -> Path:
    """Path of the ready-made template `name`, for example `sentiment_review`.

    Raises:
        ValueError: There is none of that name; the message lists those there are.
    """
    for path in _templates():
        if path.name == name + TEMPLATE_SUFFIX:
            return path
    allowed = ", ".join(bundled_template_names()) or "none"
    raise ValueError(
        f"no bundled worker task template is named {name!r}; there are: {allowed}; "
        "use from_file for a template of your own"
    )


def _templates() -> list[Path]:
    return [
        path
        for folder in _FOLDERS
        if folder.is_dir()
        for path in folder.glob("*" + TEMPLATE_SUFFIX)
    ]
