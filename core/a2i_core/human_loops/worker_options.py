"""Options of a flow beyond A2I: declines, extensions, taking answers back and seeing them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """Options of a flow definition. Default: none of them."""

    max_declines: int = 0
    """Declines after which the loop fails; 0: the task always goes back to the team."""
    extension: timedelta = timedelta(0)
    """How much longer a worker may hold the task with each extension."""
    max_extensions: int = 0
    """Extensions of one assignment."""
    answer_grace: timedelta = timedelta(0)
    """How long a worker may take the answer back. The loop ends after it."""
    own_answers: timedelta = timedelta(0)
    """How long the portal shows workers what they answered."""
    review_title: str = ""
    """Liquid text that names a loop's review to workers by its input; empty: nothing does."""

    @classmethod
    def of(cls, config: Mapping[str, Any] | None) -> Self:
        """Return the options that `WorkerOptions` of a HumanLoopConfig holds."""
        given = config or {}
        return cls(
            max_declines=int(given.get("MaxDeclines", 0)),
            extension=timedelta(seconds=int(given.get("ExtensionInSeconds", 0))),
            max_extensions=int(given.get("MaxExtensions", 0)),
            answer_grace=timedelta(seconds=int(given.get("AnswerGraceInSeconds", 0))),
            own_answers=timedelta(seconds=int(given.get("OwnAnswersInSeconds", 0))),
            review_title=str(given.get("ReviewTitle", "")),
        )


NO_OPTIONS = WorkerOptions()
