"""The report in the workflows of `a2i init ci`: the jobs' own commands, run on two changes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.tools.a2i_cli.stack_diff.changes import synthesized

pytestmark = [pytest.mark.process, pytest.mark.usefixtures("chromium")]

ROOT = Path(__file__).parents[4]
FILES = ROOT / "tools/a2i_cli/new_app/files"
PICTURE = "Flows-sentiment-HumanTaskUi.before.png"


def github_commands() -> list[str]:
    file = FILES / "github/dot_github/workflows/human-review.yml"
    steps = YAML(typ="safe").load(file)["jobs"]["report"]["steps"]
    return [step["run"] for step in steps if "a2i stack diff" in step.get("run", "")]


def gitlab_commands() -> str:
    job = YAML(typ="safe").load(FILES / "gitlab/dot_gitlab-ci.yml")["report"]
    commands: list[str] = job["script"]
    first = next(at for at, each in enumerate(commands) if each.startswith("status=0"))
    return "\n".join(commands[first:])


def run(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    # Everything but cfn-lint, which takes most of the time and has tests of its own.
    a2i = folder / "bin/a2i"
    a2i.parent.mkdir()
    a2i.write_text(f'#!/bin/sh\nexec "{Path(sys.executable).with_name("a2i")}" "$@" --no-lint\n')
    a2i.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{a2i.parent}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
    }
    return subprocess.run(
        ["bash", "-e", "-c", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def compare(folder: Path, change: str) -> None:
    for name, stack in (("base.out", "default"), ("cdk.out", change)):
        (folder / name).symlink_to(synthesized(stack))
    (folder / "node_modules").symlink_to(ROOT / "node_modules")


def test_githubs_report_is_markdown_that_names_its_pictures(tmp_path: Path) -> None:
    compare(tmp_path, "template")
    done = run(tmp_path, github_commands()[0])
    report = (tmp_path / "report.md").read_text()
    assert report.startswith("# Change"), done.stderr
    assert (tmp_path / "summary.md").read_text() == report
    assert f"`{PICTURE}`, in the artifact" in report
    assert "![" not in report
    assert (tmp_path / "pictures" / PICTURE).is_file()


def test_github_gets_annotations_and_stops_at_what_is_at_stake(tmp_path: Path) -> None:
    compare(tmp_path, "key")
    done = run(tmp_path, github_commands()[1])
    assert done.returncode == 1
    assert "::error title=lost-reviews" in done.stdout


def test_gitlab_keeps_the_report_of_a_change_that_is_stopped(tmp_path: Path) -> None:
    compare(tmp_path, "key")
    assert run(tmp_path, gitlab_commands()).returncode == 1
    assert (tmp_path / "report.md").read_text().startswith("# Change")
