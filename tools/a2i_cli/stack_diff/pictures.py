"""Pictures of worker task templates before and after a change, drawn by headless Chromium."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from a2i_cli.failures import CommandError
from a2i_cli.stack_diff.worker_templates import TemplateChange
from worker_template import (
    TEMPLATE_SUFFIX,
    TaskInputError,
    TaskTemplate,
    TemplateRenderError,
    bundled_template_names,
    bundled_template_path,
)

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
TEMPLATES = Path("worker_templates")
"""Folder, below the current one, of templates with their samples."""
_SIZE = "1280,900"
_MILLISECONDS = 10_000
"""Time for elements and images to appear, by the page's own clock."""
_PATIENCE = 120


@dataclass(frozen=True)
class TemplatePictures:
    """Pictures of one template.

    Attributes:
        before: File in the folder of the pictures; None where there is none.
        after: Likewise.
        missing: Why one is missing and how to get it; empty where both are there.
    """

    before: str | None = None
    after: str | None = None
    missing: str = ""


NOT_ASKED = TemplatePictures(missing="pass --pictures DIR where Chromium is installed")
_NO_BROWSER = TemplatePictures(
    missing="there is no Chromium here; install it, for example the system package chromium"
)
_NO_TEXT = TemplatePictures(missing="they need the text of both; pass the cdk.out folders")


def draw(changes: Iterable[TemplateChange], folder: Path) -> Mapping[str, TemplatePictures]:
    """Draw each template before and after into `folder`; returns the pictures by place.

    A template is rendered with the sample beside its file: a ready one's, or one in
    `worker_templates`. Where there is no such file, with the sample of the other side; what that
    lacks is made up.

    Raises:
        OSError: The folder cannot be written.
    """
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    return {
        change.place: _NO_BROWSER if browser is None else _draw(change, folder, browser)
        for change in changes
    }


def _draw(change: TemplateChange, folder: Path, browser: str) -> TemplatePictures:
    before, after = change.before, change.after
    if before is None or after is None:
        return _NO_TEXT
    drawn, missing = {}, []
    for side, text, other in (("before", before, after), ("after", after, before)):
        found = _file(text) or _file(other)
        try:
            task_input = _task_input(text, found)
        except (TemplateRenderError, TaskInputError) as error:
            missing.append(f"the one {side} does not render: {error}")
            continue
        name = f"{change.place.replace('/', '-')}.{side}.png"
        try:
            _screenshot(browser, text, task_input, found, folder / name)
        except CommandError as error:
            missing.append(f"of the one {side}, {error}")
        else:
            drawn[side] = name
    return TemplatePictures(drawn.get("before"), drawn.get("after"), "; ".join(missing))


def _file(text: str) -> Path | None:
    """A template's file, by its text."""
    return next((path for path in _files() if path.read_bytes() == text.encode()), None)


def _files() -> Iterator[Path]:
    yield from sorted(TEMPLATES.glob(f"*{TEMPLATE_SUFFIX}"))
    yield from map(bundled_template_path, bundled_template_names())


def _task_input(text: str, found: Path | None) -> dict[str, Any]:
    """An input under which the text renders; `found`: template with a sample to begin with."""
    template = TaskTemplate.from_text(text)
    made_up = template.derived_sample_input()
    sample = found and TaskTemplate.from_file(found).sample_input()
    if not sample:
        return made_up
    needed = {name: made_up[name] for name in template.required_inputs if name in made_up}
    task_input = {**needed, **sample}
    template.render(task_input)
    return task_input


def _screenshot(
    browser: str, text: str, task_input: Mapping[str, Any], beside: Path | None, picture: Path
) -> None:
    try:
        from a2i_local.loopback_server import serving  # noqa: PLC0415 -- a web server,
        from a2i_local.preview import create_app  # noqa: PLC0415 -- for pictures only
        from a2i_local.preview.source import PreviewSource  # noqa: PLC0415
    except ImportError as error:
        raise CommandError("they need the preview, pip install 'a2i-constructs[local]'") from error
    with TemporaryDirectory() as temporary:
        template = Path(temporary, beside.name if beside else f"task{TEMPLATE_SUFFIX}")
        template.write_text(text, encoding="utf-8", newline="")
        chosen = Path(temporary, "input.json")
        chosen.write_text(json.dumps(task_input), encoding="utf-8")
        with serving(create_app(PreviewSource(template, chosen, beside))) as url:
            _run(browser, f"{url}/task", picture, profile=Path(temporary, "profile"))


def _run(browser: str, url: str, picture: Path, *, profile: Path) -> None:
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.unlink(missing_ok=True)
    with suppress(subprocess.TimeoutExpired):  # then there is no file
        subprocess.run(  # noqa: S603 - the browser of this machine
            [
                browser,
                "--headless",
                *(["--no-sandbox"] if os.geteuid() == 0 else []),  # root can have none
                "--disable-gpu",
                "--disable-background-networking",
                "--no-first-run",
                "--hide-scrollbars",
                f"--user-data-dir={profile}",
                f"--window-size={_SIZE}",
                f"--virtual-time-budget={_MILLISECONDS}",
                f"--screenshot={picture.absolute()}",
                url,
            ],
            check=False,
            capture_output=True,
            timeout=_PATIENCE,
        )
    if not picture.is_file():
        raise CommandError(f"{Path(browser).name} drew nothing: run it by itself to see why")
