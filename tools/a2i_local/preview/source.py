"""The files behind a preview: read anew for each rendering, as their author edits them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from worker_template import (
    Finding,
    TaskTemplate,
    read_task_input,
    sample_path,
    task_name,
)


@dataclass(frozen=True)
class PreviewSource:
    """A template and the input it is rendered with.

    Without `input_path`, `<task>.sample.json` beside the template is taken; where that is missing
    too, an input made up from what the template reads. Files that stand for S3 objects may lie
    beside `objects_beside` as well.
    """

    path: Path
    input_path: Path | None = None
    objects_beside: Path | None = None

    def render(self, grant_read_access: Callable[[str], str]) -> str:
        """Return the rendered HTML.

        Raises:
            TemplateRenderError: the template does not render with this input.
            TaskInputError: the sample input is no JSON object.
            OSError: a file cannot be read.
            UnicodeDecodeError: a file is not UTF-8.
        """
        template = TaskTemplate.from_file(self.path)
        return template.render(self.task_input(), grant_read_access=grant_read_access)

    def check(self) -> list[Finding]:
        """Return what the checks of `a2i template check` find."""
        return TaskTemplate.from_file(self.path).check(self.task_input())

    def task_input(self) -> dict[str, Any]:
        """Return what the template reads as `task.input`."""
        if self.input_path is not None:
            return read_task_input(self.input_path)
        template = TaskTemplate.from_file(self.path)
        sample = template.sample_input()
        return template.derived_sample_input() if sample is None else sample

    def object_beside(self, key: str) -> Path | None:
        """Return the file beside template or input that stands for the S3 object `key`."""
        name = Path(key).name
        found = (folder / name for folder in self._folders() if name)
        return next((path for path in found if path.is_file()), None)

    def version(self) -> str:
        """Return a text that changes whenever one of the files does."""
        return " ".join(str(_modified(path)) for path in self._watched())

    def _watched(self) -> Iterator[Path]:
        yield self.path
        yield self.input_path or sample_path(self.path)

    def _folders(self) -> Iterator[Path]:
        for path in (*self._watched(), *filter(None, [self.objects_beside])):
            yield path.parent
            yield path.parent / task_name(self.path)


def _modified(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
