"""Pictures of changed worker task templates, and what the report says where there are none."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from typer.testing import CliRunner

from a2i_cli.main import app
from a2i_cli.stack_diff.pictures import TemplatePictures, draw
from a2i_cli.stack_diff.worker_templates import TemplateChange
from tests.tools.a2i_cli.stack_diff.changes import synthesized

PLACE = "Flows/sentiment/HumanTaskUi"
PNG = b"\x89PNG\r\n\x1a\n"
LOADER = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'
TEMPLATE = f"{LOADER}<crowd-form><p>{{{{ task.input.text }}}}</p></crowd-form>"
OTHER = TEMPLATE.replace("<p>", "<h1>").replace("</p>", "</h1>")


def _report(*arguments: object) -> str:
    stacks = [synthesized("default"), synthesized("template")]
    command = ["stack", "diff", *stacks, "--no-lint", *map(str, arguments)]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.xdist_group("stack diff")
@pytest.mark.usefixtures("chromium")
def test_the_report_shows_the_template_before_and_after(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    text = _report("--pictures", folder)
    names = [f"Flows-sentiment-HumanTaskUi.{side}.png" for side in ("before", "after")]
    row = f"| ![before]({names[0]}) | ![after]({names[1]}) |"
    assert f"| before | after |\n|---|---|\n{row}\n" in text
    assert "No picture" not in text
    pictures = [(folder / name).read_bytes() for name in names]
    assert all(picture.startswith(PNG) for picture in pictures)
    assert pictures[0] != pictures[1]
    assert {path.name for path in folder.iterdir()} == {*names}
    assert _report("--pictures", folder) == text


@pytest.mark.process
@pytest.mark.xdist_group("stack diff")
def test_the_report_says_how_to_get_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "\nNo picture: pass --pictures DIR where Chromium is installed.\n" in _report()
    document: dict[str, Any] = json.loads(_report("--format", "json"))
    assert document["templates"][0]["pictures"]["before"] is None
    annotations = _report("--format", "github")
    assert f"of {PLACE}::no pictures; pass --pictures DIR" in annotations
    found = shutil.which

    def without_chromium(name: str, **options: Any) -> str | None:
        return None if "chrom" in name else found(name, **options)

    monkeypatch.setattr(shutil, "which", without_chromium)
    assert "\nNo picture: there is no Chromium here; install it" in _report("--pictures", tmp_path)
    assert list(tmp_path.iterdir()) == []


def _drawn(before: str | None, after: str | None, folder: Path) -> TemplatePictures:
    return draw([TemplateChange(PLACE, before, after)], folder)[PLACE]


def _picture(folder: Path, side: str) -> bytes:
    return (folder / f"Flows-sentiment-HumanTaskUi.{side}.png").read_bytes()


def test_both_are_drawn_with_the_sample_of_the_one_that_is_a_file(
    chromium: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made_up = _drawn(TEMPLATE, OTHER, Path("made_up"))
    folder = tmp_path / "worker_templates"
    folder.mkdir()
    (folder / "ours.liquid.html").write_text(OTHER)
    (folder / "ours.sample.json").write_text('{"text": "as the sample has it"}')
    sampled = _drawn(TEMPLATE, OTHER, Path("sampled"))
    assert made_up == sampled
    for side in ("before", "after"):
        assert _picture(Path("made_up"), side) != _picture(Path("sampled"), side)


def test_a_template_that_does_not_render_has_no_picture(chromium: Browser, tmp_path: Path) -> None:
    found = _drawn("{% for %}", OTHER, tmp_path)
    assert found.before is None
    assert found.after == "Flows-sentiment-HumanTaskUi.after.png"
    assert found.missing.startswith("the one before does not render: ")


def test_an_asset_that_is_not_at_hand_has_no_picture(chromium: Browser, tmp_path: Path) -> None:
    assert _drawn(None, None, tmp_path).missing.endswith("pass the cdk.out folders")


@pytest.mark.process
def test_a_browser_that_draws_nothing_leaves_no_former_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    former = tmp_path / "Flows-sentiment-HumanTaskUi.after.png"
    former.write_bytes(PNG)
    found = _drawn(TEMPLATE, OTHER, tmp_path)
    assert (found.before, found.after) == (None, None)
    assert found.missing.startswith("of the one before, chromium drew nothing: run it")
    assert not former.exists()
