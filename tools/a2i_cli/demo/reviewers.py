"""Two scripted reviewers who work through the worker portal as people do.

They see what a person sees, the rendered page, and post what the page would post.  What they
think of a text comes from two short word lists, not from the prediction, so they confirm some
predictions and correct others.
"""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from a2i_cli.demo.portal_client import PortalClient, SlotTakenError

POSITIVE = frozenset(
    {"best", "enjoy", "excellent", "friendly", "great", "love", "perfect", "superb", "thanks"}
)
NEGATIVE = frozenset(
    [
        "bad",
        "broken",
        "calls",
        "crash",
        "crashes",
        "disappointed",
        "disgrace",
        "late",
        "never",
        "sometimes",
        "unhappy",
    ]
)


class _ClassificationTarget(HTMLParser):
    """Collects the name of the classifier and the text a reviewer is asked about."""

    def __init__(self) -> None:
        super().__init__()
        self.answer_name: str | None = None
        self.text = ""
        self._target_depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "crowd-classifier":
            self.answer_name = dict(attrs).get("name")
        if self._target_depth or tag == "classification-target":
            self._target_depth += 1

    def handle_endtag(self, tag: str) -> None:
        del tag
        self._target_depth = max(0, self._target_depth - 1)

    def handle_data(self, data: str) -> None:
        if self._target_depth:
            self.text += data


def judge_sentiment(text: str) -> str:
    """Return the sentiment that the scripted reviewers see in `text`, one of Comprehend's four."""
    words = set(re.findall(r"[a-z]+", text.lower()))
    match bool(words & POSITIVE), bool(words & NEGATIVE):
        case True, True:
            return "Mixed"
        case True, False:
            return "Positive"
        case False, True:
            return "Negative"
        case _:
            return "Neutral"


def answer_page(html: str) -> dict[str, Any]:
    """Return the answer content for a rendered sentiment page.

    Raises:
        ValueError: the page holds no crowd-classifier with a name, so there is nothing to answer.
    """
    page = _ClassificationTarget()
    page.feed(html)
    if not page.answer_name:
        raise ValueError("the rendered task holds no crowd-classifier with a name")
    return {page.answer_name: {"label": judge_sentiment(page.text)}}


@dataclass(frozen=True)
class Answered:
    """One answer that a reviewer gave."""

    worker: str
    human_loop_name: str


def answer_open_tasks(
    portal: PortalClient,
    workers: Sequence[str],
    *,
    expected: int,
    answer: Callable[[str], dict[str, Any]] = answer_page,
    timeout_seconds: float = 60,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[Answered]:
    """Let the workers take turns until `expected` tasks are answered; yields each answer.

    `answer` makes the answer content from a rendered page.

    Raises:
        TimeoutError: fewer tasks than expected came up in time.
    """
    answered = 0
    deadline = time.monotonic() + timeout_seconds
    while answered < expected:
        if time.monotonic() > deadline:
            raise TimeoutError(
                f"{answered} of {expected} tasks were answered within {timeout_seconds:.0f} s; "
                f"look at {portal.url} for the ones that are open"
            )
        progress = [given for worker in workers for given in _answer_next(portal, worker, answer)]
        answered += len(progress)
        yield from progress
        if not progress:
            pause(0.2)


def _answer_next(
    portal: PortalClient, worker: str, answer: Callable[[str], dict[str, Any]]
) -> Iterator[Answered]:
    """Answer the first task that is free for `worker`, if there is one."""
    for task in portal.tasks(worker):
        if task["state"] != "available":
            continue
        try:
            portal.accept(task["id"], worker)
        except SlotTakenError:
            continue
        page = portal.task(task["id"], worker)
        portal.submit(task["id"], worker, answer(page["html"]))
        yield Answered(worker, task["humanLoopName"])
        return
