"""`make smoke-aws`: run the smoke test in the account at hand, after saying what it costs."""

import json
import subprocess
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from a2i_cli.aws import AwsClients
from a2i_cli.failures import CommandError, OperatorGroup
from a2i_cli.smoke.run import STACK, Account, run_smoke_test
from a2i_cli.smoke.workforce import workforce_context
from a2i_local.cdk_cli import python_app

_ROOT = Path(__file__).parents[3]
_CDK = Path("node_modules", ".bin", "cdk")
_WHAT_HAPPENS = """This deploys the stack {stack} into account {account}, region {region}.
It costs a few cents: one human review at your rate for Amazon A2I, a KMS key for the hours that it
exists (1 USD a month), and less than a cent for everything else. It is destroyed at the end;
the key stays for its waiting period of 7 days or more, and is not billed for it."""


app = typer.Typer(cls=OperatorGroup, add_completion=False)


@app.callback()
def smoke() -> None:
    """Smoke test of an account that is a customer of Amazon A2I."""


@app.command()
def run(
    *,
    worker: Annotated[
        str | None, typer.Option(help="E-mail address of the person who answers.")
    ] = None,
    group: Annotated[
        list[str] | None, typer.Option(help="Group of the identity provider, if there is one.")
    ] = None,
    minutes: Annotated[float, typer.Option(help="How long to wait for the answer.", min=1)] = 60,
    stack: Annotated[str, typer.Option(help="Name of the throw-away stack.")] = STACK,
    report: Annotated[Path, typer.Option(dir_okay=False)] = Path("build/smoke-aws.json"),
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Deploy, have one review answered, compare with what is known of A2I, destroy."""
    clients = AwsClients()
    account = clients.sts.get_caller_identity()["Account"]
    region = clients.session.region_name
    typer.echo(_WHAT_HAPPENS.format(stack=stack, account=account, region=region))
    workforce = workforce_context(clients.sagemaker, worker, group or ())
    if not yes:
        typer.confirm("Go on?", abort=True)
    found = run_smoke_test(
        Account(clients, _cdk, partial(_ask, minutes), 60 * minutes),
        workforce,
        worker=worker,
        say=typer.echo,
        stack=stack,
    )
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    typer.echo(f"{'passed' if found['passed'] else 'FAILED'}; the report is in {report}")
    raise typer.Exit(0 if found["passed"] else 1)


def _ask(minutes: float, portal: str) -> None:
    typer.echo(f"Answer the task at {portal} within {minutes:.0f} minutes.")


def _cdk(verb: str, stack: str, context: Mapping[str, str]) -> None:
    options = {"deploy": "--require-approval=never", "destroy": "--force"}
    settings = [f"--context={name}={value}" for name, value in context.items()]
    command = [str(_ROOT / _CDK), "--no-notices", f"--app={python_app()}", verb, options[verb]]
    done = subprocess.run([*command, *settings, stack], cwd=_ROOT, check=False)  # noqa: S603 - the project's own CLI
    if done.returncode:
        raise CommandError(
            f"cdk {verb} ended with exit status {done.returncode}: see its last lines"
        )


if __name__ == "__main__":
    app()
