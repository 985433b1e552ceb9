"""Installs A2I in MiniStack: API, resource types, corrected stack deletion."""

from collections.abc import Callable
from functools import partial
from typing import Any

from ministack.core.responses import get_account_id, get_region

from a2i_local import protocol
from a2i_local.host.adapter import gateway
from a2i_local.host.adapter.iam_paths import (
    authorize_event_sources,
    authorize_parameter_paths,
    authorize_role_paths,
)
from a2i_local.host.adapter.late_extension import extend_before_use
from a2i_local.host.adapter.mail_quota import limit_invitations
from a2i_local.host.adapter.managed_login import (
    ask_for_second_factor,
    revoke_tokens_of_pages,
    rotate_refresh_tokens,
)
from a2i_local.host.adapter.model_services import ModelServices
from a2i_local.host.adapter.sagemaker_actions import changes_something
from a2i_local.host.adapter.sagemaker_calls import SageMakerCalls
from a2i_local.service import A2IService
from a2i_local.service.host import Host


def install(
    service: A2IService, host: Host, portal_url: str, before_answer: Callable[[], None]
) -> Callable[[], None]:
    """Serve `service` from MiniStack, whose private names must have been checked.

    Outputs of stacks that lead to a workforce's portal lead to `portal_url`. `before_answer` is
    called before a change of A2I's own is acknowledged. Returns what may be called once there is
    time, and is done on demand otherwise.
    """

    def call(operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        return protocol.call(
            service, operation, parameters, account=get_account_id(), region=get_region()
        )

    def handle(*request: Any, account: str, region: str) -> gateway.Response:
        answer = protocol.handle(service, *request, account=account, region=region)
        if changes_something(*request[:4]):
            before_answer()
        return answer

    models = ModelServices(host)
    models.mount(handle)
    gateway.explain_unsupported_services()
    authorize_parameter_paths()
    authorize_role_paths()
    authorize_event_sources()
    limit_invitations()
    ask_for_second_factor()
    rotate_refresh_tokens()
    revoke_tokens_of_pages()
    extend_before_use("dynamodb", partial(_extend_dynamodb, service))
    extend_before_use("sqs", _extend_sqs)
    extend_before_use("states", _extend_stepfunctions)
    extend_lambda = extend_before_use("lambda", _extend_lambda)
    calls = SageMakerCalls(call)

    def extend_cloudformation() -> None:
        extend_lambda()  # functions of a stack run without a call of Lambda's API
        _extend_cloudformation(calls, models, portal_url)

    return extend_before_use("cloudformation", extend_cloudformation)


def _extend_dynamodb(service: A2IService) -> None:
    from a2i_local.host.adapter.stale_indexes import (  # noqa: PLC0415 -- imports the service
        let_indexes_lag,
    )

    let_indexes_lag(lambda: service.faults.settings.index_lag_seconds)


def _extend_sqs() -> None:
    from a2i_local.host.adapter.message_move_tasks import (  # noqa: PLC0415 -- imports the service
        add_message_move_tasks,
    )

    add_message_move_tasks()


def _extend_lambda() -> None:
    from a2i_local.host.adapter.dead_letters import (  # noqa: PLC0415 -- imports the service
        send_events_as_they_came,
    )
    from a2i_local.host.adapter.error_types import name_errors_by_class  # noqa: PLC0415 -- likewise
    from a2i_local.host.adapter.stream_delivery import (  # noqa: PLC0415 -- likewise
        deliver_as_lambda_does,
    )

    deliver_as_lambda_does()
    name_errors_by_class()
    send_events_as_they_came()


def _extend_stepfunctions() -> None:
    from a2i_local.host.adapter.failed_callbacks import (  # noqa: PLC0415 -- imports the service
        fail_with_the_function,
    )

    fail_with_the_function()


def _extend_cloudformation(calls: SageMakerCalls, models: ModelServices, portal_url: str) -> None:
    # What is imported here imports the engine.
    from a2i_local.host.adapter import (  # noqa: PLC0415
        cloudformation_corrections as corrections,
    )
    from a2i_local.host.adapter import http_apis, property_schemas, resource_types  # noqa: PLC0415
    from a2i_local.host.adapter.cognito_types import (  # noqa: PLC0415
        UserPoolUser,
        UserPoolUserToGroupAttachment,
    )
    from a2i_local.host.adapter.hosting_types import (  # noqa: PLC0415
        Endpoint,
        EndpointConfig,
        Model,
    )
    from a2i_local.host.adapter.sagemaker_types import HumanTaskUi, Workteam  # noqa: PLC0415
    from a2i_local.host.adapter.workforce_type import Workforce  # noqa: PLC0415

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
    corrections.keep_dependencies_of_failed_deletions()
    corrections.delete_empty_buckets_only()
    corrections.accept_math_alarms()
    corrections.give_functions_their_dead_letter_queue()
    corrections.name_resources_anew()
    corrections.lead_outputs_to_the_portal(portal_url)
    http_apis.serve_at_the_gateway()
    http_apis.check_scope_of_signatures()
    http_apis.read_keys_of_user_pools()
    http_apis.limit_sizes()
    property_schemas.validate_properties()
