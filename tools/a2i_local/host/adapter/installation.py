"""Puts A2I into MiniStack: its API, its resource types, and the corrected stack deletion."""

from typing import Any

from ministack.core.responses import get_account_id, get_region

from a2i_local import protocol
from a2i_local.host.adapter import gateway, resource_types
from a2i_local.host.adapter.cognito_types import UserPoolUser, UserPoolUserToGroupAttachment
from a2i_local.host.adapter.hosting_types import Endpoint, EndpointConfig, Model
from a2i_local.host.adapter.model_services import ModelServices
from a2i_local.host.adapter.sagemaker_calls import SageMakerCalls
from a2i_local.host.adapter.sagemaker_types import HumanTaskUi, Workteam
from a2i_local.host.adapter.stack_deletion import keep_dependencies_of_failed_deletions
from a2i_local.host.adapter.workforce_type import Workforce
from a2i_local.service import A2IService
from a2i_local.service.host import Host


def install(service: A2IService, host: Host) -> None:
    """Serve `service` from MiniStack. LocalAwsError: this MiniStack is not the expected one."""

    def call(operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        return protocol.call(
            service, operation, parameters, account=get_account_id(), region=get_region()
        )

    def handle(*request: Any, account: str, region: str) -> gateway.Response:
        return protocol.handle(service, *request, account=account, region=region)

    models = ModelServices(host)
    models.mount(handle)
    calls = SageMakerCalls(call)
    resource_types.register(
        Endpoint(models.call),
        EndpointConfig(models.call),
        HumanTaskUi(calls),
        Model(models.call),
        UserPoolUser(),
        UserPoolUserToGroupAttachment(),
        Workforce(calls),
        Workteam(calls),
    )
    keep_dependencies_of_failed_deletions()
