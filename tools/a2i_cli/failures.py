"""How a command fails: one line on stderr and exit code 1, whatever went wrong on the way.

Exit codes: 0 done, 1 an expected failure, 2 a wrong command line.
"""

from typing import Any

import typer
from typer.core import TyperGroup


class CommandError(Exception):
    """A command cannot do what it was asked; the message says why and what to do."""


class OperatorGroup(TyperGroup):
    """A group of commands whose expected failures end in one line instead of a traceback.

    Expected is a CommandError and whatever AWS or the way to it refuses; anything else is a
    fault of the program and keeps its traceback.
    """

    def invoke(self, ctx: Any) -> Any:  # typer brings its own copy of click from 0.26 on
        """Run the command that the command line names."""
        try:
            return super().invoke(ctx)
        except CommandError as error:
            raise _exit_with(str(error)) from error
        except Exception as error:
            message = _aws_message(error)
            if message is None:
                raise
            raise _exit_with(message) from error


def _exit_with(message: str) -> typer.Exit:
    typer.echo(f"error: {' '.join(message.split())}", err=True)
    return typer.Exit(1)


def _aws_message(error: Exception) -> str | None:
    """Return the line for an error of botocore, None for any other."""
    if not type(error).__module__.startswith(("botocore", "boto3")):
        return None
    from a2i_cli.aws_errors import explain  # noqa: PLC0415 -- imports botocore, loaded by now

    return explain(error)
