"""`a2i local`: runs a local AWS and prints the environment for other shells."""

import os
import shlex
import time
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from a2i_cli.detached import start_detached
from a2i_cli.failures import CommandError
from a2i_cli.options import JsonOption
from a2i_cli.output import print_json, print_table
from a2i_local.host import LocalAws, LocalAwsError
from a2i_local.host.clients import invitations_of
from a2i_local.host.findable import findable_local_aws
from a2i_local.host.instance import (
    Instance,
    default_directory,
    end_instance,
    running_instance,
)
from a2i_local.host.settings import SHADOWING_VARIABLES, shell_path

app = typer.Typer(help="A local AWS with Amazon A2I in it.", no_args_is_help=True)

_CHECK_SECONDS = 0.5
_END_WITHIN_SECONDS = 15.0


class SignInMode(StrEnum):
    """Sign-in mode of the portal."""

    DEVELOPMENT = "development"
    REQUIRED = "required"


Port = Annotated[
    int | None,
    typer.Option(help="Port for AWS clients; 0: any.  [default: 4566, or the next free one]"),
]
PortalPort = Annotated[
    int | None,
    typer.Option(help="Port of the worker portal; 0: any.  [default: 4580, or the next free one]"),
]
State = Annotated[
    Path | None, typer.Option(file_okay=False, help="Keep resources here across starts.")
]

SignInOption = Annotated[
    SignInMode,
    typer.Option(help="development: ?worker=NAME works as well; required: only who signs in."),
]

DetachOption = Annotated[
    bool, typer.Option("--detach", help="Return once it answers; `a2i local down` ends it.")
]


@app.command()
def up(
    port: Port = None,
    portal_port: PortalPort = None,
    state: State = None,
    *,
    sign_in: SignInOption = SignInMode.DEVELOPMENT,
    detach: DetachOption = False,
) -> None:
    """Run a local AWS until Ctrl-C or `a2i local down`."""
    try:
        if detach:
            instance = start_detached(_options(port, portal_port, state, sign_in))
            _print_addresses(instance.environment, instance.notes, "'a2i local down' ends it")
            return
        with findable_local_aws(
            port, portal_port, state, sign_in_required=sign_in is SignInMode.REQUIRED
        ) as aws:
            _print_addresses(aws.environment, aws.notes, f"log: {aws.log_file}; Ctrl-C ends it")
            _watch(aws)
    except LocalAwsError as error:
        raise CommandError(str(error)) from error
    except KeyboardInterrupt:
        typer.echo("local AWS ended", err=True)


@app.command()
def env(*, as_json: JsonOption = False) -> None:
    """Print what a shell needs: eval "$(a2i local env)"."""
    path = shell_path(os.environ.get("PATH", os.defpath))
    environment = {**_running_or_fail().environment, "PATH": path}
    if as_json:
        print_json(environment)
        return
    shadowing = [name for name in SHADOWING_VARIABLES if name in os.environ]
    if shadowing:
        typer.echo(f"unset {' '.join(shadowing)}")
    for name, value in environment.items():
        typer.echo(f"export {name}={shlex.quote(value)}")


@app.command()
def invitations(*, as_json: JsonOption = False) -> None:
    """Show who may sign in to the portal for the first time, and with which password.

    Cognito would have sent the passwords by e-mail.
    """
    found = invitations_of(_running_or_fail().environment)
    if as_json:
        print_json(found)
        return
    print_table(
        ("e-mail", "user", "temporary password"),
        ((row["email"], row["username"], row["temporaryPassword"]) for row in found),
        empty="nobody is waiting for a first sign-in",
    )


@app.command()
def down() -> None:
    """End the local AWS that `a2i local up` runs."""
    instance = _running_or_fail()
    try:
        end_instance(instance, default_directory(), within_seconds=_END_WITHIN_SECONDS)
    except LocalAwsError as error:
        raise CommandError(str(error)) from error


def _options(
    port: int | None, portal_port: int | None, state: Path | None, sign_in: SignInMode
) -> list[str]:
    """Return the options of `up` once more, for the process that stays."""
    given = {"--port": port, "--portal-port": portal_port, "--state": state}
    options = [f"{name}={value}" for name, value in given.items() if value is not None]
    return [*options, f"--sign-in={sign_in.value}"]


def _print_addresses(environment: Mapping[str, str], notes: Sequence[str], ending: str) -> None:
    for line in notes:
        typer.echo(f"note: {line}")
    typer.echo(f"AWS endpoint   {environment['AWS_ENDPOINT_URL']}")
    typer.echo(f"worker portal  {environment['A2I_PORTAL_URL']}")
    typer.echo(f'in other shells: eval "$(a2i local env)"; {ending}')


def _watch(aws: LocalAws) -> None:
    while True:
        time.sleep(_CHECK_SECONDS)
        aws.check_alive()


def _running_or_fail() -> Instance:
    instance = running_instance(default_directory())
    if instance is None:
        raise CommandError("no local AWS is running: start one with 'a2i local up'")
    return instance
