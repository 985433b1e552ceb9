"""Exit behaviour of commands: every failure is one line on stderr.

Exit codes: 0 done, 1 an expected failure, 2 a wrong command line, 130 Ctrl-C.
"""

import sys
from typing import Any

import typer
from typer.core import TyperGroup

from a2i_client.errors import ReviewsError

# typer has no public name for it, and brings its own copy of click from 0.26 on.
_UsageError: type[Any] = typer.BadParameter.__mro__[1]


class CommandError(Exception):
    """A command cannot do what it was asked; the message says why and what to do."""


class OperatorGroup(TyperGroup):
    """A group of commands whose expected failures end in one line instead of a traceback.

    Expected is a wrong command line, a CommandError, a package that is not installed, and
    whatever AWS, the way to it or the operating system refuses; anything else is a fault of the
    program and keeps its traceback.
    """

    def main(self, *args: Any, **options: Any) -> Any:
        """Run the command line, and end the process unless `standalone_mode` is off."""
        ends_process = options.pop("standalone_mode", True)
        options["standalone_mode"] = False
        if not ends_process:
            return super().main(*args, **options)
        try:
            exit_code = super().main(*args, **options)
        except _UsageError as error:
            message = _wrong_command_line(error)
            if message:  # empty where the help was asked for by naming no command
                _print_error(message)
            exit_code = error.exit_code
        sys.exit(exit_code)

    def invoke(self, ctx: Any) -> Any:
        """Run the command that the command line names."""
        try:
            return super().invoke(ctx)
        except (CommandError, ReviewsError) as error:
            raise _exit_with(str(error)) from error
        except BrokenPipeError:
            raise  # typer ends quietly when `| head` has read enough
        except Exception as error:
            message = _aws_message(error) or _system_message(error) or _missing_package(error)
            if message is None:
                raise
            raise _exit_with(message) from error


def _exit_with(message: str) -> typer.Exit:
    _print_error(message)
    return typer.Exit(1)


def _print_error(message: str) -> None:
    typer.echo(f"error: {' '.join(message.split())}", err=True)


def _wrong_command_line(error: Any) -> str:
    """Return what is wrong with the command line, the value, and where its help is."""
    cause = error.__cause__
    if hasattr(cause, "errors"):  # pydantic's, behind typer from 0.26 on
        error.message = _refused_value(cause.errors()[0])
    words = error.format_message().strip().rstrip(".")
    if not words:
        return ""
    where = f": see {error.ctx.command_path} --help" if error.ctx else ""
    return f"{words[0].lower()}{words[1:]}{where}"


def _refused_value(refusal: dict[str, Any]) -> str:
    words: str = refusal["msg"]
    if refusal["type"] == "value_error":  # typer's own words, which name the value
        return words.removeprefix("Value error, ")
    return f"{words[0].lower()}{words[1:]}, got {refusal['input']!r}"


def _aws_message(error: Exception) -> str | None:
    """Return the line for an error of botocore, None for any other."""
    if not type(error).__module__.startswith(("botocore", "boto3")):
        return None
    from a2i_cli.aws_errors import explain  # noqa: PLC0415 -- imports botocore, loaded by now

    return explain(error)


def _missing_package(error: Exception) -> str | None:
    """Return the line for a package that is not installed, None for any other error."""
    if not isinstance(error, ModuleNotFoundError):
        return None
    package = str(error.name).partition(".")[0]
    extra = "cli" if package in {"boto3", "botocore"} else "local"
    return f"{package} is not installed: pip install 'a2i-constructs[{extra}]'"


def _system_message(error: Exception) -> str | None:
    """Return the line for what the operating system refused, None for any other error."""
    if not isinstance(error, OSError):
        return None
    words = error.strerror or str(error)
    return words if error.filename is None else f"{error.filename}: {words}"
