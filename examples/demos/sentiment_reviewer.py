"""Scripted reviewer of sentiments: reads the rendered page and judges the text by two word lists.

The judgement does not depend on the prediction, so some predictions are confirmed and others
corrected.
"""

import re
from html.parser import HTMLParser
from typing import Any

POSITIVE = frozenset(
    ["best", "enjoy", "excellent", "friendly", "great", "love", "perfect", "superb", "thanks"]
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
