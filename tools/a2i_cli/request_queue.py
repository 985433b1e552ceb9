"""`a2i queue`: shows the request queues and redrives dead letters."""

from typing import Annotated, Any

import typer

from a2i_cli.aws import AwsClients, clients_of
from a2i_cli.deployed.deployment import find_deployment
from a2i_cli.deployed.queues import (
    DeadLetter,
    count_messages,
    oldest_message_seconds,
    peek_dead_letters,
    redrive,
)
from a2i_cli.options import JsonOption, StackOption
from a2i_cli.output import note, print_json, print_table, progress

app = typer.Typer(no_args_is_help=True)


@app.command()
def show(
    context: typer.Context,
    *,
    stack: StackOption = None,
    dead_letters: Annotated[
        int, typer.Option(min=0, max=1000, help="So many dead letters, with their errors.")
    ] = 10,
    as_json: JsonOption = False,
) -> None:
    """Show how many requests wait, how long, and why the dead letters failed; never content."""
    clients = clients_of(context)
    deployment = find_deployment(clients, stack)
    queues = [
        _queue("requests", deployment.queue_url, clients),
        _queue("dead letters", deployment.dead_letter_queue_url, clients),
    ]
    letters = list(peek_dead_letters(clients.sqs, deployment.dead_letter_queue_url, dead_letters))
    if as_json:
        print_json({"queues": queues, "deadLetters": [_letter(letter) for letter in letters]})
        return
    print_table(
        ("queue", "waiting", "in work", "delayed", "oldest"),
        (
            (q["queue"], q["visible"], q["inFlight"], q["delayed"], _age(q["oldestSeconds"]))
            for q in queues
        ),
        empty="",
    )
    if dead_letters:
        _show_dead_letters(letters, total=queues[-1]["visible"])


@app.command("redrive")
def redrive_(
    context: typer.Context,
    *,
    stack: StackOption = None,
    per_second: Annotated[
        int | None,
        typer.Option(min=1, max=500, help="Move at most so many a second.", show_default="SQS's"),
    ] = None,
) -> None:
    """Move all dead letters back to the queue, once the cause of their errors is mended."""
    clients = clients_of(context)
    deployment = find_deployment(clients, stack)
    with progress() as on_progress:
        moved = redrive(
            clients.sqs,
            source_url=deployment.dead_letter_queue_url,
            destination_url=deployment.queue_url,
            per_second=per_second,
            on_progress=on_progress,
        )
    note(f"{moved} requests moved back")


def _show_dead_letters(letters: list[DeadLetter], *, total: int) -> None:
    typer.echo()
    print_table(
        ("review", "flow", "sent", "error"),
        ((letter.review_id, letter.flow, letter.sent_at, letter.error) for letter in letters),
        empty="no dead letters",
    )
    if total > len(letters):
        note(f"{len(letters)} of {total} dead letters; --dead-letters NUMBER shows more")


def _queue(title: str, url: str, clients: AwsClients) -> dict[str, Any]:
    counts = count_messages(clients.sqs, url)
    return {
        "queue": title,
        "queueUrl": url,
        "visible": counts.visible,
        "inFlight": counts.in_flight,
        "delayed": counts.delayed,
        "oldestSeconds": oldest_message_seconds(clients.cloudwatch, url),
    }


def _letter(letter: DeadLetter) -> dict[str, Any]:
    return {
        "reviewId": letter.review_id,
        "flow": letter.flow,
        "error": letter.error,
        "sentAt": letter.sent_at,
    }


def _age(seconds: int | None) -> str:
    if seconds is None:
        return "-"
    hours, rest = divmod(seconds, 3600)
    return f"{hours} h {rest // 60} min" if hours else f"{rest // 60} min {rest % 60} s"
