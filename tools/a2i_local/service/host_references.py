"""Check that roles, buckets, user pools and groups in the state still exist."""

from collections.abc import Iterator

from a2i_core.human_loops.s3_output_path import S3OutputPath
from a2i_local.service.host import SERVICE_PRINCIPAL, Host
from a2i_local.service.records import FlowDefinition, Workforce, Workteam
from a2i_local.service.state import State


def missing_references(state: State, host: Host) -> Iterator[str]:
    """Yield a sentence for each role, bucket, user pool and group that is referred to and gone."""
    for workforce in state.workforces:
        yield from _of_workforce(workforce, host)
    for workteam in state.workteams:
        yield from _of_workteam(workteam, host)
    for flow in state.flow_definitions:
        yield from _of_flow_definition(flow, host)


def _of_workforce(workforce: Workforce, host: Host) -> Iterator[str]:
    cognito = workforce.cognito_config
    if (
        cognito
        and host.user_pool_client(
            cognito["UserPool"], cognito["ClientId"], account=workforce.scope.account
        )
        is None
    ):
        yield f"the user pool or app client of {workforce.arn} does not exist"


def _of_workteam(workteam: Workteam, host: Host) -> Iterator[str]:
    for definition in workteam.member_definitions:
        cognito = definition.get("CognitoMemberDefinition")
        if (
            cognito
            and host.group_members(
                cognito["UserPool"], cognito["UserGroup"], account=workteam.scope.account
            )
            is None
        ):
            yield f"the user group {cognito['UserGroup']} of {workteam.arn} does not exist"


def _of_flow_definition(flow: FlowDefinition, host: Host) -> Iterator[str]:
    if host.role_trusts(flow.role_arn, SERVICE_PRINCIPAL) is None:
        yield f"the role {flow.role_arn} of {flow.arn} does not exist"
    bucket = S3OutputPath.parse(flow.output_config["S3OutputPath"]).bucket
    if not host.bucket_exists(bucket, account=flow.scope.account):
        yield f"the output bucket {bucket} of {flow.arn} does not exist"
