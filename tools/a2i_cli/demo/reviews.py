"""Reviews of a demonstration: sends predictions, follows them in the ledger, shows the results."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from a2i_cli.aws import AwsClients
from a2i_cli.deployed.functions import send_request
from a2i_client.documents import read_json
from a2i_core.statuses import ReviewStatus

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

_OPEN = (ReviewStatus.STARTING, ReviewStatus.IN_PROGRESS)


@dataclass
class Review:
    """Review of one prediction: the starter's decision and, once it ended, the result."""

    review_id: str
    flow: str | None
    decision: str
    reasons: list[str]
    human_loop_name: str | None
    status: str | None = None
    output_uri: str | None = None
    result_uri: str | None = None
    result: dict[str, Any] = field(default_factory=dict)

    @property
    def needs_a_person(self) -> bool:
        """True if the review has a human loop."""
        return self.decision == "ReviewStarted"

    def as_row(self) -> dict[str, Any]:
        """Return the row of `results.json`; nulls where there is no loop."""
        return {
            "reviewId": self.review_id,
            "flow": self.flow,
            "decision": self.decision,
            "reasons": self.reasons,
            "humanLoopName": self.human_loop_name if self.needs_a_person else None,
            "status": self.status if self.needs_a_person else None,
            "answer": self.result.get("answer"),
            "changedFields": self.result.get("changedFields"),
            "outputUri": self.output_uri,
            "resultUri": self.result_uri,
        }


def read_requests(path: Path) -> list[dict[str, Any]]:
    """Read the demo requests of a task, one JSON object a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def send(clients: AwsClients, function_name: str, request: dict[str, Any]) -> Review:
    """Invoke the starter with one request and return what it decided.

    Raises:
        CommandError: the starter refused the request.
    """
    answer = send_request(clients.lambda_, function_name, request)
    return Review(
        review_id=answer["reviewId"],
        flow=answer["flow"],
        decision=answer["decision"],
        reasons=answer["reasons"],
        human_loop_name=answer["humanLoopName"],
    )


def wait_for_decisions(
    clients: AwsClients,
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


def wait_for_results(
    clients: AwsClients,
    table_name: str,
    reviews: list[Review],
    *,
    on_progress: Callable[[int], None],
    timeout_seconds: float = 90,
) -> None:
    """Wait until each review has ended in the ledger, and read the results.

    Raises:
        TimeoutError: some review did not end in time; the message names it.
    """
    deadline = time.monotonic() + timeout_seconds
    waiting = [review for review in reviews if review.needs_a_person]
    total = len(waiting)
    while waiting:
        waiting = [review for review in waiting if not _finish(clients, table_name, review)]
        on_progress(total - len(waiting))
        if waiting and time.monotonic() > deadline:
            names = ", ".join(review.review_id for review in waiting)
            raise TimeoutError(f"no result within {timeout_seconds:.0f} s for: {names}")
        if waiting:
            time.sleep(0.2)


def follow_ended(
    clients: AwsClients, table_name: str, reviews: list[Review]
) -> Iterator[Review | None]:
    """Yield each review that ends, with its result, and None after each look at the ledger.

    Reviews of anybody's requests are followed. Those of `reviews` that need no person have ended
    before and are left out.
    """
    ended = {(review.flow, review.review_id) for review in reviews if not review.needs_a_person}
    while True:
        for review in _decided(clients, table_name):
            key = (review.flow, review.review_id)
            if key not in ended and _finish(clients, table_name, review):
                ended.add(key)
                yield review
        yield None


def ended_line(review: Review) -> str:
    """Return one line about a review that has ended: id, status, changed fields, result.json."""
    words = [review.review_id, str(review.status)]
    if review.status == ReviewStatus.COMPLETED:
        changed = ", ".join(review.result.get("changedFields") or ["nothing"])
        words.append(f"changed: {changed}")
    elif not review.needs_a_person:
        words.append("; ".join(review.reasons))
    return "  ".join([*words, *filter(None, [review.result_uri])])


def show_results(console: Console, reviews: list[Review]) -> None:
    """Print each review (decision and why, loop, answer, confirmed or changed), then the URIs."""
    table = Table(title="Reviews", show_lines=True)
    for heading in ("review", "decision and why", "human loop", "answer", "outcome"):
        table.add_column(heading, overflow="fold")
    for review in reviews:
        table.add_row(
            review.review_id,
            f"{review.decision}: {'; '.join(review.reasons)}",
            (review.human_loop_name or "-") if review.needs_a_person else "-",
            _answer_text(review),
            _outcome(review),
        )
    console.print(table)
    for review in reviews:
        if review.result_uri:
            console.print(f"{review.review_id}  {review.result_uri}", soft_wrap=True)


def write_results(reviews: list[Review], path: Path) -> None:
    """Write `results.json`, the machine-readable end of the demonstration."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [review.as_row() for review in reviews]
    path.write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _decided(clients: AwsClients, table_name: str) -> list[Review]:
    pages = clients.dynamodb.get_paginator("scan").paginate(
        TableName=table_name, ConsistentRead=True
    )
    items = [item for page in pages for item in page["Items"]]
    reviews = [
        _decided_review(item) for item in items if item["status"]["S"] != ReviewStatus.STARTING
    ]
    return sorted(reviews, key=lambda review: review.review_id)


def _decided_review(item: "dict[str, AttributeValueTypeDef]") -> Review:
    not_needed = item["status"]["S"] == ReviewStatus.NOT_NEEDED
    return Review(
        review_id=item["reviewId"]["S"],
        flow=item["flow"]["S"],
        decision="ReviewNotNeeded" if not_needed else "ReviewStarted",
        reasons=[reason["S"] for reason in item["reasons"]["L"]],
        human_loop_name=item["humanLoopName"]["S"],
    )


def _finish(clients: AwsClients, table_name: str, review: Review) -> bool:
    """Read the review's ledger entry, and its result once it has ended."""
    item = clients.dynamodb.get_item(
        TableName=table_name,
        Key={"humanLoopName": {"S": review.human_loop_name or ""}},
        ConsistentRead=True,
    ).get("Item", {})
    status = item.get("status", {}).get("S")
    if status is None or status in _OPEN:
        return False
    review.status = status
    review.output_uri = item.get("outputUri", {}).get("S")
    review.result_uri = item.get("resultUri", {}).get("S")
    if review.result_uri:
        review.result = read_json(clients.s3, review.result_uri)
    return True


def _answer_text(review: Review) -> str:
    answer = review.result.get("answer")
    if not answer:
        return "-"
    return ", ".join(f"{name}: {_value_text(value)}" for name, value in answer.items())


def _value_text(value: object) -> str:
    match value:
        case {"label": label}:
            return str(label)
        case str():
            return value
        case _:
            return json.dumps(value, ensure_ascii=False)


def _outcome(review: Review) -> str:
    if not review.needs_a_person:
        return "-"
    if review.status != ReviewStatus.COMPLETED:
        return str(review.status)
    return "changed" if review.result.get("changedFields") else "confirmed"
