"""The `a2i` command."""

from functools import cache
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from a2i_cli.failures import OperatorGroup
from a2i_cli.init import app as init_app
from a2i_cli.preflight import preflight
from a2i_cli.reconcile import reconcile


def lazy_group(module: str) -> typer.Typer:
    """Return a group of the commands in the module's `app`, imported on first use.

    The group's name and help are given where it is added; a callback of `app` is not run.
    """

    class LazyGroup(TyperGroup):
        """Its context is Any because typer brings its own copy of click from 0.26 on."""

        def list_commands(self, ctx: Any) -> list[str]:
            return _load(module).list_commands(ctx)

        def get_command(self, ctx: Any, cmd_name: str) -> Any:
            return _load(module).get_command(ctx, cmd_name)

    return typer.Typer(cls=LazyGroup, no_args_is_help=True)


@cache
def _load(module: str) -> TyperGroup:
    return typer.main.get_group(import_module(module).app)


_GROUPS = {
    "template": ("a2i_cli.template", "Check, render, preview templates."),
    "local": ("a2i_cli.local", "Run the embedded local AWS."),
    "loop": ("a2i_cli.loop", "Human loops, as A2I knows them."),
    "review": ("a2i_cli.review", "Reviews, as the ledger knows them."),
    "flow": ("a2i_cli.flow", "Flow definitions, current and retired."),
    "queue": ("a2i_cli.request_queue", "Requests that wait or could not start."),
    "stack": ("a2i_cli.stack", "What a change of the stack does."),
    "endpoint": ("a2i_cli.endpoint", "Human loops in the account, for programs."),
    "worker": ("a2i_cli.worker", "Who may answer reviews."),
}

app = typer.Typer(
    name="a2i",
    cls=OperatorGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for _name, (_module, _help) in _GROUPS.items():
    app.add_typer(lazy_group(_module), name=_name, help=_help)
app.add_typer(init_app, name="init")
app.command()(preflight)
app.command()(reconcile)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 -- typer calls it so
    if wanted:
        typer.echo(f"a2i {version('a2i-constructs')}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    show_version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Human review with Amazon Augmented AI custom task types."""
