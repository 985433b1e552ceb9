"""`a2i preflight`: checks the account against the settings before a deployment."""

from pathlib import Path
from typing import Annotated

import typer

from a2i_cli.aws import clients_of
from a2i_cli.deployed.deployment import refuse_impossible_name
from a2i_cli.failures import CommandError
from a2i_cli.options import JsonOption, StackOption
from a2i_cli.output import print_json, print_table
from a2i_cli.project import read_bootstrap_qualifier, read_settings

DEFAULT_STACK_NAME = "HumanReview"


def preflight(
    context: typer.Context,
    stack: StackOption = None,
    *,
    stage: Annotated[
        str | None, typer.Option(help="Lay this stage of cdk.json over it.", show_default=False)
    ] = None,
    over: Annotated[
        list[str] | None,
        typer.Option(
            "--context",
            "-c",
            metavar="KEY=VALUE",
            help="Context that you will pass to cdk deploy; can be given again.",
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check account, region, CDK bootstrap, workforce, team, key and buckets against cdk.json.

    Without a cdk.json that has the context a2i: against what an app of your own has deployed as
    --stack.  Nothing is changed.  Exit code 1 if something would make the deployment or reviews
    fail.
    """
    from a2i_cli.preflight_checks.run import run_checks  # noqa: PLC0415 -- imports botocore

    clients = clients_of(context)
    settings = read_settings(Path.cwd(), stage, _pairs(over or []))
    if settings is None and (stack is None or stage is not None):
        raise CommandError(
            "no cdk.json with context a2i in or above this folder: run it in a project, or name the"
            " stack of an app of your own with --stack"
        )
    name = stack or str((settings or {}).get("stackName", DEFAULT_STACK_NAME))
    refuse_impossible_name(name)
    qualifier = read_bootstrap_qualifier(Path.cwd())
    findings = list(run_checks(clients, settings, name, qualifier=qualifier))
    if as_json:
        print_json([finding.as_json() for finding in findings])
    else:
        print_table(
            ("check", "result", "finding", "remedy"),
            ((f.check, f.severity, f.message, f.remedy) for f in findings),
            empty="",
        )
    wrong = sum(finding.severity == "error" for finding in findings)
    if wrong:
        raise CommandError(f"{wrong} of {len(findings)} findings must be mended before deploying")


def _pairs(context: list[str]) -> dict[str, str]:
    pairs = [each.partition("=") for each in context]
    for key, equals, value in pairs:
        if not key or not equals:
            raise typer.BadParameter(
                f"must be KEY=VALUE, got {key + equals + value!r}", param_hint="--context"
            )
    return {key: value for key, _, value in pairs}
