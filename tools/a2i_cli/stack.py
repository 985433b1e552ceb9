"""`a2i stack`: what a change of the stack does, before it is deployed."""

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from a2i_cli.failures import CommandError
from a2i_cli.output import print_json
from a2i_cli.stack_diff.assembly import read_assembly
from a2i_cli.stack_diff.formats import as_annotations, as_document
from a2i_cli.stack_diff.lint import new_lint_findings
from a2i_cli.stack_diff.markdown import as_markdown
from a2i_cli.stack_diff.pictures import draw
from a2i_cli.stack_diff.report import Gate, compare_stacks

app = typer.Typer(no_args_is_help=True)


class DiffFormat(StrEnum):
    """Output format of the report."""

    MARKDOWN = "markdown"
    JSON = "json"
    GITHUB = "github"


@app.callback()
def _group() -> None:
    """A group, though it has one command by now."""


@app.command()
def diff(
    old: Annotated[
        str,
        typer.Argument(
            metavar="OLD",
            help="A cdk.out folder or JSON template, as deployed; 'none' for a first deployment.",
        ),
    ],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The same, as it would be.")],
    *,
    stack: Annotated[
        str | None,
        typer.Option(
            "--stack", metavar="NAME", help="Which of several stacks.", show_default=False
        ),
    ] = None,
    format_: Annotated[
        DiffFormat, typer.Option("--format", help="How to print the report.")
    ] = DiffFormat.MARKDOWN,
    fail_on: Annotated[
        str,
        typer.Option(
            "--fail-on",
            metavar="GATES",
            help=f"Exit with 1 on any of: {', '.join(Gate)}.",
            show_default=False,
        ),
    ] = "",
    lint: Annotated[
        bool, typer.Option("--lint/--no-lint", help="Compare findings of cfn-lint, too.")
    ] = True,
    pictures: Annotated[
        Path | None,
        typer.Option(
            "--pictures",
            metavar="DIR",
            help="Draw changed worker task templates to here, by headless Chromium.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Report what a change does to pending reviews, permissions and resources."""
    gates = _gates(fail_on)
    before, after = read_assembly(old, stack), read_assembly(new, stack)
    found = compare_stacks(before, after)
    if lint:
        found = replace(found, lint=new_lint_findings(before, after))
    if pictures is not None:
        found = replace(found, pictures=draw(found.templates, pictures))
    match format_:
        case DiffFormat.MARKDOWN:
            typer.echo(as_markdown(found), nl=False)
        case DiffFormat.JSON:
            print_json(as_document(found))
        case DiffFormat.GITHUB:
            for line in as_annotations(found):
                typer.echo(line)
    failures = found.failures(gates)
    if failures:
        raise CommandError(f"the change does not pass: {'; '.join(failures)}")


def _gates(names: str) -> list[Gate]:
    try:
        return [Gate(name.strip()) for name in names.split(",") if name.strip()]
    except ValueError as error:
        raise typer.BadParameter(
            f"must be of {', '.join(Gate)}, separated by commas, got {names!r}",
            param_hint="--fail-on",
        ) from error
