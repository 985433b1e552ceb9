"""Flow definition API. There is no update: every change is a new flow definition."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from a2i_core.human_loops.errors import ValidationException
from a2i_core.human_loops.runtime_operations import Parameters, Result
from a2i_core.human_loops.s3_output_path import S3OutputPath
from a2i_core.human_loops.scope import Scope
from a2i_local.service.engine import Engine
from a2i_local.service.errors import ResourceInUse, ResourceNotFound
from a2i_local.service.faults import Faults
from a2i_local.service.host import require_allowed, require_assumable
from a2i_local.service.loop_life_cycle import LoopLifeCycle
from a2i_local.service.operation import Operation
from a2i_local.service.paging import page_of_names
from a2i_local.service.records import FlowDefinition, FlowDefinitionStatus, HumanTaskUiStatus
from a2i_local.service.tags import tags_by_key


class FlowDefinitions:
    """CreateFlowDefinition, DescribeFlowDefinition, ListFlowDefinitions, DeleteFlowDefinition."""

    def __init__(self, engine: Engine, loops: LoopLifeCycle, faults: Faults) -> None:
        self._engine = engine
        self._table = engine.state.flow_definitions
        self._loops = loops
        self._faults = faults
        self._checks = FlowDefinitionChecks(engine)
        loops.on_closed(self._remove_when_drained)

    def operations(self) -> dict[str, Operation]:
        return {
            "CreateFlowDefinition": self.create,
            "DescribeFlowDefinition": self.describe,
            "ListFlowDefinitions": self.list_flow_definitions,
            "DeleteFlowDefinition": self.delete,
        }

    def resume(self) -> None:
        """Resume the transitions that a restart interrupted."""
        for flow in self._table:
            if flow.status is FlowDefinitionStatus.INITIALIZING:
                self._initialize_later(flow)
            else:
                self._remove_when_drained(flow.scope, flow.name)

    def create(self, scope: Scope, parameters: Parameters) -> Result:
        name = parameters["FlowDefinitionName"]
        if self._table.find(scope, name) is not None:
            raise ResourceInUse(f"A flow definition named {name} already exists")
        self._checks.check(scope, parameters)
        flow = FlowDefinition(
            scope=scope,
            name=name,
            created_at=self._engine.clock.now(),
            id=uuid.uuid4().hex,
            status=FlowDefinitionStatus.INITIALIZING,
            role_arn=parameters["RoleArn"],
            human_loop_config=parameters["HumanLoopConfig"],
            output_config=parameters["OutputConfig"],
            tags=tags_by_key(parameters.get("Tags", [])),
        )
        self._table.put(flow)
        self._initialize_later(flow)
        return {"FlowDefinitionArn": flow.arn}

    def describe(self, scope: Scope, parameters: Parameters) -> Result:
        flow = self._existing(scope, parameters["FlowDefinitionName"])
        return {
            **_summary(flow),
            "HumanLoopConfig": _as_kept(flow.human_loop_config),
            "OutputConfig": flow.output_config,
            "RoleArn": flow.role_arn,
        }

    def list_flow_definitions(self, scope: Scope, parameters: Parameters) -> Result:
        names, more = page_of_names(self._table.created_in(scope), parameters)
        summaries = [_summary(self._existing(scope, name)) for name in names]
        return {"FlowDefinitionSummaries": summaries, **more}

    def delete(self, scope: Scope, parameters: Parameters) -> Result:
        flow = self._existing(scope, parameters["FlowDefinitionName"])
        if flow.status is not FlowDefinitionStatus.ACTIVE:
            raise ResourceInUse(
                f"The flow definition {flow.name} is {flow.status}: it can only be deleted when"
                f" it is {FlowDefinitionStatus.ACTIVE}"
            )
        flow.status = FlowDefinitionStatus.DELETING
        self._table.put(flow)
        self._loops.withdraw_all(flow)
        self._remove_when_drained(scope, flow.name)
        return {}

    def _existing(self, scope: Scope, name: str) -> FlowDefinition:
        flow = self._table.find(scope, name)
        if flow is None:
            raise ResourceNotFound(
                f"The flow definition {scope.arn('flow-definition', name)} does not exist"
            )
        return flow

    def _initialize_later(self, flow: FlowDefinition) -> None:
        due = self._due(flow, self._engine.settings.flow_definition_initializing)
        failure = self._faults.flow_definition_failure(flow.name)

        def run(_now: datetime) -> None:
            flow.failure_reason = failure
            flow.status = FlowDefinitionStatus.FAILED if failure else FlowDefinitionStatus.ACTIVE
            self._table.put(flow)

        self._engine.schedule.at(due, run)

    def _remove_when_drained(self, scope: Scope, name: str) -> None:
        flow = self._table.find(scope, name)
        if flow is None or flow.status is not FlowDefinitionStatus.DELETING:
            return
        if self._engine.state.human_loops.has_open(flow.id):
            return
        due = self._due(flow, self._engine.settings.flow_definition_deleting)

        def run(_now: datetime) -> None:
            if self._table.find(scope, name) is flow:
                self._loops.forget_all(flow)
                self._table.remove(flow)

        self._engine.schedule.at(due, run)

    def _due(self, flow: FlowDefinition, usually_after: timedelta) -> datetime:
        delay = self._faults.flow_definition_delay(flow.name)
        return self._engine.clock.now() + usually_after + delay


def _summary(flow: FlowDefinition) -> Result:
    return {
        "FlowDefinitionName": flow.name,
        "FlowDefinitionArn": flow.arn,
        "FlowDefinitionStatus": flow.status.value,
        "CreationTime": flow.created_at,
        "FailureReason": flow.failure_reason,
    }


def _as_kept(config: dict[str, Any]) -> Result:
    """Return a configuration with its keywords in another order: AWS promises none."""
    keywords = config.get("TaskKeywords")
    return config if keywords is None else {**config, "TaskKeywords": keywords[::-1]}


class FlowDefinitionChecks:
    """Every check raises ValidationException; nothing is made before all have passed."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def check(self, scope: Scope, parameters: Parameters) -> None:
        config = _human_loop_config(parameters)
        self._check_workteam(scope, config["WorkteamArn"])
        self._check_human_task_ui(scope, config["HumanTaskUiArn"])
        require_assumable(self._engine.host, parameters["RoleArn"])
        self._check_output(scope, parameters)

    def _check_workteam(self, scope: Scope, arn: str) -> None:
        if _is_vendors(scope, arn):
            return
        name = scope.name_in(arn, "workteam/private-crowd")
        if not name or self._engine.state.workteams.find(scope, name) is None:
            raise _missing("Workteam", arn)

    def _check_human_task_ui(self, scope: Scope, arn: str) -> None:
        name = scope.name_in(arn, "human-task-ui")
        ui = self._engine.state.human_task_uis.find(scope, name) if name else None
        if ui is None or ui.status is not HumanTaskUiStatus.ACTIVE:
            raise _missing("HumanTaskUi", arn)

    def _check_output(self, scope: Scope, parameters: Parameters) -> None:
        path = S3OutputPath.parse(parameters["OutputConfig"]["S3OutputPath"])
        if not self._engine.host.bucket_exists(path.bucket, account=scope.account):
            raise _missing("S3 bucket", path.bucket)
        bucket = f"arn:{scope.partition}:s3:::{path.bucket}"
        answers = path.key(parameters["FlowDefinitionName"], "output.json")
        host, role = self._engine.host, parameters["RoleArn"]
        require_allowed(host, role, "s3:GetBucketLocation", bucket)
        require_allowed(host, role, "s3:PutObject", f"{bucket}/{answers}")


def _human_loop_config(parameters: Parameters) -> Mapping[str, Any]:
    if "HumanLoopRequestSource" in parameters:
        raise ValidationException(
            "HumanLoopRequestSource is not supported: this service runs custom task types only"
        )
    if "HumanLoopActivationConfig" in parameters:
        raise ValidationException(
            "HumanLoopActivationConfig cannot be used for custom task types: leave it out"
        )
    if "HumanLoopConfig" not in parameters:
        raise ValidationException("HumanLoopConfig must be specified for custom task types")
    if "PublicWorkforceTaskPrice" in parameters["HumanLoopConfig"]:
        raise ValidationException(
            "PublicWorkforceTaskPrice can only be specified for the public work team"
        )
    config: Mapping[str, Any] = parameters["HumanLoopConfig"]
    return config


def _is_vendors(scope: Scope, workteam_arn: str) -> bool:
    """Which of them the account has subscribed to is Marketplace's knowledge: any will do."""
    owner = Scope(workteam_arn.split(":")[4], scope.region)
    return bool(owner.name_in(workteam_arn, "workteam/vendor-crowd"))


def _missing(kind: str, name: str) -> ValidationException:
    return ValidationException(
        f"The specified {kind} '{name}' does not exist or you do not have access to it."
    )
