"""`a2i local`: runs a local AWS and prints the environment for other shells."""

import os
import shlex
import signal
import time
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer

from a2i_cli.failures import CommandError
from a2i_cli.options import JsonOption
from a2i_cli.output import print_json, print_table
from a2i_local.cdk_bootstrap import create_bootstrap, default_bootstrap
from a2i_local.host import LocalAws, LocalAwsError
from a2i_local.host.clients import invitations_of
from a2i_local.host.instance import (
    Instance,
    announced,
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


Port = Annotated[int | None, typer.Option(help="Port for AWS clients.  [default: any free one]")]
PortalPort = Annotated[
    int | None, typer.Option(help="Port of the worker portal.  [default: any free one]")
]
State = Annotated[
    Path | None, typer.Option(file_okay=False, help="Keep resources here across starts.")
]

SignInOption = Annotated[
    SignInMode,
    typer.Option(help="development: ?worker=NAME works as well; required: only who signs in."),
]


@app.command()
def up(
    port: Port = None,
    portal_port: PortalPort = None,
    state: State = None,
    *,
    sign_in: SignInOption = SignInMode.DEVELOPMENT,
) -> None:
    """Run a local AWS until Ctrl-C or `a2i local down`."""
    if running_instance(default_directory()) is not None:
        raise CommandError(
            "a local AWS is running already: 'a2i local env' shows it, 'a2i local down' ends it"
        )
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with (
            LocalAws.start(
                port, portal_port, state, sign_in_required=sign_in is SignInMode.REQUIRED
            ) as aws,
            announced(aws.environment, default_directory()),
            aws,  # ends before it is no longer announced: who calls `down` waits for that
        ):
            endpoint = aws.endpoint
            create_bootstrap(default_bootstrap(endpoint.account, endpoint.region), aws.environment)
            _print_addresses(aws)
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


def _print_addresses(aws: LocalAws) -> None:
    for line in aws.notes:
        typer.echo(f"note: {line}")
    typer.echo(f"AWS endpoint   {aws.endpoint.url}")
    typer.echo(f"worker portal  {aws.portal_url}")
    typer.echo(f"log            {aws.log_file}")
    typer.echo('in other shells: eval "$(a2i local env)"; Ctrl-C ends it')


def _watch(aws: LocalAws) -> None:
    while True:
        time.sleep(_CHECK_SECONDS)
        aws.check_alive()


def _running_or_fail() -> Instance:
    instance = running_instance(default_directory())
    if instance is None:
        raise CommandError("no local AWS is running: start one with 'a2i local up'")
    return instance


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
