"""Ledger of a stack, one DynamoDB item per review, and look-up of reviews by their id."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from a2i_cli.deployed.deployment import Deployment
from a2i_cli.failures import CommandError
from a2i_client.ledger import Entry, LedgerReader, entry_of, key_of
from a2i_core.names import OPEN_REVIEWS_INDEX, human_loop_name
from a2i_core.statuses import ReviewStatus

Review: TypeAlias = Entry
"""One review's item, as the client's `Entry`."""


class Ledger(LedgerReader):
    """Ledger of one stack.  Listing methods read all pages."""

    def open_reviews(self, flow: str | None = None) -> Iterator[Review]:
        """Return the reviews whose end has not been announced yet, from the index of open reviews.

        Without `flow` the whole index is read, so that reviews of removed flows show as well.
        """
        if flow is None:
            scan = self.dynamodb.get_paginator("scan")
            return _reviews(scan.paginate(TableName=self.table, IndexName=OPEN_REVIEWS_INDEX))
        query = self.dynamodb.get_paginator("query")
        pages = query.paginate(
            TableName=self.table,
            IndexName=OPEN_REVIEWS_INDEX,
            KeyConditionExpression="openFlow = :flow",
            ExpressionAttributeValues={":flow": {"S": flow}},
        )
        return _reviews(pages)

    def all_reviews(self) -> Iterator[Review]:
        """Return every review in no order.  Reads the whole table: for operators, not for code."""
        scan = self.dynamodb.get_paginator("scan")
        return _reviews(scan.paginate(TableName=self.table))

    def delete(self, human_loop_name: str) -> bool:
        """Forget a review; False when the ledger knew none of that name."""
        response = self.dynamodb.delete_item(
            TableName=self.table, Key=key_of(human_loop_name), ReturnValues="ALL_OLD"
        )
        return "Attributes" in response


def _reviews(pages: Iterable[Mapping[str, Any]]) -> Iterator[Review]:
    for page in pages:
        yield from map(entry_of, page["Items"])


@dataclass(frozen=True)
class ReviewKey:
    """Identity of a review, and the name of the human loop that it has or would have."""

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
