"""Human task UI API: worker task templates by name, and their rendering."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from a2i_core.human_loops.errors import ValidationException
from a2i_core.human_loops.input_content import json_object
from a2i_core.human_loops.runtime_operations import Parameters, Result
from a2i_core.human_loops.scope import Scope
from a2i_local.service.engine import Engine
from a2i_local.service.errors import ResourceInUse, ResourceNotFound
from a2i_local.service.host import require_assumable
from a2i_local.service.operation import Operation
from a2i_local.service.paging import page_of_names
from a2i_local.service.records import HumanTaskUi, HumanTaskUiStatus, Template
from a2i_local.service.rendering import Renderer, RenderJob
from a2i_local.service.tags import tags_by_key
from worker_template import TemplateRenderError

TEMPLATE_PATH = "/_a2i/templates/"


class HumanTaskUis:
    """CreateHumanTaskUi, DescribeHumanTaskUi, ListHumanTaskUis, DeleteHumanTaskUi."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._table = engine.state.human_task_uis

    def operations(self) -> dict[str, Operation]:
        return {
            "CreateHumanTaskUi": self.create,
            "DescribeHumanTaskUi": self.describe,
            "ListHumanTaskUis": self.list_human_task_uis,
            "DeleteHumanTaskUi": self.delete,
        }

    def resume(self) -> None:
        """Resume the deletions that a restart interrupted."""
        for ui in self._table:
            if ui.status is HumanTaskUiStatus.DELETING:
                self._remove_later(ui)

    def create(self, scope: Scope, parameters: Parameters) -> Result:
        name = parameters["HumanTaskUiName"]
        if self._table.find(scope, name) is not None:
            raise ResourceInUse(f"A HumanTaskUi named {name} already exists")
        ui = HumanTaskUi(
            scope=scope,
            name=name,
            created_at=self._engine.clock.now(),
            template_sha256=self._keep_template(parameters["UiTemplate"]),
            tags=tags_by_key(parameters.get("Tags", [])),
        )
        self._table.put(ui)
        return {"HumanTaskUiArn": ui.arn}

    def describe(self, scope: Scope, parameters: Parameters) -> Result:
        ui = self._existing(scope, parameters["HumanTaskUiName"])
        origin = self._engine.settings.endpoint_origin
        return {
            "HumanTaskUiArn": ui.arn,
            "HumanTaskUiName": ui.name,
            "HumanTaskUiStatus": ui.status.value,
            "CreationTime": ui.created_at,
            "UiTemplate": {
                "Url": f"{origin}{TEMPLATE_PATH}{ui.template_sha256}",
                "ContentSha256": ui.template_sha256,
            },
        }

    def list_human_task_uis(self, scope: Scope, parameters: Parameters) -> Result:
        names, more = page_of_names(self._table.created_in(scope), parameters)
        summaries = [_summary(self._existing(scope, name)) for name in names]
        return {"HumanTaskUiSummaries": summaries, **more}

    def delete(self, scope: Scope, parameters: Parameters) -> Result:
        ui = self._existing(scope, parameters["HumanTaskUiName"])
        if ui.status is HumanTaskUiStatus.ACTIVE:
            ui.status = HumanTaskUiStatus.DELETING
            self._table.put(ui)
            self._remove_later(ui)
        return {}

    def _existing(self, scope: Scope, name: str) -> HumanTaskUi:
        ui = self._table.find(scope, name)
        if ui is None:
            raise ResourceNotFound(
                f"The HumanTaskUi {scope.arn('human-task-ui', name)} does not exist"
            )
        return ui

    def _keep_template(self, ui_template: dict[str, Any]) -> str:
        content = ui_template["Content"]
        sha256 = hashlib.sha256(content.encode()).hexdigest()
        templates = self._engine.state.templates
        if templates.get(sha256) is None:
            templates.put(Template(sha256, content))
        return sha256

    def _remove_later(self, ui: HumanTaskUi) -> None:
        due = self._engine.clock.now() + self._engine.settings.human_task_ui_deleting

        def run(_now: datetime) -> None:
            self._table.remove(ui)

        self._engine.schedule.at(due, run)


def _summary(ui: HumanTaskUi) -> Result:
    return {
        "HumanTaskUiName": ui.name,
        "HumanTaskUiArn": ui.arn,
        "CreationTime": ui.created_at,
    }


class TemplatePreview:
    """Renders a template given inline, or one that exists; faults come back in Errors."""

    def __init__(self, engine: Engine, renderer: Renderer) -> None:
        self._engine = engine
        self._renderer = renderer

    def operations(self) -> dict[str, Operation]:
        return {"RenderUiTemplate": self.render}

    def render(self, scope: Scope, parameters: Parameters) -> Callable[[], Result]:
        job = RenderJob(
            self._content(scope, parameters),
            parameters["Task"]["Input"],
            parameters["RoleArn"],
            self._engine.settings.portal_origin,
        )
        json_object(job.input_content, "Task.Input")
        require_assumable(self._engine.host, job.role_arn)
        return partial(self._rendered, job)

    def _rendered(self, job: RenderJob) -> Result:
        try:
            return {"RenderedContent": self._renderer.render(job), "Errors": []}
        except TemplateRenderError as error:
            fault = {"Code": error.code, "Message": error.message}
            return {"RenderedContent": "", "Errors": [fault]}

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
