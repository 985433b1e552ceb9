"""Discards the pending reviews of a stack, so that it can be destroyed."""

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from a2i_cli.deployed.deployment import Deployment
from a2i_cli.deployed.flow_definitions import FlowDefinition
from a2i_cli.deployed.human_loops import HumanLoop, pending_loops
from a2i_cli.deployed.ledger import Ledger
from a2i_cli.failures import CommandError
from a2i_core.statuses import HumanLoopStatus, ReviewStatus

if TYPE_CHECKING:
    from mypy_boto3_sagemaker_a2i_runtime import AugmentedAIRuntimeClient

_CALLS_AT_ONCE = 8
_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 15.0


@dataclass(frozen=True)
class Pending:
    """Pending work of a stack, or of one of its flows."""

    loops: list[HumanLoop]
    starting: int
    """Reviews whose human loop has not been started yet; sending them again starts it."""
    untold: int
    """Reviews that the ledger still holds open, except those that are starting."""


def find_pending(
    deployment: Deployment, definitions: Iterable[FlowDefinition], flow: str | None
) -> Pending:
    """Count pending work in A2I and in the ledger."""
    loops = [loop for each in definitions for loop in pending_loops(deployment, each)]
    ledger = Ledger(deployment.clients.dynamodb, deployment.ledger_table)
    statuses = [review["status"] for review in ledger.open_reviews(flow)]
    starting = statuses.count(ReviewStatus.STARTING)
    return Pending(loops, starting, len(statuses) - starting)


def discard(
    look: Callable[[], Pending],
    a2i: "AugmentedAIRuntimeClient",
    *,
    timeout_seconds: float,
    on_progress: Callable[[str], None],
    pause: Callable[[float], None] = time.sleep,
) -> int:
    """Stop every pending loop and wait until all ends are recorded in the ledger.

    Loops that start meanwhile are stopped as well.  A task that a worker holds open keeps its loop
    stopping until the worker submits or the task's time limit is over.  Returns how many loops
    were stopped.

    Raises:
        CommandError: the time was over first; the message says what is left.
    """
    deadline = time.monotonic() + timeout_seconds
    stopped: set[str] = set()
    interval = _FIRST_PAUSE_SECONDS
    while True:
        pending = look()
        if not pending.loops and not pending.untold:
            return len(stopped)
        running = [
            loop.name for loop in pending.loops if loop.status == HumanLoopStatus.IN_PROGRESS
        ]
        for name in _stop_loops(a2i, running):
            stopped.add(name)
            on_progress(f"{len(stopped)} stopped")
        on_progress(
            f"{len(stopped)} stopped, {len(pending.loops)} not final yet,"
            f" {pending.untold} ends not told yet"
        )
        if time.monotonic() > deadline:
            raise CommandError(_left_over(pending, timeout_seconds))
        pause(interval)
        interval = min(interval * 1.5, _LONGEST_PAUSE_SECONDS)


def _stop_loops(a2i: "AugmentedAIRuntimeClient", names: Iterable[str]) -> Iterator[str]:
    """Stop the loops, several at once, and yield the name of each as it is done."""
    ended_meanwhile = (a2i.exceptions.ValidationException, a2i.exceptions.ResourceNotFoundException)

    def stop(name: str) -> str:
        with contextlib.suppress(*ended_meanwhile):
            a2i.stop_human_loop(HumanLoopName=name)
        return name

    with ThreadPoolExecutor(_CALLS_AT_ONCE) as pool:
        yield from pool.map(stop, names)


def _left_over(pending: Pending, timeout_seconds: float) -> str:
    if pending.loops:
        return (
            f"{len(pending.loops)} human loops are not final after {timeout_seconds:.0f} s, because"
            " workers hold their tasks: run the command again later, at the latest when the task"
            " time limit is over"
        )
    return (
        f"the end of {pending.untold} reviews is not told after {timeout_seconds:.0f} s: see them"
        " with a2i review list, and what keeps the results function from it in its log"
    )
