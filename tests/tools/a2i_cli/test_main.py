"""The command itself: version, completion, environment, and what is missing to run it."""

import subprocess
import sys
from importlib.metadata import version

import pytest
from typer.testing import CliRunner

from a2i_cli.main import app
from worker_template import bundled_template_path

SENTIMENT = bundled_template_path("sentiment_review")


def test_prints_its_version() -> None:
    assert CliRunner().invoke(app, ["--version"]).stdout == f"a2i {version('a2i-constructs')}\n"


def test_the_stack_may_stand_in_the_environment() -> None:
    result = CliRunner().invoke(app, ["review", "list"], env={"A2I_STACK": "two words"})
    assert "'two words' cannot be the name of a stack" in result.stderr


def test_the_option_wins_over_the_environment() -> None:
    command = ["review", "list", "--stack", "9"]
    result = CliRunner().invoke(app, command, env={"A2I_STACK": "two words"})
    assert "'9' cannot be the name of a stack" in result.stderr


def test_bash_completes_commands_of_groups() -> None:
    environment = {
        "_A2I_COMPLETE": "complete_bash",
        "COMP_WORDS": "a2i template pre",
        "COMP_CWORD": "2",
    }
    result = CliRunner().invoke(app, [], prog_name="a2i", env=environment)
    assert result.stdout.split() == ["preview"]


@pytest.mark.process
@pytest.mark.parametrize(
    ("missing", "arguments", "extra"),
    [
        ("typer", ["--help"], "cli"),
        ("boto3", ["review", "list", "--stack", "Reviews"], "cli"),
        ("hypercorn", ["template", "preview", str(SENTIMENT)], "local"),
    ],
)
def test_a_package_that_is_missing_is_named_with_its_extra(
    missing: str, arguments: list[str], extra: str
) -> None:
    program = (
        f"import sys; sys.modules[{missing!r}] = None\nfrom a2i_cli.__main__ import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == (
        f"error: {missing} is not installed: pip install 'a2i-constructs[{extra}]'\n"
    )
