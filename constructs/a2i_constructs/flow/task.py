"""What reviewers read about a task, and the limits of its life."""

import re
from collections.abc import Sequence
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


class TaskProps(TypedDict):
    """The task fields of a flow definition, as FlowDefinition documents them."""

    task_title: str
    task_description: str
    task_count: int
    task_availability: Duration | None
    task_time_limit: Duration
    task_keywords: Sequence[str]


def check_task(task: TaskProps) -> None:
    """Raise ValueError for what the service would refuse."""
    check_length("task_title", task["task_title"], minimum=1, maximum=MAX_TITLE_LENGTH)
    description = task["task_description"]
    check_length("task_description", description, minimum=1, maximum=MAX_DESCRIPTION_LENGTH)
    check_single_line("task_description", description)
    check_range("task_count", task["task_count"], minimum=1, maximum=MAX_COUNT)
    check_at_least("task_time_limit", task["task_time_limit"], MIN_TIME_LIMIT)
    if task["task_availability"] is not None:
        check_at_least("task_availability", task["task_availability"], MIN_AVAILABILITY)
    _check_keywords(task["task_keywords"])


def task_fields(task: TaskProps) -> dict[str, Any]:
    """The fields as HumanLoopConfig calls them; None leaves one to the service."""
    availability = task["task_availability"]
    return {
        "TaskTitle": task["task_title"],
        "TaskDescription": task["task_description"],
        "TaskCount": task["task_count"],
        "TaskAvailabilityLifetimeInSeconds": availability and availability.to_seconds(),
        "TaskTimeLimitInSeconds": task["task_time_limit"].to_seconds(),
        "TaskKeywords": [*task["task_keywords"]] or None,
    }


def _check_keywords(keywords: Sequence[str]) -> None:
    if len(keywords) > MAX_KEYWORDS:
        raise ValueError(
            f"task_keywords must have at most {MAX_KEYWORDS} keywords, got {len(keywords)}"
        )
    for keyword in keywords:
        allowed = "1 to 30 letters and digits with single spaces between words"
        check_pattern("task_keywords", keyword, _KEYWORD_PATTERN, allowed)
