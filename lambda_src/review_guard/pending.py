"""Count of the reviews and requests that stack deletion would lose."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

from a2i_core.statuses import ReviewStatus
from a2i_shared.flow_definitions.draining import Draining
from a2i_shared.ledger import Ledger

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType

_COUNTS: list[QueueAttributeNameType] = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
]


@dataclass(frozen=True)
class Pending:
    human_loops: int
    starting: int
    """Reviews that wait for their human loop to start."""
    untold: int
    """Reviews whose human loop has ended, which not all who wait have been told."""
    queued: int
    dead_letters: int

    def __bool__(self) -> bool:
        return any(astuple(self))

    def __str__(self) -> str:
        parts = {
            "human loops in progress": self.human_loops,
            "reviews about to start": self.starting,
            "reviews with an end that is not told": self.untold,
            "requests in the queue": self.queued,
            "requests in the dead-letter queue": self.dead_letters,
        }
        return ", ".join(f"{count} {what}" for what, count in parts.items() if count)


@dataclass(frozen=True)
class Counter:
    draining: Draining
    ledger: Ledger
    sqs: SQSClient
    queue_url: str
    dead_letter_queue_url: str

    def count(self) -> Pending:
        """Loops of current and retired flow definitions, reviews of the ledger, both queues."""
        human_loops = self.draining.pending()
        open_statuses = [entry.status for entry in self.ledger.open_entries()]
        starting = open_statuses.count(ReviewStatus.STARTING)
        return Pending(
            human_loops=human_loops,
            starting=starting,
            untold=max(0, len(open_statuses) - starting - human_loops),
            queued=self._messages(self.queue_url),
            dead_letters=self._messages(self.dead_letter_queue_url),
        )

    def _messages(self, queue_url: str) -> int:
        attributes = self.sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=_COUNTS)
        return sum(int(attributes["Attributes"][name]) for name in _COUNTS)
