"""Task fields of a flow definition, checked against the service's limits."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from aws_cdk import Duration

from a2i_constructs.functions.checks import (
    check_at_least,
    check_length,
    check_pattern,
    check_range,
    check_single_line,
)

MAX_TITLE_LENGTH = 128
MAX_DESCRIPTION_LENGTH = 255
MAX_COUNT = 3
MAX_KEYWORDS = 5
MIN_TIME_LIMIT = Duration.seconds(30)
MIN_AVAILABILITY = Duration.seconds(1)
DEFAULT_TIME_LIMIT = Duration.hours(1)
_KEYWORD_PATTERN = re.compile(r"(?=.{1,30}$)[A-Za-z0-9]+( [A-Za-z0-9]+)*")


class TaskProps(TypedDict, total=False):
    """The task of a flow: what reviewers read about it, and the limits of its life.

    Attributes:
        task_title: 1 to 128 characters, shown in the worker portal's list. Default: the flow's
            name in words.
        task_description: 1 to 255 characters in a single line.
        task_count: How many different reviewers answer, 1 to 3. Default: 1.
        task_availability: How long a task waits to be finished, at least a second. Default: the
            service's own.
        task_time_limit: How long one reviewer may hold a task, at least 30 seconds. Default: an
            hour.
        task_keywords: Up to 5, of 1 to 30 letters, digits and single spaces.
    """

    task_title: str
    task_description: str
    task_count: int
    task_availability: Duration | None
    task_time_limit: Duration
    task_keywords: Sequence[str]


@dataclass(frozen=True)
class Task:
    """A checked task, with the defaults of what `TaskProps` left out."""

    task_title: str
    task_description: str = "Read what is shown and answer the questions"
    task_count: int = 1
    task_availability: Duration | None = None
    task_time_limit: Duration = DEFAULT_TIME_LIMIT
    task_keywords: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Raise ValueError for what the service would refuse."""
        check_length("task_title", self.task_title, minimum=1, maximum=MAX_TITLE_LENGTH)
        description = self.task_description
        check_length("task_description", description, minimum=1, maximum=MAX_DESCRIPTION_LENGTH)
        check_single_line("task_description", description)
        check_range("task_count", self.task_count, minimum=1, maximum=MAX_COUNT)
        check_at_least("task_time_limit", self.task_time_limit, MIN_TIME_LIMIT)
        if self.task_availability is not None:
            check_at_least("task_availability", self.task_availability, MIN_AVAILABILITY)
        _check_keywords(self.task_keywords)

    def to_document(self) -> dict[str, Any]:
        """The fields as HumanLoopConfig calls them; None leaves one to the service."""
        availability = self.task_availability
        return {
            "TaskTitle": self.task_title,
            "TaskDescription": self.task_description,
            "TaskCount": self.task_count,
            "TaskAvailabilityLifetimeInSeconds": availability and availability.to_seconds(),
            "TaskTimeLimitInSeconds": self.task_time_limit.to_seconds(),
            "TaskKeywords": [*self.task_keywords] or None,
        }


def _check_keywords(keywords: Sequence[str]) -> None:
    if len(keywords) > MAX_KEYWORDS:
        raise ValueError(
            f"task_keywords must have at most {MAX_KEYWORDS} keywords, got {len(keywords)}"
        )
    for keyword in keywords:
        allowed = "1 to 30 letters and digits with single spaces between words"
        check_pattern("task_keywords", keyword, _KEYWORD_PATTERN, allowed)
