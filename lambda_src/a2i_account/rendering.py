"""Rendering of a loop's task into the HTML that a worker sees.

Only functions that are deployed with `worker_template` import this, and only when they render:
the template engine takes longer to import than all else.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache

from a2i_core.human_loops.input_content import json_object
from worker_template import TaskTemplate, TemplateRenderError

MAX_SHOWN_BYTES = 5 * 1024 * 1024
"""Size of a page, escaped as JSON twice: what a Lambda function answers with has 6 MB at most."""


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


@lru_cache(maxsize=64)
def _parsed(template: str) -> TaskTemplate:
    return TaskTemplate.from_text(template)
