"""`python -m a2i_cli.demo`: what `make demo` and `make local` run."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from a2i_cli.demo.clients import Clients
from a2i_cli.demo.empty_buckets import empty_buckets
from a2i_cli.demo.failures import failures_in_one_line
from a2i_cli.demo.portal_client import PortalClient
from a2i_cli.demo.report import show_results, write_results
from a2i_cli.demo.reviewers import answer_open_tasks
from a2i_cli.demo.reviews import Review, read_requests, send, wait_for_results
from a2i_cli.demo.stack import DemoStack
from a2i_local.host import LocalAws
from a2i_local.host.administration import invitations_of

ROOT = Path(__file__).parents[3]
PREDICTIONS = ROOT / "worker_templates" / "sentiment_review.predictions.jsonl"
WORKERS = ("alice@example.com", "bob@example.com")
app = typer.Typer(add_completion=False, no_args_is_help=True)
console = Console()

BuildOption = Annotated[
    Path, typer.Option(file_okay=False, help="the folder for cdk.out and results.json")
]


@app.command()
def run(build: BuildOption = Path("build/demo")) -> None:
    """Deploy, send predictions, answer as two reviewers, show the results, destroy."""
    with failures_in_one_line(), _deployed(build) as (stack, clients, local):
        outputs = clients.stack_outputs(stack.name)
        reviews = _send_predictions(clients, outputs)
        _answer(local, reviews)
        _wait(clients, outputs, reviews)
        show_results(console, reviews)
        write_results(reviews, build / "results.json")
        console.print(f"wrote {build / 'results.json'}")
        with console.status("destroying"):
            empty_buckets(clients.cloudformation, clients.s3, stack.name)
            stack.destroy()
        console.print(f"destroyed {stack.name}")


@app.command()
def stay(build: BuildOption = Path("build/demo")) -> None:
    """Deploy, send predictions, and stay, so that people answer in a browser."""
    with failures_in_one_line(), _deployed(build) as (stack, clients, local):
        _send_predictions(clients, clients.stack_outputs(stack.name))
        _say_how_to_sign_in(local)
        console.print("Ctrl-C ends the local AWS and all that runs on it")
        signal.pause()


@contextmanager
def _deployed(build: Path) -> Iterator[tuple[DemoStack, Clients, LocalAws]]:
    """Run the local AWS with the stack deployed; the local AWS ends on the way out."""
    with console.status("starting the local AWS"):
        local = LocalAws.start()
    with local, console.status("deploying") as status:
        stack = DemoStack(
            ROOT,
            local.environment,
            workers=WORKERS,
            assembly=build / "cdk.out",
            on_progress=lambda line: status.update(f"cdk: {escape(line)}"),
        )
        stack.deploy()
        status.stop()
        console.print(f"deployed {stack.name} with cdk deploy")
        yield stack, Clients(local.environment), local


def _send_predictions(clients: Clients, outputs: dict[str, str]) -> list[Review]:
    requests = read_requests(PREDICTIONS)
    starter = outputs["StarterFunctionName"]
    with console.status("sending predictions") as status:
        reviews = []
        for request in requests:
            status.update(f"sending prediction {request['reviewId']}")
            reviews.append(send(clients, starter, request))
    started = sum(review.needs_a_person for review in reviews)
    console.print(f"sent {len(reviews)} predictions: {started} need a person")
    return reviews


def _wait(clients: Clients, outputs: dict[str, str], reviews: list[Review]) -> None:
    with console.status("waiting for the results") as status:
        wait_for_results(
            clients,
            outputs["LedgerTableName"],
            reviews,
            on_progress=lambda done: status.update(f"waiting for the results: {done} are in"),
        )


def _say_how_to_sign_in(local: LocalAws) -> None:
    """Print the portal's address, and what Cognito would have sent by e-mail."""
    console.print(f"A2I_PORTAL_URL={local.portal_url}", soft_wrap=True)
    for invitation in invitations_of(local.environment):
        password = escape(str(invitation["temporaryPassword"]))
        console.print(f"sign in as {invitation['email']}, temporary password {password}")
    for worker in WORKERS:
        console.print(f"or without: {local.portal_url}?worker={worker}", soft_wrap=True)


def _answer(local: LocalAws, reviews: list[Review]) -> None:
    expected = sum(review.needs_a_person for review in reviews)
    portal = PortalClient(local.portal_url)
    with console.status("answering in the portal") as status:
        answers = answer_open_tasks(portal, WORKERS, expected=expected)
        for count, answer in enumerate(answers, start=1):
            status.update(f"answering in the portal: {count} of {expected}, {answer.worker}")
    console.print(f"answered {expected} tasks in the portal as {' and '.join(WORKERS)}")


if __name__ == "__main__":
    app()
