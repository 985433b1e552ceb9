"""Finds a review in the ledger by the id that its caller gave it."""

from collections.abc import Iterator
from dataclasses import dataclass

from a2i_cli.deployed.deployment import Deployment
from a2i_cli.deployed.ledger import Ledger, Review
from a2i_cli.failures import CommandError
from a2i_core.names import human_loop_name
from a2i_core.statuses import ReviewStatus


@dataclass(frozen=True)
class ReviewKey:
    """What identifies a review, and the name of the human loop that it has or would have."""

    flow: str
    review_id: str
    human_loop_name: str


def review_key(deployment: Deployment, flow: str, review_id: str) -> ReviewKey:
    """Derive the key; the flow need not exist any more."""
    name = human_loop_name(deployment.stack_id, flow, review_id)
    return ReviewKey(flow, review_id, name)


def find_review(
    deployment: Deployment, ledger: Ledger, review_id: str, flow: str | None
) -> tuple[ReviewKey, Review | None]:
    """Return a review's key and ledger entry; without `flow` all flows of the stack are tried.

    The entry is None only where `flow` is named: the ledger may have forgotten what S3 still holds.

    Raises:
        CommandError: no flow, or more than one, has a review of that id.
    """
    if flow is not None:
        key = review_key(deployment, flow, review_id)
        return key, ledger.get(key.human_loop_name)
    found = []
    for name in deployment.flows:
        key = review_key(deployment, name, review_id)
        entry = ledger.get(key.human_loop_name)
        if entry is not None:
            found.append((key, entry))
    if len(found) == 1:
        return found[0]
    flows = ", ".join(key.flow for key, _ in found) or ", ".join(deployment.flows)
    raise CommandError(
        f"flows {flows} all have a review {review_id!r}: choose with --flow"
        if found
        else f"no review {review_id!r} in the ledger of {deployment.stack_name} (flows {flows}):"
        " check the id; name a removed flow with --flow"
    )


def list_reviews(
    ledger: Ledger, *, flow: str | None, status: ReviewStatus | None, finished_too: bool
) -> Iterator[Review]:
    """Yield the open reviews, or all of them, of one flow or every flow, in one status or any."""
    reviews = ledger.all_reviews() if finished_too else ledger.open_reviews(flow)
    for review in reviews:
        if flow in (None, review["flow"]) and status in (None, review["status"]):
            yield review
