"""One of the examples, from deployment to destruction on the local AWS."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from rich.console import Console
from rich.markup import escape

from a2i_cli.demo.clients import Clients
from a2i_cli.demo.empty_buckets import empty_buckets
from a2i_cli.demo.ledger import wait_for_decisions
from a2i_cli.demo.portal_client import PortalClient
from a2i_cli.demo.report import show_results, write_results
from a2i_cli.demo.reviewers import answer_open_tasks
from a2i_cli.demo.reviews import Review, wait_for_results
from a2i_local.cdk_cli import CdkCli, python_app
from a2i_local.host import LocalAws

EXAMPLES = Path(__file__).parents[3] / "examples"
WORKERS = ("alice@example.com", "bob@example.com")
# Cold starts of functions count in, on a laptop that does other things too.
PATIENCE_SECONDS = 180

Outputs = Mapping[str, str]
Answer = Callable[[str], dict[str, Any]]


@dataclass(frozen=True)
class Example:
    """What tells one example from the other."""

    folder: str
    """Its folder below examples/."""
    stack: str
    send: Callable[[Clients, Outputs], int]
    """Sends the samples to the deployed stack and returns how many there are."""
    answer: Callable[[str], Answer]
    """Returns, for a portal URL, what makes a reviewer's answer from a rendered page."""
    draw: Callable[[Clients, Sequence[Review]], Figure]
    """Draws the completed reviews."""
    context: Mapping[str, str] = field(default_factory=dict)
    collect: Callable[[Clients, Outputs, int, Path], list[Path]] = lambda *_: []
    """Takes what else the stack made of that many completed reviews into a folder."""


class ExampleStack:
    """The stack of an example; `assembly` is where its template is synthesised."""

    def __init__(
        self,
        example: Example,
        environment: Mapping[str, str],
        assembly: Path,
        on_progress: Callable[[str], None] | None = None,
    ) -> None:
        self._example = example
        self._assembly = assembly.absolute()
        project = EXAMPLES / example.folder
        self._cli = CdkCli(environment, project=project, progress=on_progress)
        self._clients = Clients(environment)

    def deploy(self) -> None:
        """Synthesise and deploy.

        Raises:
            CdkCliError: the CLI failed; the message holds its last lines.
        """
        shutil.rmtree(self._assembly, ignore_errors=True)
        context = {"workers": ",".join(WORKERS), **self._example.context}
        self._cli.synth(python_app(), self._assembly, context=context)
        self._cli.deploy(self._assembly, self._example.stack)

    def destroy(self) -> None:
        """Empty the buckets and destroy.

        Raises:
            CdkCliError: the CLI failed; the message holds its last lines.
        """
        empty_buckets(self._clients.cloudformation, self._clients.s3, self._example.stack)
        self._cli.destroy(self._assembly, self._example.stack)


def run_example(example: Example, build: Path) -> None:
    """Deploy, send the samples, answer as two reviewers, show and draw the results, destroy."""
    console = Console()
    with console.status("starting the local AWS"):
        local = LocalAws.start()
    with local, console.status("deploying") as status:
        stack = ExampleStack(
            example,
            local.environment,
            build / "cdk.out",
            on_progress=lambda line: status.update(f"cdk: {escape(line)}"),
        )
        stack.deploy()
        console.print(f"deployed {example.stack} with cdk deploy")
        clients = Clients(local.environment)
        reviews = _review(example, clients, local.portal_url, status.update)
        show_results(console, reviews)
        for path in _write(example, clients, reviews, build):
            console.print(f"wrote {path}")
        status.update("destroying")
        stack.destroy()
        console.print(f"destroyed {example.stack}")


def _review(
    example: Example, clients: Clients, portal_url: str, say: Callable[[str], None]
) -> list[Review]:
    outputs = clients.stack_outputs(example.stack)
    table = outputs["LedgerTableName"]
    say("sending the samples")
    sent = example.send(clients, outputs)
    reviews = wait_for_decisions(
        clients,
        table,
        expected=sent,
        on_progress=lambda done: say(f"waiting for the model: {done} of {sent} decided"),
        timeout_seconds=PATIENCE_SECONDS,
    )
    expected = sum(review.needs_a_person for review in reviews)
    answers = answer_open_tasks(
        PortalClient(portal_url), WORKERS, expected=expected, answer=example.answer(portal_url)
    )
    for count, answer in enumerate(answers, start=1):
        say(f"answering in the portal: {count} of {expected}, {answer.worker}")
    wait_for_results(
        clients,
        table,
        reviews,
        on_progress=lambda done: say(f"waiting for the results: {done} of {expected} are in"),
        timeout_seconds=PATIENCE_SECONDS,
    )
    return reviews


def _write(example: Example, clients: Clients, reviews: list[Review], build: Path) -> list[Path]:
    completed = [review for review in reviews if review.status == "Completed"]
    results, picture = build / "results.json", build / "picture.png"
    write_results(reviews, results)
    example.draw(clients, completed).savefig(picture)
    outputs = clients.stack_outputs(example.stack)
    return [results, picture, *example.collect(clients, outputs, len(completed), build)]
