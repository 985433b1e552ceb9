"""Client of a deployed review stack for applications and notebooks: send, wait, results.

from a2i_client import Reviews

reviews = Reviews("HumanReview")
review = reviews.send("order-1234", input={"taskObject": "It arrived late."})
result = reviews.wait(review, timeout=3600)
result.answer
"""

from a2i_client.errors import (
    FunctionFailedError,
    RequestRefusedError,
    ReviewsError,
    StackNotFoundError,
    StartDelayedError,
)
from a2i_client.results import Results
from a2i_client.review import Decision, Result, Review
from a2i_client.reviews import Reviews

__all__ = [
    "Decision",
    "FunctionFailedError",
    "RequestRefusedError",
    "Result",
    "Results",
    "Review",
    "Reviews",
    "ReviewsError",
    "StackNotFoundError",
    "StartDelayedError",
]
