"""HTML of a loop's task, and the S3 objects that it refers to."""

from __future__ import annotations

from collections.abc import Callable

from a2i_account.dynamodb_loops import DynamoDbLoops
from a2i_core.human_loops.errors import TaskNotFound
from a2i_core.human_loops.human_loop import HumanLoop


def task_html(loops: DynamoDbLoops, loop: HumanLoop, read_access: Callable[[str], str]) -> str:
    """Return the rendered template; `read_access` turns `s3://bucket/key` into a link.

    Raises:
        TaskNotFound: the template does not render any more.
    """
    # Only here, as it takes longer to import than all else.
    from a2i_account.rendering import render  # noqa: PLC0415
    from worker_template import TemplateRenderError  # noqa: PLC0415

    template = loops.definitions.template(loop.flow.template_sha256)
    try:
        return render(template, loops.contents.read_input(loop), read_access)
    except TemplateRenderError as error:
        raise TaskNotFound(f"the task cannot be shown: {error}") from error
