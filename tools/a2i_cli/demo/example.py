"""Runs an example on the local AWS: deploy, send samples, answer, show the results, destroy."""

import json
import shlex
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from a2i_cli.aws import AwsClients
from a2i_cli.demo.empty_buckets import empty_buckets
from a2i_cli.demo.portal_client import (
    Answer,
    Portal,
    PortalClient,
    PortalError,
    answer_open_tasks,
)
from a2i_cli.demo.reviews import (
    Review,
    ended_line,
    follow_ended,
    show_results,
    wait_for_results,
    write_results,
)
from a2i_cli.failures import CommandError
from a2i_client import ReviewsError
from a2i_local.cdk_cli import CdkCli, CdkCliError, python_app
from a2i_local.host import LocalAws, LocalAwsError
from a2i_local.host.clients import invitations_of
from a2i_local.host.findable import findable_local_aws

WORKERS = ("alice@example.com", "bob@example.com")
# Includes cold starts of functions, on a laptop that does other things too.
PATIENCE_SECONDS = 180
_SECONDS_BETWEEN_LOOKS = 1.0

Outputs = Mapping[str, str]
Progress = Callable[[str], None]

_EXPECTED_FAILURES = (
    CdkCliError,
    CommandError,
    LocalAwsError,
    PortalError,
    ReviewsError,
    TimeoutError,
    FileNotFoundError,
)
_console = Console()


def local_portal(local: LocalAws, _: Outputs) -> Portal:
    """Return the worker portal of the local A2I, where reviewers need not sign in."""
    return PortalClient(local.portal_url)


@dataclass(frozen=True)
class Example:
    """A CDK app with samples to send and a scripted reviewer to answer."""

    project: Path
    """Folder of the CDK app."""
    stack: str
    context: Mapping[str, str]
    """CDK context of the app, the reviewers' addresses among it."""
    send: Callable[[AwsClients, Outputs, Progress], list[Review]]
    """Sends the samples to the deployed stack; returns the reviews once they are decided on."""
    reviewer: Callable[[str], Answer]
    """Returns the scripted reviewer for a portal URL."""
    portal: Callable[[LocalAws, Outputs], Portal] = local_portal
    """Returns where reviewers answer. Default: the local A2I's worker portal."""
    write: Callable[[AwsClients, Outputs, list[Review], Path], list[Path]] = lambda *_: []
    """Writes pictures or data of the completed reviews into a folder; returns the files."""
    own_request: Mapping[str, object] | None = None
    """Request to the starter that `stay` shows how to send; its reviewId is a new one each time."""


class ExampleStack:
    """Stack of an example on a local AWS; `assembly` is where its template is synthesized."""

    def __init__(
        self,
        example: Example,
        environment: Mapping[str, str],
        assembly: Path,
        on_progress: Callable[[str], None] | None = None,
    ) -> None:
        self._example = example
        self._assembly = assembly.absolute()
        self._cli = CdkCli(environment, project=example.project, progress=on_progress)
        self._clients = AwsClients(environment)

    def deploy(self) -> Outputs:
        """Synthesize and deploy; return the stack's outputs.

        Raises:
            CdkCliError: the CLI failed; the message holds its last lines.
        """
        shutil.rmtree(self._assembly, ignore_errors=True)
        context = self._example.context
        self._cli.synth(python_app(), self._assembly, context=context)
        self._cli.deploy(self._assembly, self._example.stack)
        return stack_outputs(self._clients, self._example.stack)

    def destroy(self) -> None:
        """Empty the buckets and destroy.

        Raises:
            CdkCliError: the CLI failed; the message holds its last lines.
        """
        empty_buckets(self._clients.cloudformation, self._clients.s3, self._example.stack)
        self._cli.destroy(self._assembly, self._example.stack)


def stack_outputs(clients: AwsClients, stack: str) -> dict[str, str]:
    """Return the outputs of a deployed stack by name."""
    found = clients.cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in found["Outputs"]}


def demo_commands(make_example: Callable[[Path], Example], build: Path) -> typer.Typer:
    """Return a command line that runs an example, or stays at its open tasks.

    Args:
        make_example: makes the example; may write what it needs into the folder it is given.
        build: default folder for cdk.out and results.
    """
    app = typer.Typer(add_completion=False, no_args_is_help=True)
    folder = typer.Option("--build", file_okay=False, help="the folder for cdk.out and results")

    @app.command()
    def run(build: Annotated[Path, folder] = build) -> None:
        """Deploy, send the samples, answer as two reviewers, show the results, destroy."""
        with _failures_in_one_line():
            _run(make_example(build), build)

    @app.command()
    def stay(build: Annotated[Path, folder] = build) -> None:
        """Deploy, send the samples, stay, and print each answer, until Ctrl-C.

        `a2i local env` finds the local AWS meanwhile, and `a2i local down` ends it.
        """
        with _failures_in_one_line():
            try:
                _stay(make_example(build), build)
            except KeyboardInterrupt:
                _console.print("local AWS ended")

    return app


def _run(example: Example, build: Path) -> None:
    with _deployed(example, build, LocalAws.start) as (stack, outputs, local):
        clients = AwsClients(local.environment)
        reviews = _send(example, clients, outputs)
        expected = sum(review.needs_a_person for review in reviews)
        _answer(example, example.portal(local, outputs), expected)
        with _console.status("waiting for the results") as status:
            wait_for_results(
                clients,
                outputs["LedgerTableName"],
                reviews,
                on_progress=lambda done: status.update(f"{done} of {expected} results are in"),
                timeout_seconds=PATIENCE_SECONDS,
            )
        show_results(_console, reviews)
        results = build / "results.json"
        write_results(reviews, results)
        completed = [review for review in reviews if review.status == "Completed"]
        for path in [results, *example.write(clients, outputs, completed, build)]:
            _console.print(f"wrote {path}")
        with _console.status("destroying"):
            stack.destroy()
        _console.print(f"destroyed {example.stack}")


def _stay(example: Example, build: Path) -> None:
    with _deployed(example, build, findable_local_aws) as (_, outputs, local):
        clients = AwsClients(local.environment)
        reviews = _send(example, clients, outputs)
        for line in [*_sign_in_lines(local, outputs), *_own_request_lines(example)]:
            _print_line(line)
        _print_line("Ctrl-C ends the local AWS and all that runs on it; answers as they come:")
        for ended in follow_ended(clients, outputs["LedgerTableName"], reviews):
            if ended is not None:
                _print_line(ended_line(ended))
                continue
            local.check_alive()
            time.sleep(_SECONDS_BETWEEN_LOOKS)


def _sign_in_lines(local: LocalAws, outputs: Outputs) -> Iterator[str]:
    in_account = "PortalApiUrl" in outputs
    yield f"A2I_PORTAL_URL={outputs['PortalUrl'] if in_account else local.portal_url}"
    for invitation in invitations_of(local.environment):  # Cognito would send them by e-mail
        password = invitation["temporaryPassword"]
        yield f"sign in as {invitation['email']}, temporary password {password}"
    for worker in () if in_account else WORKERS:
        yield f"or without: {local.portal_url}?worker={worker}"


def _own_request_lines(example: Example) -> Iterator[str]:
    if example.own_request is None:
        return
    a2i = shlex.quote(str(Path(sys.executable).with_name("a2i")))
    request = shlex.quote(json.dumps(example.own_request))
    yield "send a prediction of your own, in another shell:"
    yield f'  eval "$({a2i} local env)"'
    yield (
        f"  echo {request} | {a2i} loop start --stack {example.stack} --request -"
        ' --review-id "mine-$(date +%s)"'
    )


def _print_line(line: str) -> None:
    _console.print(line, soft_wrap=True, markup=False, highlight=False)


@contextmanager
def _deployed(
    example: Example, build: Path, start: Callable[[], AbstractContextManager[LocalAws]]
) -> Iterator[tuple[ExampleStack, Outputs, LocalAws]]:
    """Run the local AWS with the stack deployed for the length of the block."""
    with start() as local:
        for line in local.notes:
            _print_line(f"note: {line}")
        with _console.status("deploying") as status:
            stack = ExampleStack(
                example,
                local.environment,
                build / "cdk.out",
                on_progress=lambda line: status.update(f"cdk: {escape(line)}"),
            )
            outputs = stack.deploy()
        _console.print(f"deployed {example.stack} with cdk deploy")
        yield stack, outputs, local


def _send(example: Example, clients: AwsClients, outputs: Outputs) -> list[Review]:
    with _console.status("sending the samples") as status:
        reviews = example.send(clients, outputs, status.update)
    started = sum(review.needs_a_person for review in reviews)
    _console.print(f"sent {len(reviews)} predictions: {started} need a person")
    return reviews


def _answer(example: Example, portal: Portal, expected: int) -> None:
    with _console.status("answering in the portal") as status:
        answers = answer_open_tasks(
            portal,
            WORKERS,
            expected=expected,
            answer=example.reviewer(portal.url),
            timeout_seconds=PATIENCE_SECONDS,
        )
        for count, answer in enumerate(answers, start=1):
            status.update(f"answering in the portal: {count} of {expected}, {answer.worker}")
    _console.print(f"answered {expected} tasks in the portal as {' and '.join(WORKERS)}")


@contextmanager
def _failures_in_one_line() -> Iterator[None]:
    """Turn what can be expected to fail into one line and exit code 1."""
    try:
        yield
    except _EXPECTED_FAILURES as error:
        typer.echo(f"demo: {error}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
