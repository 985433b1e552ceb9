"""Sends the sample predictions to the deployed starter and follows each review to its result."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from a2i_cli.demo.clients import Clients

FINAL_STATUSES = frozenset({"Completed", "Failed", "Stopped", "Expired", "NotNeeded"})


class ReviewFailedError(Exception):
    """The starter refused a request, or a review did not end as it should."""


@dataclass
class Review:
    """One prediction on its way: what the starter decided, and what came of it."""

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
        """Whether a human loop runs for it."""
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


def send(clients: Clients, function_name: str, request: Mapping[str, Any]) -> Review:
    """Invoke the starter with one request and return what it decided.

    Raises:
        ReviewFailedError: the starter answered with an error.
    """
    response = clients.lambda_.invoke(FunctionName=function_name, Payload=json.dumps(request))
    answer = json.load(response["Payload"])
    if "FunctionError" in response:
        raise ReviewFailedError(
            f"the starter refused review {request.get('reviewId')!r}: {answer.get('errorMessage')}"
        )
    return Review(
        review_id=answer["reviewId"],
        flow=answer["flow"],
        decision=answer["decision"],
        reasons=answer["reasons"],
        human_loop_name=answer["humanLoopName"],
    )


def wait_for_results(
    clients: Clients,
    table_name: str,
    reviews: list[Review],
    *,
    on_progress: Callable[[int], None],
    timeout_seconds: float = 90,
) -> None:
    """Wait until the ledger says that each review ended, and read the results.

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


def _finish(clients: Clients, table_name: str, review: Review) -> bool:
    """Read the review's ledger entry; once it ended, take over its result."""
    item = clients.dynamodb.get_item(
        TableName=table_name,
        Key={"humanLoopName": {"S": review.human_loop_name or ""}},
        ConsistentRead=True,
    ).get("Item", {})
    status = item.get("status", {}).get("S")
    if status not in FINAL_STATUSES:
        return False
    review.status = status
    review.output_uri = item.get("outputUri", {}).get("S")
    review.result_uri = item.get("resultUri", {}).get("S")
    if review.result_uri:
        review.result = _read_json(clients, review.result_uri)
    return True


def _read_json(clients: Clients, uri: str) -> dict[str, Any]:
    location = urlsplit(uri)
    stored = clients.s3.get_object(Bucket=location.netloc, Key=location.path.lstrip("/"))
    document: dict[str, Any] = json.load(stored["Body"])
    return document
