"""`a2i loop`: lists, starts, stops and deletes human loops in A2I."""

import itertools
from pathlib import Path
from typing import Annotated, Any

import typer

from a2i_cli.aws import clients_of
from a2i_cli.deployed.deployment import find_deployment
from a2i_cli.deployed.flow_definitions import flow_definitions
from a2i_cli.deployed.functions import request_from_files, send_request
from a2i_cli.deployed.human_loops import describe_loop_of_stack, list_loops_of_all, wait_until_final
from a2i_cli.deployed.ledger import Ledger
from a2i_cli.failures import CommandError
from a2i_cli.options import FlowOption, JsonOption, StackOption, YesOption, confirm
from a2i_cli.output import note, print_fields, print_json, print_table, progress
from a2i_client.documents import read_json
from a2i_core.statuses import OPEN_LOOP_STATUSES, HumanLoopStatus

app = typer.Typer(no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The human loop's name.")]


@app.command("list")
def list_(
    context: typer.Context,
    *,
    stack: StackOption = None,
    flow: FlowOption = None,
    status: Annotated[
        HumanLoopStatus | None, typer.Option(help="Only loops in this status.", show_default=False)
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="At most so many.", show_default="all")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the human loops of a stack, newest first, those of retired flow definitions included."""
    deployment = find_deployment(clients_of(context), stack)
    loops = list_loops_of_all(deployment.clients.a2i, flow_definitions(deployment, flow))
    chosen = itertools.islice((loop for loop in loops if status in (None, loop.status)), limit)
    if as_json:
        print_json([loop.as_json() for loop in chosen])
        return
    print_table(
        ("human loop", "status", "created", "flow definition", "failure"),
        (
            (
                loop.name,
                loop.status,
                loop.created_at,
                loop.flow_definition_arn.rpartition("/")[2],
                loop.failure_reason,
            )
            for loop in chosen
        ),
        empty=f"stack {deployment.stack_name} has no such human loops",
    )


@app.command()
def show(context: typer.Context, name: NameArgument, *, as_json: JsonOption = False) -> None:
    """Show one human loop; never the content under review."""
    loop = clients_of(context).a2i.describe_human_loop(HumanLoopName=name)
    fields = _fields(loop)
    if as_json:
        print_json(fields)
    else:
        print_fields(fields)


@app.command()
def start(
    context: typer.Context,
    *,
    request: Annotated[
        Path | None,
        typer.Option(help="JSON file with the whole request; - reads stdin.", show_default=False),
    ] = None,
    review_id: Annotated[
        str | None,
        typer.Option(help="The review's id; the same one twice is one review.", show_default=False),
    ] = None,
    input_: Annotated[
        Path | None,
        typer.Option("--input", help="JSON file: what the template reads.", show_default=False),
    ] = None,
    prediction: Annotated[
        Path | None,
        typer.Option(help="JSON file: what the model predicted.", show_default=False),
    ] = None,
    flow: Annotated[str | None, typer.Option(help="The flow.", show_default="the only one")] = None,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send a prediction to the starter, which decides whether a person must see it."""
    deployment = find_deployment(clients_of(context), stack)
    answer = send_request(
        deployment.clients.lambda_,
        deployment.starter_function_name,
        request_from_files(request, review_id, input_, prediction, flow),
    )
    if as_json:
        print_json(answer)
    else:
        print_fields({**answer, "reasons": "; ".join(answer.get("reasons", []))})


@app.command()
def stop(
    context: typer.Context, name: NameArgument, *, stack: StackOption = None, yes: YesOption = False
) -> None:
    """Stop a human loop: nobody can open it any more; an answer being written still counts."""
    deployment = find_deployment(clients_of(context), stack)
    loop = describe_loop_of_stack(deployment, name)
    if loop["HumanLoopStatus"] != "InProgress":
        raise CommandError(
            f"human loop {name!r} is {loop['HumanLoopStatus']}: only one that is InProgress stops"
        )
    confirm(f"Stop human loop {name}? Its review ends without an answer.", yes=yes)
    deployment.clients.a2i.stop_human_loop(HumanLoopName=name)
    note(f"{name} is stopping; follow it with: a2i loop wait {name}")


@app.command()
def delete(
    context: typer.Context, name: NameArgument, *, stack: StackOption = None, yes: YesOption = False
) -> None:
    """Remove a finished human loop from A2I; answers in S3 and the ledger stay."""
    deployment = find_deployment(clients_of(context), stack)
    loop = describe_loop_of_stack(deployment, name)
    if loop["HumanLoopStatus"] in OPEN_LOOP_STATUSES:
        raise CommandError(
            f"human loop {name!r} is {loop['HumanLoopStatus']}: only Completed, Failed and Stopped"
            f" ones can be deleted: run a2i loop stop {name} first, or wait"
        )
    review = Ledger(deployment.clients.dynamodb, deployment.ledger_table).get(name)
    if review and review["open"]:
        raise CommandError(
            f"the ledger has not recorded the end of human loop {name!r} yet (it says"
            f" {review['status']}): wait until a2i review list does not show it any more"
        )
    confirm(f"Delete human loop {name} from A2I?", yes=yes)
    deployment.clients.a2i.delete_human_loop(HumanLoopName=name)
    note(f"{name} is deleted")


@app.command()
def wait(
    context: typer.Context,
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Human loops.")],
    *,
    timeout: Annotated[
        float | None, typer.Option(min=1, metavar="SECONDS", help="Give up.", show_default="never")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Wait until human loops are final; exit code 1 if one of them is not Completed."""
    with progress() as on_progress:
        loops = wait_until_final(
            clients_of(context).a2i, names, timeout_seconds=timeout, on_progress=on_progress
        )
    if as_json:
        print_json([_fields(loop) for loop in loops.values()])
    else:
        rows = [(name, loop["HumanLoopStatus"]) for name, loop in loops.items()]
        print_table(("human loop", "status"), rows, empty="nothing to wait for")
    unanswered = [n for n, loop in loops.items() if loop["HumanLoopStatus"] != "Completed"]
    if unanswered:
        raise CommandError(
            f"{len(unanswered)} of {len(loops)} human loops ended without answers:"
            f" {', '.join(unanswered)}: see a2i loop show NAME"
        )


@app.command()
def result(context: typer.Context, name: NameArgument, *, as_json: JsonOption = False) -> None:
    """Print what A2I wrote for a completed human loop: the input and each worker's answer."""
    clients = clients_of(context)
    loop = clients.a2i.describe_human_loop(HumanLoopName=name)
    if loop["HumanLoopStatus"] != "Completed":
        raise CommandError(
            f"human loop {name!r} is {loop['HumanLoopStatus']}: only a Completed one has a result"
        )
    output = read_json(clients.s3, loop["HumanLoopOutput"]["OutputS3Uri"])
    if as_json:
        print_json(output)
        return
    for answer in output["humanAnswers"]:
        print_fields(
            {
                "worker": answer.get("workerId"),
                "submitted": answer.get("submissionTime"),
                **answer["answerContent"],
            }
        )


def _fields(loop: Any) -> dict[str, Any]:
    """Return a described loop under the names of A2I's events."""
    return {
        "humanLoopName": loop["HumanLoopName"],
        "humanLoopArn": loop["HumanLoopArn"],
        "humanLoopStatus": loop["HumanLoopStatus"],
        "creationTime": loop["CreationTime"],
        "flowDefinitionArn": loop["FlowDefinitionArn"],
        "failureCode": loop.get("FailureCode"),
        "failureReason": loop.get("FailureReason"),
        "outputS3Uri": loop.get("HumanLoopOutput", {}).get("OutputS3Uri"),
    }
