"""RenderUiTemplate: what a worker would see, before any task exists."""

from typing import Any

from a2i_local.service.engine import Engine
from a2i_local.service.errors import ResourceNotFound, ValidationException
from a2i_local.service.json_object import json_object
from a2i_local.service.operation import Operation, Parameters, Result
from a2i_local.service.records import HumanTaskUi
from a2i_local.service.rendering import Renderer
from a2i_local.service.role_check import require_assumable
from a2i_local.service.scope import Scope
from worker_template import TemplateRenderError


class TemplatePreview:
    """Renders a template given inline, or one that exists; faults come back in Errors."""

    def __init__(self, engine: Engine, renderer: Renderer) -> None:
        self._engine = engine
        self._renderer = renderer

    def operations(self) -> dict[str, Operation]:
        return {"RenderUiTemplate": self.render}

    def render(self, scope: Scope, parameters: Parameters) -> Result:
        content = self._content(scope, parameters)
        task_input = json_object(parameters["Task"]["Input"], "Task.Input")
        require_assumable(self._engine.host, parameters["RoleArn"])
        try:
            html = self._renderer.render(
                content,
                task_input,
                role_arn=parameters["RoleArn"],
                origin=self._engine.settings.portal_origin,
            )
        except TemplateRenderError as error:
            fault = {"Code": error.code, "Message": error.message}
            return {"RenderedContent": "", "Errors": [fault]}
        return {"RenderedContent": html, "Errors": []}

    def _content(self, scope: Scope, parameters: Parameters) -> str:
        arn = parameters.get("HumanTaskUiArn")
        ui_template = parameters.get("UiTemplate")
        if (arn is None) == (ui_template is None):
            raise ValidationException(
                "Exactly one of UiTemplate and HumanTaskUiArn must be specified"
            )
        if ui_template is not None:
            return str(ui_template["Content"])
        return self._engine.state.templates[self._existing(scope, arn).template_sha256].content

    def _existing(self, scope: Scope, arn: Any) -> HumanTaskUi:
        name = scope.name_in(arn, "human-task-ui")
        ui = self._engine.state.human_task_uis.find(scope, name) if name else None
        if ui is None:
            raise ResourceNotFound(f"The HumanTaskUi {arn} does not exist")
        return ui
