"""What `a2i stack diff` takes, and what it says to what it cannot take."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from a2i_cli.main import app

TEMPLATE = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}


def _diff(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["stack", "diff", *map(str, arguments)])


def _folder(path: Path, *stacks: str) -> Path:
    path.mkdir()
    for stack in stacks:
        (path / f"{stack}.template.json").write_text(json.dumps(TEMPLATE))
    return path


def test_fails_where_a_folder_has_two_stacks_and_none_is_chosen(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "out", "First", "Second")
    assert "--stack must choose one, got: First, Second" in _diff(folder, folder).stderr
    assert "no stack 'Third'" in _diff(folder, folder, "--stack", "Third").stderr


def test_fails_for_what_is_no_template(tmp_path: Path) -> None:
    file = tmp_path / "notes.json"
    file.write_text("[]")
    assert "must be a CloudFormation template in JSON" in _diff(file, file).stderr
    file.write_text("Resources: {}")
    assert "notes.json must be JSON" in _diff(file, file).stderr


def test_fails_for_a_gate_that_does_not_exist(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "out", "First")
    failed = _diff(folder, folder, "--fail-on", "lost-review")
    assert failed.exit_code == 2
    assert "must be of replaced-stateful, lost-reviews, widened-permissions" in failed.output


def test_says_how_to_get_the_library_where_it_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = _folder(tmp_path / "out", "First")
    monkeypatch.chdir(tmp_path)
    failed = _diff(folder, folder)
    assert failed.exit_code == 1
    assert "npm install @aws-cdk/cloudformation-diff" in failed.stderr


@pytest.mark.process
def test_takes_templates_and_chosen_stacks(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "out", "First", "Second")
    file = folder / "First.template.json"
    done = _diff(folder, file, "--stack", "Second")
    assert done.exit_code == 0
    assert done.stdout.startswith("# Change of stack First\n\n- No review is lost.")
