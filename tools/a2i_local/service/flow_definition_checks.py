"""What CreateFlowDefinition checks beyond the shape of its request."""

from collections.abc import Mapping
from typing import Any

from a2i_local.service.engine import Engine
from a2i_local.service.errors import ValidationException
from a2i_local.service.operation import Parameters
from a2i_local.service.records import HumanTaskUiStatus
from a2i_local.service.role_check import require_assumable
from a2i_local.service.s3_output_path import S3OutputPath
from a2i_local.service.scope import Scope


class FlowDefinitionChecks:
    """Every check raises ValidationException; nothing is made before all have passed."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def check(self, scope: Scope, parameters: Parameters) -> None:
        config = _human_loop_config(parameters)
        self._check_workteam(scope, config["WorkteamArn"])
        self._check_human_task_ui(scope, config["HumanTaskUiArn"])
        require_assumable(self._engine.host, parameters["RoleArn"])
        self._check_bucket(scope, parameters["OutputConfig"]["S3OutputPath"])

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

    def _check_bucket(self, scope: Scope, path: str) -> None:
        bucket = S3OutputPath.parse(path).bucket
        if not self._engine.host.bucket_exists(bucket, account=scope.account):
            raise _missing("S3 bucket", bucket)


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
