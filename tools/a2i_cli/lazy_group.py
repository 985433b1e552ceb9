"""Loads a group's commands when one of them is asked for, so that each command starts quickly."""

from functools import cache
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup


def lazy_group(module: str) -> typer.Typer:
    """Return a group that stands for `app` of the module, without importing it yet.

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
