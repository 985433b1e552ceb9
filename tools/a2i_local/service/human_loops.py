"""Runtime API over the service's own tables."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache, partial
from typing import Any

from a2i_core.human_loops.errors import (
    ResourceNotFoundException,
    ServiceQuotaExceededException,
    ValidationException,
)
from a2i_core.human_loops.human_loop import FlowSnapshot, HumanLoop
from a2i_core.human_loops.loop_store import LoopPage, Transition
from a2i_core.human_loops.runtime_operations import (
    Parameters,
    Result,
    RuntimeOperations,
    no_such_loop,
)
from a2i_core.human_loops.s3_output_path import S3OutputPath
from a2i_core.human_loops.scope import Scope
from a2i_local.service.engine import Engine
from a2i_local.service.faults import Faults
from a2i_local.service.loop_life_cycle import LoopLifeCycle
from a2i_local.service.operation import Operation
from a2i_local.service.paging import page_of_names
from a2i_local.service.records import (
    FlowDefinition,
    FlowDefinitionStatus,
    HumanTaskUi,
    HumanTaskUiStatus,
)


class HumanLoops:
    """StartHumanLoop, DescribeHumanLoop, ListHumanLoops, StopHumanLoop, DeleteHumanLoop."""

    def __init__(self, engine: Engine, life_cycle: LoopLifeCycle, faults: Faults) -> None:
        self._engine = engine
        self._life_cycle = life_cycle
        self._faults = faults

    def operations(self) -> dict[str, Operation]:
        return {name: partial(self._run, name) for name in self._in(Scope("", ""))}

    def _run(self, name: str, scope: Scope, parameters: Parameters) -> Result:
        return self._in(scope)[name](parameters)

    @cache  # noqa: B019  # as many as there are accounts and regions
    def _in(self, scope: Scope) -> Mapping[str, Callable[[Parameters], Result]]:
        return RuntimeOperations(
            ScopedLoops(scope, self._engine, self._life_cycle, self._faults),
            scope,
            now=self._engine.clock.now,
            rendering=self._engine.settings.task_rendering,
            stopping=self._engine.settings.human_loop_stopping,
        ).by_name()


class ScopedLoops:
    """LoopStore of one account and region; runs under the engine's lock."""

    def __init__(
        self, scope: Scope, engine: Engine, life_cycle: LoopLifeCycle, faults: Faults
    ) -> None:
        self._scope = scope
        self._engine = engine
        self._table = engine.state.human_loops
        self._life_cycle = life_cycle
        self._faults = faults
        self._snapshots: dict[tuple[str, str], FlowSnapshot] = {}

    def flow(self, flow_definition_arn: str) -> FlowSnapshot:
        flow = self._startable(flow_definition_arn)
        ui = self._active_ui(flow)
        key = flow.id, ui.template_sha256
        if key not in self._snapshots:
            self._snapshots[key] = _snapshot(flow, ui, self._engine)
        return self._snapshots[key]

    def find(self, name: str) -> HumanLoop | None:
        return self._table.find(self._scope, name)

    def add(self, loop: HumanLoop, input_content: str) -> HumanLoop | None:
        existing = self.find(loop.name)
        if existing is None:
            self._require_quota()
            self._life_cycle.begin(loop, input_content)
        return existing

    def change(self, name: str, transition: Transition) -> HumanLoop:
        loop = self.find(name)
        if loop is None:
            raise no_such_loop(self._scope, name)
        return self._life_cycle.change(loop, transition)

    def remove(self, loop: HumanLoop) -> None:
        self._life_cycle.forget(loop)

    def page(self, flow_definition_arn: str, parameters: Mapping[str, Any]) -> LoopPage:
        flow = self._flow(flow_definition_arn)
        if flow is None:
            raise ResourceNotFoundException(
                f"The flow definition {flow_definition_arn} does not exist"
            )
        names, more = page_of_names(self._table.of_flow(flow.id), parameters)
        found = [loop for loop in map(self.find, names) if loop is not None]
        return LoopPage(found, more.get("NextToken"))

    def _flow(self, arn: str) -> FlowDefinition | None:
        name = self._scope.name_in(arn, "flow-definition")
        return self._engine.state.flow_definitions.find(self._scope, name) if name else None

    def _startable(self, arn: str) -> FlowDefinition:
        flow = self._flow(arn)
        if flow is None:
            raise ValidationException(
                f"The specified FlowDefinition '{arn}' does not exist or you do not have access"
                " to it."
            )
        if flow.status is not FlowDefinitionStatus.ACTIVE:
            raise ValidationException(
                f"The flow definition {arn} is {flow.status}: human loops can be started when it"
                f" is {FlowDefinitionStatus.ACTIVE}"
            )
        return flow

    def _active_ui(self, flow: FlowDefinition) -> HumanTaskUi:
        arn = flow.human_loop_config["HumanTaskUiArn"]
        name = flow.scope.name_in(arn, "human-task-ui") or ""
        ui = self._engine.state.human_task_uis.find(flow.scope, name)
        if ui is None or ui.status is not HumanTaskUiStatus.ACTIVE:
            raise ValidationException(
                f"The HumanTaskUi '{arn}' of the flow definition {flow.arn} was deleted: human"
                " loops can no longer be started with it"
            )
        return ui

    def _require_quota(self) -> None:
        quota = self._faults.settings.open_human_loops_quota
        if quota is not None and self._table.open_count(self._scope) >= quota:
            raise ServiceQuotaExceededException(
                f"The account has {quota} open human loops, as many as it may have: stop some or"
                " wait until they are completed"
            )


def _snapshot(flow: FlowDefinition, ui: HumanTaskUi, engine: Engine) -> FlowSnapshot:
    config, settings = flow.human_loop_config, engine.settings
    output = S3OutputPath.parse(flow.output_config["S3OutputPath"])
    return FlowSnapshot(
        definition_id=flow.id,
        name=flow.name,
        workteam_arn=flow.workteam_arn,
        role_arn=flow.role_arn,
        task_title=config["TaskTitle"],
        task_description=config["TaskDescription"],
        task_keywords=tuple(config.get("TaskKeywords", ())),
        task_count=flow.task_count,
        availability=_seconds(
            config.get("TaskAvailabilityLifetimeInSeconds"), settings.default_task_availability
        ),
        time_limit=_seconds(config.get("TaskTimeLimitInSeconds"), settings.default_task_time_limit),
        template_sha256=ui.template_sha256,
        output_bucket=output.bucket,
        output_prefix=output.prefix,
        output_kms_key_id=flow.output_config.get("KmsKeyId"),
    )


def _seconds(number: int | None, default: timedelta) -> timedelta:
    return default if number is None else timedelta(seconds=number)
