"""Rendering of a template with its input into the HTML that a worker sees."""

from dataclasses import dataclass
from functools import lru_cache

from a2i_core.human_loops.input_content import json_object
from a2i_local.service.engine import Engine
from a2i_local.service.object_links import ObjectLinks
from worker_template import TaskTemplate


@lru_cache(maxsize=64)
def _parsed(content: str) -> TaskTemplate:
    return TaskTemplate.from_text(content)


@dataclass(frozen=True, slots=True)
class RenderJob:
    """All that a rendering needs, so that it can run outside the engine's lock."""

    template: str
    input_content: str
    role_arn: str
    origin: str = ""
    """Put before the links to objects."""


class Renderer:
    """Renders templates; objects they name become links that carry the role's permissions."""

    def __init__(self, engine: Engine, links: ObjectLinks) -> None:
        self._engine = engine
        self._links = links

    def render(self, job: RenderJob) -> str:
        """Return the HTML. Takes seconds at most, and needs no lock.

        Raises:
            TemplateRenderError: with A2I's code and message.
        """
        ends_at = self._engine.clock.now() + self._engine.settings.object_link_lifetime

        def grant_read_access(uri: str) -> str:
            return job.origin + self._links.issue(job.role_arn, uri, ends_at=ends_at)

        return _parsed(job.template).render(
            json_object(job.input_content, "InputContent"), grant_read_access=grant_read_access
        )
