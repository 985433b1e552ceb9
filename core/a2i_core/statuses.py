"""Statuses of reviews, as the ledger spells them, and of human loops, as A2I does."""

from enum import StrEnum


class ReviewStatus(StrEnum):
    """Status of a review in the ledger."""

    STARTING = "Starting"
    IN_PROGRESS = "InProgress"
    COMPLETED = "Completed"
    FAILED = "Failed"
    STOPPED = "Stopped"
    EXPIRED = "Expired"
    NOT_NEEDED = "NotNeeded"


class HumanLoopStatus(StrEnum):
    """HumanLoopStatus of the A2I runtime API."""

    IN_PROGRESS = "InProgress"
    FAILED = "Failed"
    COMPLETED = "Completed"
    STOPPED = "Stopped"
    STOPPING = "Stopping"


FINISHED_STATUSES = (
    ReviewStatus.COMPLETED,
    ReviewStatus.FAILED,
    ReviewStatus.STOPPED,
    ReviewStatus.EXPIRED,
)
OPEN_LOOP_STATUSES = frozenset({HumanLoopStatus.IN_PROGRESS, HumanLoopStatus.STOPPING})
