"""Options that several commands share, so that they read the same everywhere."""

from typing import Annotated

import typer

StackOption = Annotated[
    str | None,
    typer.Option(
        "--stack",
        metavar="NAME",
        help="The deployed stack.",
        show_default="the one that cdk.json names",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, nothing else, on stdout.")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
FlowOption = Annotated[
    str | None, typer.Option("--flow", metavar="FLOW", help="Only this flow.", show_default=False)
]


def confirm(question: str, *, yes: bool) -> None:
    """Ask on stderr unless `yes`; anything but a yes ends the command with exit code 1."""
    if not yes:
        typer.confirm(question, abort=True, err=True)
