"""`a2i flow`: lists flow definitions, discards pending reviews, prunes leftovers."""

from collections import Counter
from typing import Annotated, Any

import typer

from a2i_cli.aws import clients_of
from a2i_cli.deployed.deployment import Deployment, find_deployment
from a2i_cli.deployed.discarding import Pending, discard, find_pending
from a2i_cli.deployed.flow_definitions import FlowDefinition, flow_definitions
from a2i_cli.deployed.functions import reconcile
from a2i_cli.deployed.human_loops import pending_loops
from a2i_cli.deployed.pruning import delete_leftovers, find_leftovers
from a2i_cli.deployed.queues import count_messages, purge
from a2i_cli.flow_import import import_
from a2i_cli.options import FlowOption, JsonOption, StackOption, YesOption, confirm
from a2i_cli.output import note, print_json, print_table, progress

app = typer.Typer(no_args_is_help=True)
app.command("import")(import_)


@app.command("list")
def list_(
    context: typer.Context,
    *,
    stack: StackOption = None,
    flow: FlowOption = None,
    as_json: JsonOption = False,
) -> None:
    """List flow definitions with the human loops that each has pending.

    New reviews start on the current one of a flow.  A retired one goes when it has none pending.
    """
    deployment = find_deployment(clients_of(context), stack)
    rows = []
    with progress() as on_progress:
        for definition in flow_definitions(deployment, flow):
            on_progress(f"counting the human loops of {definition.name}")
            rows.append((definition, sum(1 for _ in pending_loops(deployment, definition))))
    if as_json:
        print_json([_as_json(definition, pending) for definition, pending in rows])
        return
    print_table(
        ("flow", "flow definition", "role", "status", "pending", "created"),
        (
            (row.flow, row.name, _role(row), row.status, pending, row.created_at)
            for row, pending in rows
        ),
        empty=f"stack {deployment.stack_name} has no flow definitions",
    )


@app.command()
def discard_pending(
    context: typer.Context,
    *,
    stack: StackOption = None,
    flow: FlowOption = None,
    queued: Annotated[
        bool,
        typer.Option("--queued", help="Drop the requests in both queues too, of all flows."),
    ] = False,
    timeout: Annotated[
        float, typer.Option(min=1, metavar="SECONDS", help="Give up waiting.")
    ] = 900,
    yes: YesOption = False,
) -> None:
    """Stop every pending human loop of a stack and wait until their ends are recorded.

    Reviews whose loop has not started yet are ended too.  After it, and with both queues empty,
    `cdk destroy` is allowed.  Reviews that workers finish in between keep their answers.
    """
    deployment = find_deployment(clients_of(context), stack)
    definitions = flow_definitions(deployment, flow)

    def look() -> Pending:
        return find_pending(deployment, definitions, flow)

    pending = look()
    waiting = _waiting_requests(deployment)
    _show(definitions, pending, waiting, queued=queued)
    dropped = sum(waiting.values()) if queued else 0
    confirm(f"Stop {len(pending.loops)} human loops and drop {dropped} requests?", yes=yes)
    for url in waiting if queued else ():
        purge(deployment.clients.sqs, url)
    if pending.starting:
        reconcile(deployment, flow=flow, discard_starting=True)
    with progress() as on_progress:
        stopped = discard(
            look, deployment.clients.a2i, timeout_seconds=timeout, on_progress=on_progress
        )
    note(f"{stopped} human loops stopped, {dropped} requests dropped")


@app.command()
def prune(
    context: typer.Context,
    *,
    stack: StackOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Delete work teams and groups that updates of a stack replaced and left behind.

    A team stays for as long as a flow definition names it, a retired one too: the reconciler
    deletes that when its reviews have ended.  Users of a deleted group stay in the pool.
    """
    deployment = find_deployment(clients_of(context), stack)
    leftovers = find_leftovers(deployment)
    rows = [
        *(("work team", team.name, team.arn) for team in leftovers.teams),
        *(("group", group.name, group.user_pool_id) for group in leftovers.groups),
    ]
    if rows:
        for kind, name, place in rows:
            note(f"{kind} {name} ({place}): deleted")
        confirm(
            f"Delete {len(leftovers.teams)} work teams, {len(leftovers.groups)} groups?", yes=yes
        )
        delete_leftovers(deployment, leftovers)
    if as_json:
        print_json(
            {
                "workteams": [team.arn for team in leftovers.teams],
                "groups": [
                    {"userPoolId": group.user_pool_id, "groupName": group.name}
                    for group in leftovers.groups
                ],
            }
        )
    elif not rows:
        note(f"stack {deployment.stack_name} left nothing behind that could be deleted now")


def _waiting_requests(deployment: Deployment) -> dict[str, int]:
    """Return how many requests wait in the queue and in the dead-letter queue, by URL."""
    urls = (deployment.queue_url, deployment.dead_letter_queue_url)
    return {url: count_messages(deployment.clients.sqs, url).total for url in urls}


def _show(
    definitions: list[FlowDefinition], pending: Pending, waiting: dict[str, int], *, queued: bool
) -> None:
    """Show on stderr what is pending and what becomes of it."""
    by_definition = Counter(loop.flow_definition_arn for loop in pending.loops)
    for definition in definitions:
        count = by_definition[definition.arn]
        note(f"{count:>6}  human loops of {definition.name} ({_role(definition)}): stopped")
    for url, count in waiting.items():
        what = "dropped" if queued else "kept; --queued drops them"
        note(f"{count:>6}  requests in {url.rpartition('/')[2]}: {what}")
    note(f"{pending.starting:>6}  reviews Starting: ended before their human loop starts")


def _role(definition: FlowDefinition) -> str:
    return "current" if definition.current else "retired"


def _as_json(definition: FlowDefinition, pending: int) -> dict[str, Any]:
    return {
        "flow": definition.flow,
        "flowDefinitionName": definition.name,
        "flowDefinitionArn": definition.arn,
        "flowDefinitionStatus": definition.status,
        "current": definition.current,
        "pending": pending,
        "creationTime": definition.created_at,
    }
