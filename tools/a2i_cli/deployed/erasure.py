"""Erases a finished review: request, result, A2I's output, human loop, ledger entry."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from a2i_cli.deployed.deployment import Deployment
from a2i_cli.deployed.ledger import Ledger, Review, ReviewKey
from a2i_cli.deployed.s3_objects import erase_objects
from a2i_cli.failures import CommandError
from a2i_core.names import human_loop_prefix, request_prefix, result_key
from a2i_core.statuses import OPEN_LOOP_STATUSES

if TYPE_CHECKING:
    from mypy_boto3_sagemaker_a2i_runtime.type_defs import DescribeHumanLoopResponseTypeDef


@dataclass(frozen=True)
class Erased:
    """One thing that was removed: what it is, where it lay, how many versions it had."""

    what: str
    where: str
    versions: int = 1


@dataclass(frozen=True)
class Erasure:
    """A checked plan: what to erase of one review."""

    deployment: Deployment
    ledger: Ledger
    key: ReviewKey
    loop_exists: bool
    objects: dict[str, str]
    """Kind of each object, by S3 URI."""

    def run(self) -> Iterator[Erased]:
        """Remove everything and yield what was there.  A run that broke off can be repeated.

        The ledger entry goes last, because it is what a repeated run finds the rest by.
        """
        clients = self.deployment.clients
        for uri, what in self.objects.items():
            versions = erase_objects(clients.s3, uri)
            if versions:
                yield Erased(what, uri, versions)
        name = self.key.human_loop_name
        if self.loop_exists:
            clients.a2i.delete_human_loop(HumanLoopName=name)
            yield Erased("human loop", name)
        if self.ledger.delete(name):
            yield Erased("ledger entry", name)


def plan_erasure(
    deployment: Deployment, ledger: Ledger, key: ReviewKey, entry: Review | None
) -> Erasure:
    """Check that the review is finished and name all that is to be erased.

    Raises:
        CommandError: the review, or its human loop, still goes on.
    """
    loop = _describe(deployment, key.human_loop_name)
    _refuse_open(deployment, key, entry, loop)
    return Erasure(
        deployment, ledger, key, loop is not None, _objects(deployment, key, entry, loop)
    )


def _refuse_open(
    deployment: Deployment,
    key: ReviewKey,
    entry: Review | None,
    loop: "DescribeHumanLoopResponseTypeDef | None",
) -> None:
    if loop is not None and loop["HumanLoopStatus"] in OPEN_LOOP_STATUSES:
        raise CommandError(
            f"review {key.review_id!r} is still open: its human loop is {loop['HumanLoopStatus']}:"
            f" wait, or run a2i loop stop {key.human_loop_name} --stack {deployment.stack_name}"
        )
    if entry is not None and entry["open"]:
        raise CommandError(
            f"review {key.review_id!r} is still open in the ledger ({entry['status']}): wait until"
            " a2i review list does not show it any more"
        )


def _describe(
    deployment: Deployment, human_loop_name: str
) -> "DescribeHumanLoopResponseTypeDef | None":
    a2i = deployment.clients.a2i
    try:
        return a2i.describe_human_loop(HumanLoopName=human_loop_name)
    except a2i.exceptions.ResourceNotFoundException:
        return None


def _objects(
    deployment: Deployment,
    key: ReviewKey,
    entry: Review | None,
    loop: "DescribeHumanLoopResponseTypeDef | None",
) -> dict[str, str]:
    """Return the S3 URIs a review may have: from the ledger, from A2I, and derived ones."""
    known = entry or {}
    described = loop["HumanLoopOutput"]["OutputS3Uri"] if loop and "HumanLoopOutput" in loop else ""
    requests = f"s3://{deployment.input_bucket}/{request_prefix(key.flow, key.review_id)}"
    result = f"s3://{deployment.output_bucket}/{result_key(key.flow, key.review_id)}"
    task = f"s3://{deployment.input_bucket}/{human_loop_prefix(key.human_loop_name)}"
    named = {
        requests: "request",
        task: "task, answers, drafts and comments",
        known.get("requestUri"): "request",
        known.get("outputUri"): "A2I output",
        described: "A2I output",
        known.get("resultUri"): "result",
        result: "result",
    }
    return {uri: what for uri, what in named.items() if uri}
