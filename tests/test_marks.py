"""Marks say truthfully what a test needs, and CONTRIBUTING.md lists them."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def test_a_program_needs_a_mark() -> None:
    with pytest.raises(AssertionError, match=r"starts true: mark it with one of .*'process'"):
        subprocess.run(["true"], check=True)


@pytest.mark.process
def test_a_marked_test_may_start_a_program() -> None:
    subprocess.run(["true"], check=True)


def test_contributing_lists_every_mark() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]
    marks = {line.partition(":")[0] for line in settings["ini_options"]["markers"]}
    guide = (ROOT / "CONTRIBUTING.md").read_text()
    table = guide.partition("| mark |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == marks
