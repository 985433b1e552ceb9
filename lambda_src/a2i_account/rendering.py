"""Rendering of a loop's task into the HTML that a worker sees.

Only functions that are deployed with `worker_template` import this, and only when they render:
the template engine takes longer to import than all else.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from html import unescape

from a2i_core.human_loops.input_content import json_object
from a2i_shared.telemetry import logger
from worker_template import TaskTemplate, TemplateRenderError

MAX_SHOWN_BYTES = 5 * 1024 * 1024
"""Size of a page, escaped as JSON twice: what a Lambda function answers with has 6 MB at most."""

MAX_REVIEW_TITLE = 200
"""Characters of a review's title: it is on the item that each step of a loop writes."""


def render(template: str, input_content: str, read_access: Callable[[str], str]) -> str:
    """Return the HTML.

    `read_access` turns `s3://bucket/key` into a link for the worker's browser.

    Raises:
        TemplateRenderError: with A2I's code and message; also where the page is too large to show.
    """
    html = _parsed(template).render(
        json_object(input_content, "InputContent"), grant_read_access=read_access
    )
    size = len(json.dumps(json.dumps(html)))
    if size > MAX_SHOWN_BYTES:
        raise TemplateRenderError(
            "TemplateRenderError",
            f"the page has {size} bytes, and the portal shows {MAX_SHOWN_BYTES}: keep large"
            " objects in S3 and refer to them with grant_read_access",
        )
    return html


def review_title(text: str, input_content: str, *, human_loop_name: str) -> str | None:
    """Return the title that a Liquid text makes of an input: plain text in one line.

    None where it is empty or does not render: a title is never worth a loop.
    """
    try:
        html = _parsed(text).render(
            json_object(input_content, "InputContent"), grant_read_access=_no_access
        )
        line = " ".join(unescape(html).split())
    except (TemplateRenderError, ValueError) as error:  # the message may quote the input
        logger.warning(
            "no review title", human_loop_name=human_loop_name, error=type(error).__name__
        )
        return None
    if len(line) > MAX_REVIEW_TITLE:
        line = f"{line[: MAX_REVIEW_TITLE - 1].rstrip()}…"
    return line or None


def _no_access(_: str) -> str:
    raise ValueError("a title shows no objects")


@lru_cache(maxsize=64)
def _parsed(template: str) -> TaskTemplate:
    return TaskTemplate.from_text(template)
