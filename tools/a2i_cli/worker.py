"""`a2i worker`: adds, lists and removes workers of a stack, and counts what they answer."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from a2i_cli.aws import clients_of
from a2i_cli.deployed.deployment import Deployment, find_deployment
from a2i_cli.deployed.locked_out import let_in, lock_out
from a2i_cli.deployed.worker_stats import groups_of_team, numbers_of, numbers_table
from a2i_cli.deployed.workers import (
    Worker,
    add_worker,
    choose_group,
    groups_of,
    invite_again,
    list_workers,
    remove_worker,
    worker_groups,
)
from a2i_cli.options import JsonOption, StackOption, YesOption, confirm
from a2i_cli.output import note, print_json, print_table

app = typer.Typer(no_args_is_help=True)

_EMAIL_PATTERN = re.compile(r"[^@\s\"\\]+@[^@\s\"\\]+\.[^@\s\"\\]+")


def _check_emails(emails: list[str]) -> list[str]:
    """All of them before anybody is invited or taken out."""
    for email in emails:
        if not _EMAIL_PATTERN.fullmatch(email):
            raise typer.BadParameter(f"an e-mail address is due, got {email!r}")
    return emails


EmailsArgument = Annotated[
    list[str],
    typer.Argument(metavar="EMAIL...", help="Case-sensitive.", callback=_check_emails),
]
GroupOption = Annotated[
    str | None,
    typer.Option(
        "--group", help="The Cognito group of the work team.", show_default="the only one"
    ),
]


@app.command("list")
def list_(
    context: typer.Context, *, stack: StackOption = None, as_json: JsonOption = False
) -> None:
    """List the workers of the work teams that a stack's flows use."""
    clients = clients_of(context)
    deployment = find_deployment(clients, stack)
    groups = worker_groups(deployment)
    workers = list_workers(clients.cognito, groups)
    if as_json:
        print_json([_as_json(worker) for worker in workers])
        return
    print_table(
        ("e-mail", "user", "status", "enabled", "work team", "group"),
        (
            (w.email, w.username, w.status, w.enabled, w.group.workteam_name, w.group.name)
            for w in workers
        ),
        empty="no workers yet: invite one with a2i worker add EMAIL",
    )
    _note_portal(deployment)


@app.command()
def add(
    context: typer.Context,
    emails: EmailsArgument,
    *,
    stack: StackOption = None,
    group: GroupOption = None,
    resend: Annotated[
        bool, typer.Option("--resend", help="Invite users again whose invitation expired.")
    ] = False,
) -> None:
    """Invite people by e-mail to the work team; users that exist are only added to it."""
    clients = clients_of(context)
    deployment = find_deployment(clients, stack)
    chosen = choose_group(worker_groups(deployment), group)
    for email in emails:
        invited = add_worker(clients.cognito, chosen, email)
        let_in(deployment, chosen, email)
        if resend and not invited:
            invite_again(clients.cognito, chosen, email)
        how = "invited" if invited or resend else "added, without a new invitation"
        note(f"{email}: {how}, in group {chosen.name}")
    _note_portal(deployment)


@app.command()
def remove(
    context: typer.Context,
    emails: EmailsArgument,
    *,
    stack: StackOption = None,
    yes: YesOption = False,
) -> None:
    """Remove people from the work team; their users and the answers they gave stay."""
    clients = clients_of(context)
    deployment = find_deployment(clients, stack)
    groups = worker_groups(deployment)
    memberships = {email: groups_of(clients.cognito, groups, email) for email in emails}
    confirm(f"Remove {', '.join(emails)} from {', '.join(g.name for g in groups)}?", yes=yes)
    for email, joined in memberships.items():
        released = 0
        for group in joined:
            # The group goes last: while the person is in it, a command that failed can be repeated.
            released += lock_out(deployment, group, email)
            remove_worker(clients.cognito, group, email)
        back = f"; {released} tasks are back with the team" if released else ""
        note(f"{email}: removed from {', '.join(g.name for g in joined)}{back}")


@app.command()
def stats(
    context: typer.Context,
    *,
    stack: StackOption = None,
    team: Annotated[
        str | None, typer.Option("--team", help="One work team.", show_default="all of them")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show how much workers answered in the last seven days, for human loops in the account."""
    clients = clients_of(context)
    deployment = find_deployment(clients, stack)
    table = numbers_table(deployment)
    groups = groups_of_team(worker_groups(deployment), team)
    now = datetime.now(UTC)
    rows = [
        (worker, numbers_of(clients.dynamodb, table, worker.sub, now))
        for worker in list_workers(clients.cognito, groups)
    ]
    if as_json:
        print_json([{**_as_json(worker), **numbers} for worker, numbers in rows])
        return
    print_table(
        ("e-mail", "work team", "today", "7 days", "median seconds", "agreement %"),
        ((w.email or w.username, w.group.workteam_name, *n.values()) for w, n in rows),
        empty="no workers yet: invite one with a2i worker add EMAIL",
    )


def _note_portal(deployment: Deployment) -> None:
    portal = deployment.parameters.get("portal-url")
    if portal is not None:  # the portal of a team that the stack did not make is not known
        note(f"workers sign in at {portal}")


def _as_json(worker: Worker) -> dict[str, Any]:
    return {
        "email": worker.email,
        "username": worker.username,
        "status": worker.status,
        "enabled": worker.enabled,
        "workteamName": worker.group.workteam_name,
        "group": worker.group.name,
    }
