"""Task fields of a flow definition, checked against the service's limits."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from aws_cdk import Duration

from a2i_constructs.flow.review_title import check_review_title
from a2i_constructs.functions.checks import (
    check_at_least,
    check_at_most,
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
MAX_DECLINES = 100
MIN_EXTENSION = Duration.minutes(1)
MAX_EXTENSIONS = 10
MIN_GRACE_PERIOD = Duration.seconds(5)
MAX_GRACE_PERIOD = Duration.minutes(10)
MIN_OWN_ANSWERS = Duration.minutes(1)
MAX_OWN_ANSWERS = Duration.days(30)
_KEYWORD_PATTERN = re.compile(r"(?=.{1,30}$)[A-Za-z0-9]+( [A-Za-z0-9]+)*")


class TaskProps(TypedDict, total=False):
    """The task of a flow: what reviewers read about it, and the limits of its life.

    Fields from `max_declines` on are for human loops in the account; A2I has nothing like them.

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
        max_declines: Declines, 1 to 100, after which a human loop ends as Failed with failure code
            `Declined`; who holds the task may finish first. Default: a declined task always goes
            back to the team.
        time_extension: How much longer a reviewer may hold a task with each extension, at least a
            minute. Default: time cannot be extended.
        max_time_extensions: How often one reviewer may extend the time of a task, 1 to 10. Default:
            once, where there is a `time_extension`.
        answer_grace_period: How long a reviewer may take an answer back, 5 seconds to 10 minutes.
            The end of the human loop, its output file and its event wait for it. Default: an
            answer is final.
        own_answers_shown_for: How long reviewers can read again what they answered, a minute to 30
            days. Default: never.
        review_title: What names a review in the portal's list: a Liquid text of 1 to 255 characters
            that reads `task.input`, such as `{{ task.input.headline }}`. What it makes of the input
            is cut at 200 characters. Default: the review's id.
    """

    task_title: str
    task_description: str
    task_count: int
    task_availability: Duration | None
    task_time_limit: Duration
    task_keywords: Sequence[str]
    max_declines: int | None
    time_extension: Duration | None
    max_time_extensions: int | None
    answer_grace_period: Duration | None
    own_answers_shown_for: Duration | None
    review_title: str | None


@dataclass(frozen=True)
class Task:
    """A checked task, with the defaults of what `TaskProps` left out."""

    task_title: str
    task_description: str = "Read what is shown and answer the questions"
    task_count: int = 1
    task_availability: Duration | None = None
    task_time_limit: Duration = DEFAULT_TIME_LIMIT
    task_keywords: Sequence[str] = ()
    max_declines: int | None = None
    time_extension: Duration | None = None
    max_time_extensions: int | None = None
    answer_grace_period: Duration | None = None
    own_answers_shown_for: Duration | None = None
    review_title: str | None = None

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
        self._check_worker_options()

    @property
    def worker_options(self) -> dict[str, int | float | str]:
        """What reviewers may do and see beyond A2I, as the account's flow definition calls it."""
        given = {
            "MaxDeclines": self.max_declines,
            "ExtensionInSeconds": _seconds(self.time_extension),
            "MaxExtensions": (self.max_time_extensions or 1) if self.time_extension else None,
            "AnswerGraceInSeconds": _seconds(self.answer_grace_period),
            "OwnAnswersInSeconds": _seconds(self.own_answers_shown_for),
            "ReviewTitle": self.review_title,
        }
        return {name: value for name, value in given.items() if value is not None}

    @property
    def worker_option_names(self) -> list[str]:
        """Names of the fields that only human loops in the account have, as far as given."""
        names = (
            "max_declines",
            "time_extension",
            "max_time_extensions",
            "answer_grace_period",
            "own_answers_shown_for",
            "review_title",
        )
        return [name for name in names if getattr(self, name) is not None]

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
            "WorkerOptions": self.worker_options or None,
        }

    def _check_worker_options(self) -> None:
        if self.max_declines is not None:
            check_range("max_declines", self.max_declines, minimum=1, maximum=MAX_DECLINES)
        if self.time_extension is not None:
            check_at_least("time_extension", self.time_extension, MIN_EXTENSION)
        if self.max_time_extensions is not None:
            if self.time_extension is None:
                raise ValueError(
                    f"max_time_extensions needs a time_extension, got {self.max_time_extensions} "
                    "and none: say how long one is"
                )
            number = self.max_time_extensions
            check_range("max_time_extensions", number, minimum=1, maximum=MAX_EXTENSIONS)
        if self.answer_grace_period is not None:
            check_at_least("answer_grace_period", self.answer_grace_period, MIN_GRACE_PERIOD)
            check_at_most("answer_grace_period", self.answer_grace_period, MAX_GRACE_PERIOD)
        if self.own_answers_shown_for is not None:
            check_at_least("own_answers_shown_for", self.own_answers_shown_for, MIN_OWN_ANSWERS)
            check_at_most("own_answers_shown_for", self.own_answers_shown_for, MAX_OWN_ANSWERS)
        if self.review_title is not None:
            check_review_title(self.review_title)


def _seconds(duration: Duration | None) -> int | float | None:
    return None if duration is None else duration.to_seconds()


def _check_keywords(keywords: Sequence[str]) -> None:
    if len(keywords) > MAX_KEYWORDS:
        raise ValueError(
            f"task_keywords must have at most {MAX_KEYWORDS} keywords, got {len(keywords)}"
        )
    for keyword in keywords:
        allowed = "1 to 30 letters and digits with single spaces between words"
        check_pattern("task_keywords", keyword, _KEYWORD_PATTERN, allowed)
