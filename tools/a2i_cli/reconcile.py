"""`a2i reconcile`: runs the reconciler now instead of on its schedule."""

from typing import Any

import typer

from a2i_cli.aws import clients_of
from a2i_cli.deployed.deployment import find_deployment
from a2i_cli.deployed.functions import reconcile as run_reconciler
from a2i_cli.failures import CommandError
from a2i_cli.options import FlowOption, JsonOption, StackOption
from a2i_cli.output import note, print_json, print_table


def reconcile(
    context: typer.Context,
    *,
    stack: StackOption = None,
    flow: FlowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Resume stuck reviews, end those whose loop ended unnoticed, delete drained flow definitions.

    Exit code 1 if something could not be done now; the next run tries it again.
    """
    deployment = find_deployment(clients_of(context), stack)
    report = run_reconciler(deployment, flow=flow)
    if not report["openReviews"] and not report["retiredFlowDefinitions"]:
        deployment.refuse_unknown_flow(flow)
    if as_json:
        print_json(report)
    else:
        _show(report)
    failed = [each for each in report["reviews"] if each["action"] == "failed"]
    if failed:
        raise CommandError(
            f"{len(failed)} reviews could not be reconciled, the first one because of:"
            f" {failed[0]['reason']}"
        )


def _show(report: dict[str, Any]) -> None:
    print_table(
        ("review", "flow", "action", "reason"),
        (
            (each["reviewId"], each["flow"], each["action"], each["reason"])
            for each in report["reviews"]
        ),
        empty=f"{report['openReviews']} open reviews, nothing to do about them",
    )
    if report.get("starterResumed"):  # a stack of an earlier version does not say
        note("the starter takes requests again: a destroy guard that was killed had paused it")
    for each in report["retiredFlowDefinitions"]:
        state = "deleted" if each["deleted"] else f"retired, {each['pending']} human loops pending"
        note(f"flow definition {each['name']}: {state}")
