"""Step Functions states that wait for human reviews."""

from a2i_constructs.step_functions.bulk_review import BulkReview
from a2i_constructs.step_functions.start_human_review import StartHumanReview

__all__ = ["BulkReview", "StartHumanReview"]
