"""Findings of cfn-lint that a change brings."""

import json
import subprocess
import sys
from pathlib import Path

from a2i_cli.failures import CommandError
from a2i_cli.stack_diff.assembly import Assembly

# cfn-lint sums up severities in bits; from 32 on the file could not be checked.
_BROKEN = 32


def new_lint_findings(old: Assembly, new: Assembly) -> tuple[tuple[str, str], ...] | None:
    """Rule and place of what cfn-lint finds in the new template and not in the old one.

    Ignored rules are those of `.cfnlintrc` in the current folder. None where cfn-lint is not
    installed, as without the extra `app`.

    Raises:
        CommandError: cfn-lint cannot read a template.
    """
    program = Path(sys.executable).with_name("cfn-lint")
    if not program.is_file():
        return None
    return tuple(sorted(_findings(program, new) - _findings(program, old)))


def _findings(program: Path, assembly: Assembly) -> set[tuple[str, str]]:
    if assembly.file is None:
        return set()
    done = subprocess.run(  # noqa: S603  # the program beside this Python
        [program, "--format", "json", assembly.file],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode >= _BROKEN or not done.stdout.strip():
        raise CommandError(f"cfn-lint cannot check {assembly.file}: {done.stderr.strip()[-200:]}")
    return {
        (f"cfn-lint {each['Rule']['Id']}", _place(each["Location"]["Path"], assembly))
        for each in json.loads(done.stdout)
    }


def _place(path: list[object] | None, assembly: Assembly) -> str:
    match path:
        case ["Resources", str(name), *_]:
            return assembly.place(name)
        case [str(section), str(name), *_]:
            return f"{section}/{name}"
        case _:
            return "the template"
