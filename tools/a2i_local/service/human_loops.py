"""Runtime API: start, describe, list, stop and delete human loops."""

import hashlib
import json
import uuid
from typing import Any, NoReturn

from a2i_core.statuses import HumanLoopStatus
from a2i_local.service.engine import Engine
from a2i_local.service.errors import (
    ConflictException,
    ResourceNotFoundException,
    ServiceQuotaExceededException,
    ValidationException,
)
from a2i_local.service.faults import Faults
from a2i_local.service.loop_life_cycle import LoopLifeCycle
from a2i_local.service.loop_output import output_location
from a2i_local.service.loop_records import HumanLoop
from a2i_local.service.operation import Operation, Parameters, Result, json_object
from a2i_local.service.paging import page_of_names
from a2i_local.service.records import (
    FlowDefinition,
    FlowDefinitionStatus,
    HumanTaskUi,
    HumanTaskUiStatus,
)
from a2i_local.service.scope import Scope
from a2i_local.service.settings import availability


class HumanLoops:
    """StartHumanLoop, DescribeHumanLoop, ListHumanLoops, StopHumanLoop, DeleteHumanLoop."""

    def __init__(self, engine: Engine, life_cycle: LoopLifeCycle, faults: Faults) -> None:
        self._engine = engine
        self._faults = faults
        self._table = engine.state.human_loops
        self._life_cycle = life_cycle

    def operations(self) -> dict[str, Operation]:
        return {
            "StartHumanLoop": self.start,
            "DescribeHumanLoop": self.describe,
            "ListHumanLoops": self.list_human_loops,
            "StopHumanLoop": self.stop,
            "DeleteHumanLoop": self.delete,
        }

    def start(self, scope: Scope, parameters: Parameters) -> Result:
        input_content = parameters["HumanLoopInput"]["InputContent"]
        json_object(input_content, "InputContent")
        flow = self._startable(scope, parameters["FlowDefinitionArn"])
        ui = self._active_ui(flow)
        digest = _digest(parameters)
        existing = self._table.find(scope, parameters["HumanLoopName"])
        if existing is not None:
            _require_same(existing, digest)
            return {"HumanLoopArn": existing.arn}
        self._require_quota(scope)
        loop = self._new_loop(flow, ui, parameters["HumanLoopName"], digest)
        self._life_cycle.begin(loop, input_content)
        return {"HumanLoopArn": loop.arn}

    def describe(self, scope: Scope, parameters: Parameters) -> Result:
        loop = self._existing(scope, parameters["HumanLoopName"])
        return {
            "CreationTime": loop.created_at,
            "FailureReason": loop.failure_reason,
            "FailureCode": loop.failure_code and loop.failure_code.value,
            "HumanLoopStatus": loop.status.value,
            "HumanLoopName": loop.name,
            "HumanLoopArn": loop.arn,
            "FlowDefinitionArn": loop.flow_definition_arn,
            "HumanLoopOutput": {"OutputS3Uri": loop.output_uri},
        }

    def list_human_loops(self, scope: Scope, parameters: Parameters) -> Result:
        arn = parameters["FlowDefinitionArn"]
        flow = self._flow(scope, arn)
        if flow is None:
            raise ResourceNotFoundException(f"The flow definition {arn} does not exist")
        names, more = page_of_names(self._table.of_flow(flow.id), parameters)
        summaries = [_summary(self._existing(scope, name)) for name in names]
        return {"HumanLoopSummaries": summaries, **more}

    def stop(self, scope: Scope, parameters: Parameters) -> Result:
        loop = self._existing(scope, parameters["HumanLoopName"])
        if loop.status is not HumanLoopStatus.IN_PROGRESS:
            _wrong_status(loop, "stopped", [HumanLoopStatus.IN_PROGRESS])
        self._life_cycle.stop(loop)
        return {}

    def delete(self, scope: Scope, parameters: Parameters) -> Result:
        loop = self._existing(scope, parameters["HumanLoopName"])
        if loop.is_open:
            _wrong_status(
                loop,
                "deleted",
                [HumanLoopStatus.COMPLETED, HumanLoopStatus.FAILED, HumanLoopStatus.STOPPED],
            )
        self._life_cycle.forget(loop)
        return {}

    def _existing(self, scope: Scope, name: str) -> HumanLoop:
        loop = self._table.find(scope, name)
        if loop is None:
            raise ResourceNotFoundException(
                f"The human loop {scope.arn('human-loop', name)} does not exist"
            )
        return loop

    def _flow(self, scope: Scope, arn: str) -> FlowDefinition | None:
        name = scope.name_in(arn, "flow-definition")
        return self._engine.state.flow_definitions.find(scope, name) if name else None

    def _startable(self, scope: Scope, arn: str) -> FlowDefinition:
        flow = self._flow(scope, arn)
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

    def _require_quota(self, scope: Scope) -> None:
        quota = self._faults.settings.open_human_loops_quota
        if quota is not None and self._table.open_count(scope) >= quota:
            raise ServiceQuotaExceededException(
                f"The account has {quota} open human loops, as many as it may have: stop some or"
                " wait until they are completed"
            )

    def _new_loop(self, flow: FlowDefinition, ui: HumanTaskUi, name: str, digest: str) -> HumanLoop:
        now = self._engine.clock.now()
        bucket, key = output_location(flow, name, now)
        return HumanLoop(
            scope=flow.scope,
            name=name,
            created_at=now,
            task_id=uuid.uuid4().hex,
            flow_definition_id=flow.id,
            flow_definition_name=flow.name,
            workteam_arn=flow.workteam_arn,
            request_digest=digest,
            template_sha256=ui.template_sha256,
            output_bucket=bucket,
            output_key=key,
            task_count=flow.task_count,
            render_at=now + self._engine.settings.task_rendering,
            expires_at=now + availability(flow, self._engine.settings),
        )


def _digest(parameters: Parameters) -> str:
    """Return what makes two requests of one name the same request."""
    request: dict[str, Any] = {k: v for k, v in parameters.items() if k != "HumanLoopName"}
    return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()


def _require_same(existing: HumanLoop, digest: str) -> None:
    if existing.request_digest != digest:
        raise ConflictException(
            f"A human loop named {existing.name} exists with other input: two human loops cannot"
            " have the same name and different input"
        )


def _wrong_status(loop: HumanLoop, verb: str, allowed: list[HumanLoopStatus]) -> NoReturn:
    raise ValidationException(
        f"The human loop {loop.name} is {loop.status}: it can be {verb} when it is"
        f" {' or '.join(allowed)}"
    )


def _summary(loop: HumanLoop) -> Result:
    return {
        "HumanLoopName": loop.name,
        "HumanLoopStatus": loop.status.value,
        "CreationTime": loop.created_at,
        "FailureReason": loop.failure_reason,
        "FlowDefinitionArn": loop.flow_definition_arn,
    }
