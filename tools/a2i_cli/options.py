"""Command-line options shared by several commands."""

from typing import Annotated

import typer

from a2i_cli.failures import CommandError
from a2i_cli.output import note

StackOption = Annotated[
    str | None,
    typer.Option(
        "--stack",
        envvar="A2I_STACK",
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
    """Ask on stderr unless `yes`.

    Raises:
        CommandError: the answer is not a yes, or nobody is there to give one.
    """
    if yes:
        return
    try:
        agreed = typer.confirm(question, err=True)
    except typer.Abort:
        note("")  # the question's line has no answer that would end it
        agreed = False
    if not agreed:
        raise CommandError("nothing was changed, for want of a yes: --yes skips the question")
