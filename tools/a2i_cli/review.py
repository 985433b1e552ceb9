"""`a2i review`: shows, lists and erases reviews of the ledger."""

from typing import Annotated

import typer

from a2i_cli.aws import clients_of
from a2i_cli.deployed.comments import comments_on
from a2i_cli.deployed.deployment import Deployment, find_deployment
from a2i_cli.deployed.erasure import plan_erasure
from a2i_cli.deployed.ledger import Ledger, Review, find_review, list_reviews
from a2i_cli.failures import CommandError
from a2i_cli.options import FlowOption, JsonOption, StackOption, YesOption, confirm
from a2i_cli.output import note, print_fields, print_json, print_table
from a2i_client.documents import read_json
from a2i_core.statuses import ReviewStatus

app = typer.Typer(no_args_is_help=True)

OPEN_STATUSES = (ReviewStatus.STARTING, ReviewStatus.IN_PROGRESS)

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="The reviewId of the request.")]
WhichFlowOption = Annotated[
    str | None,
    typer.Option("--flow", help="The review's flow.", show_default="the one that has it"),
]


@app.command("list")
def list_(
    context: typer.Context,
    *,
    stack: StackOption = None,
    flow: FlowOption = None,
    status: Annotated[
        ReviewStatus | None,
        typer.Option(help="Only this status; a final one implies --all.", show_default=False),
    ] = None,
    finished_too: Annotated[
        bool, typer.Option("--all", help="Finished ones too; reads the whole ledger.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List the reviews that are open, oldest first."""
    deployment = find_deployment(clients_of(context), stack)
    ledger = _ledger(deployment)
    finished_too = finished_too or status not in (None, *OPEN_STATUSES)
    found = list_reviews(ledger, flow=flow, status=status, finished_too=finished_too)
    reviews = sorted(found, key=lambda review: str(review["startedAt"]))
    if not reviews:
        deployment.refuse_unknown_flow(flow)
    if as_json:
        print_json(reviews)
        return
    print_table(
        ("review", "flow", "status", "started", "finished", "why"),
        ([*_columns(review), "; ".join(review["reasons"])] for review in reviews),
        empty="no reviews" if finished_too else "no open reviews; finished ones show with --all",
    )


@app.command()
def show(
    context: typer.Context,
    review_id: IdArgument,
    *,
    stack: StackOption = None,
    flow: WhichFlowOption = None,
    answer: Annotated[
        bool, typer.Option("--answer", help="Read result.json and show the answer too.")
    ] = False,
    comments: Annotated[
        bool,
        typer.Option(
            "--comments", help="Read what reviewers wrote when they flagged or declined the task."
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show one review; answer and comments, which are content, only on request."""
    deployment = find_deployment(clients_of(context), stack)
    key, entry = find_review(deployment, _ledger(deployment), review_id, flow)
    if entry is None:
        raise CommandError(
            f"no review {review_id!r} of flow {key.flow!r} in the ledger of"
            f" {deployment.stack_name}: check the id and --flow"
        )
    document = {**entry, **(_answer(deployment, entry) if answer else {})}
    if comments:
        written = comments_on(deployment.clients.s3, deployment.input_bucket, key.human_loop_name)
        document["comments"] = list(written)
    if as_json:
        print_json(document)
    else:
        print_fields(document)


@app.command()
def erase(
    context: typer.Context,
    review_id: IdArgument,
    *,
    stack: StackOption = None,
    flow: WhichFlowOption = None,
    yes: YesOption = False,
) -> None:
    """Erase a finished review: request, result, A2I's output and loop, ledger entry.

    All versions of the objects go.  The caller's own objects that the request refers to stay.
    """
    deployment = find_deployment(clients_of(context), stack)
    ledger = _ledger(deployment)
    key, entry = find_review(deployment, ledger, review_id, flow)
    erasure = plan_erasure(deployment, ledger, key, entry)
    confirm(f"Erase review {review_id} of flow {key.flow} for good?", yes=yes)
    erased = list(erasure.run())
    if not erased:
        raise CommandError(
            f"nothing of review {review_id!r} of flow {key.flow!r} was found: check the id and"
            " --flow, unless it was erased before"
        )
    print_table(
        ("erased", "where", "versions"),
        ((thing.what, thing.where, thing.versions) for thing in erased),
        empty="",
    )
    note("objects of yours that the request referred to are untouched")


def _ledger(deployment: Deployment) -> Ledger:
    return Ledger(deployment.clients.dynamodb, deployment.ledger_table)


def _columns(review: Review) -> list[object]:
    names = ("reviewId", "flow", "status", "startedAt", "finishedAt")
    return [review.get(name) for name in names]


def _answer(deployment: Deployment, entry: Review) -> Review:
    """Return the part of result.json that holds content."""
    if not entry.get("resultUri"):
        raise CommandError(
            f"review {entry['reviewId']!r} is {entry['status']}: it has no result yet"
        )
    result = read_json(deployment.clients.s3, entry["resultUri"])
    return {name: result.get(name) for name in ("answer", "changes", "prediction")}
