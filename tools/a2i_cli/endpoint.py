"""`a2i endpoint`: the address of a stack's human loops for programs that call A2I themselves."""

import shlex
from pathlib import Path

import typer

from a2i_cli.aws import clients_of
from a2i_cli.deployed.deployment import find_deployment
from a2i_cli.failures import CommandError
from a2i_cli.options import StackOption

app = typer.Typer(no_args_is_help=True)

MODELS = Path(__file__).parent / "aws_models"
"""Folder for AWS_DATA_PATH: has the SDKs sign calls of A2I's runtime for API Gateway."""


@app.callback()
def _group() -> None:
    """Keep `env` a command of its own while it is the only one."""


@app.command()
def env(context: typer.Context, *, stack: StackOption = None) -> None:
    """Print what boto3 and the AWS CLI need to reach human loops in the account, unmodified.

    Use it as `eval "$(a2i endpoint env)"`.
    """
    deployment = find_deployment(clients_of(context), stack)
    endpoint = deployment.parameters.get("human-loop-endpoint")
    if endpoint is None:
        raise CommandError(
            f"stack {deployment.stack_name} has its human loops in Amazon A2I, which boto3 and the"
            " AWS CLI reach as they are"
        )
    typer.echo(f"export AWS_ENDPOINT_URL_SAGEMAKER_A2I_RUNTIME={shlex.quote(endpoint)}")
    typer.echo(f"export AWS_DATA_PATH={shlex.quote(str(MODELS))}")
