"""From a template and its input to the HTML that a worker sees."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from a2i_local.service.engine import Engine
from a2i_local.service.object_links import ObjectLinks
from worker_template import TaskTemplate, TemplateRenderError


@lru_cache(maxsize=64)
def _parsed(content: str) -> TaskTemplate:
    return TaskTemplate.from_text(content)


class Renderer:
    """Renders templates; objects they name become links that carry the role's permissions."""

    def __init__(self, engine: Engine, links: ObjectLinks) -> None:
        self._engine = engine
        self._links = links

    def render(
        self, content: str, task_input: Mapping[str, Any], *, role_arn: str, origin: str = ""
    ) -> str:
        """Return the HTML; links to objects begin with `origin`.

        Raises TemplateRenderError with A2I's code and message.
        """
        ends_at = self._engine.clock.now() + self._engine.settings.object_link_lifetime

        def grant_read_access(uri: str) -> str:
            return origin + self._links.issue(role_arn, uri, ends_at=ends_at)

        try:
            return _parsed(content).render(task_input, grant_read_access=grant_read_access)
        except RecursionError as error:
            raise TemplateRenderError(
                "TemplateRenderError", "the template or its input is nested too deeply"
            ) from error


def failure_reason(error: TemplateRenderError) -> str:
    """Return the FailureReason of a loop whose task does not render, in A2I's wording."""
    return f"Task failed to render: [ {error.code}: '{error.message}' ]"
