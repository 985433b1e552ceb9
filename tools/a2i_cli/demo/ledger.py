"""Reviews as the ledger of a stack tells about them."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from a2i_cli.demo.clients import Clients
from a2i_cli.demo.reviews import Review

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

UNDECIDED = "Starting"
DECISIONS = {"NotNeeded": "ReviewNotNeeded"}


def wait_for_decisions(
    clients: Clients,
    table_name: str,
    *,
    expected: int,
    on_progress: Callable[[int], None],
    timeout_seconds: float = 180,
) -> list[Review]:
    """Return the reviews once the starter has decided on `expected` predictions.

    Raises:
        TimeoutError: it decided on fewer in time.
    """
    deadline = time.monotonic() + timeout_seconds
    while True:
        reviews = _decided(clients, table_name)
        on_progress(len(reviews))
        if len(reviews) >= expected:
            return reviews
        if time.monotonic() > deadline:
            raise TimeoutError(
                f"the starter decided on {len(reviews)} of {expected} predictions within "
                f"{timeout_seconds:.0f} s; the functions' logs say more"
            )
        time.sleep(0.5)


def _decided(clients: Clients, table_name: str) -> list[Review]:
    pages = clients.dynamodb.get_paginator("scan").paginate(
        TableName=table_name, ConsistentRead=True
    )
    items = [item for page in pages for item in page["Items"]]
    reviews = [_review(item) for item in items if item["status"]["S"] != UNDECIDED]
    return sorted(reviews, key=lambda review: review.review_id)


def _review(item: "dict[str, AttributeValueTypeDef]") -> Review:
    return Review(
        review_id=item["reviewId"]["S"],
        flow=item["flow"]["S"],
        decision=DECISIONS.get(item["status"]["S"], "ReviewStarted"),
        reasons=[reason["S"] for reason in item["reasons"]["L"]],
        human_loop_name=item["humanLoopName"]["S"],
    )
