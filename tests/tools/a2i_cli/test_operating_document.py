"""docs/operating.md names only commands and options that exist."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from a2i_cli.main import app

DOCUMENT = Path(__file__).parents[3] / "docs" / "operating.md"


def _commands() -> list[list[str]]:
    """The command lines in the document's blocks, and those between backticks in its text."""
    text = DOCUMENT.read_text(encoding="utf-8")
    blocks = re.findall(r"```bash\n(.*?)```", text, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    lines += re.findall(r"`(a2i [^`]+)`", text)
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("a2i ")]


def test_the_document_is_read() -> None:
    assert ["review", "erase", "order-1234"] in _commands()
    assert len(_commands()) > 20


@pytest.mark.parametrize("command", _commands(), ids=" ".join)
def test_each_command_exists_with_its_options(command: list[str]) -> None:
    words = [word for word in command if not word.startswith("--")]
    path = words[:1] if words[:1] in (["preflight"], ["reconcile"]) else words[:2]
    shown = CliRunner().invoke(app, [*path, "--help"], env={"COLUMNS": "200", "TERM": "dumb"})
    assert shown.exit_code == 0, shown.output
    for option in (word for word in command if word.startswith("--")):
        assert option in shown.stdout
