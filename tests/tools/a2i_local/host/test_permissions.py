"""Calls that IAM allows and refuses, made with the credentials of roles."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from a2i_local.host import LocalAws
from a2i_local.host.clients import make_client

pytestmark = pytest.mark.local_aws

ClientMaker = Callable[[str], Any]
PREFIX = "arn:aws:sagemaker:us-east-1:123456789012"
FLOW = f"{PREFIX}:flow-definition/flow"
WORKTEAM = f"{PREFIX}:workteam/private-crowd/team"
PASSED_ROLE = "arn:aws:iam::123456789012:role/flow-role"
Statement = dict[str, Any]


class Roles:
    """Makes roles and calls the A2I API with them."""

    def __init__(self, aws: LocalAws) -> None:
        self._aws = aws
        self._made = 0

    def client(self, service: str, *statements: Statement) -> Any:
        """Return a client of a role that has just these permissions."""
        iam = make_client("iam", self._aws.environment)
        name = f"role-{self._made}"
        self._made += 1
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}
        role = iam.create_role(
            RoleName=name, AssumeRolePolicyDocument=json.dumps({"Statement": [trust]})
        )["Role"]
        policy = {"Version": "2012-10-17", "Statement": list(statements)}
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=json.dumps(policy))
        sts = make_client("sts", self._aws.environment)
        session = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="test")
        return make_client(service, self._aws.environment, session["Credentials"])


@pytest.fixture(scope="module")
def roles(local_aws: LocalAws) -> Roles:
    return Roles(local_aws)


def allow(action: str, resource: str, **condition: Any) -> Statement:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **condition}


def outcome(call: Callable[[], Any]) -> str:
    """Return how a call was refused; the service's own refusals mean that IAM let it through."""
    try:
        call()
    except ClientError as error:
        return str(error)
    return "allowed"


def start(client: Any) -> str:
    return outcome(
        lambda: client.start_human_loop(
            HumanLoopName="loop", FlowDefinitionArn=FLOW, HumanLoopInput={"InputContent": "{}"}
        )
    )


def create_flow_definition(client: Any) -> str:
    return outcome(
        lambda: client.create_flow_definition(
            FlowDefinitionName="flow",
            RoleArn=PASSED_ROLE,
            HumanLoopConfig={
                "WorkteamArn": WORKTEAM,
                "HumanTaskUiArn": f"{PREFIX}:human-task-ui/ui",
                "TaskTitle": "t",
                "TaskDescription": "d",
                "TaskCount": 1,
            },
            OutputConfig={"S3OutputPath": "s3://bucket/out"},
        )
    )


def test_starting_a_loop_without_any_grant_is_denied_in_the_words_of_aws(roles: Roles) -> None:
    said = start(roles.client("sagemaker-a2i-runtime", allow("s3:GetObject", "*")))

    assert "(AccessDeniedException)" in said
    assert "is not authorized to perform: sagemaker:StartHumanLoop on resource: " + FLOW in said
    assert "because no identity-based policy allows the sagemaker:StartHumanLoop action" in said


def test_starting_a_loop_needs_the_flow_definition(roles: Roles) -> None:
    loops = allow("sagemaker:StartHumanLoop", f"{PREFIX}:human-loop/*")
    client = roles.client("sagemaker-a2i-runtime", loops)

    assert f"sagemaker:StartHumanLoop on resource: {FLOW}" in start(client)


def test_starting_a_loop_with_the_grant_reaches_the_service(roles: Roles) -> None:
    client = roles.client("sagemaker-a2i-runtime", allow("sagemaker:StartHumanLoop", FLOW))

    assert "AccessDenied" not in start(client)


def test_an_explicit_deny_wins(roles: Roles) -> None:
    client = roles.client(
        "sagemaker-a2i-runtime",
        allow("sagemaker:*", "*"),
        {"Effect": "Deny", "Action": "sagemaker:StartHumanLoop", "Resource": FLOW},
    )

    assert "with an explicit deny in an identity-based policy" in start(client)


def test_creating_a_flow_definition_needs_to_pass_its_role(roles: Roles) -> None:
    client = roles.client("sagemaker", allow("sagemaker:CreateFlowDefinition", FLOW))

    said = create_flow_definition(client)

    assert f"is not authorized to perform: iam:PassRole on resource: {PASSED_ROLE}" in said


@pytest.mark.parametrize(
    ("service", "let_through"),
    [("sagemaker.amazonaws.com", True), ("lambda.amazonaws.com", False)],
)
def test_a_role_may_be_passed_to_the_named_service_only(
    roles: Roles, service: str, *, let_through: bool
) -> None:
    condition = {"StringEquals": {"iam:PassedToService": service}}
    client = roles.client(
        "sagemaker",
        allow("sagemaker:CreateFlowDefinition", FLOW),
        allow("iam:PassRole", PASSED_ROLE, Condition=condition),
    )

    assert ("AccessDenied" not in create_flow_definition(client)) is let_through


@pytest.mark.parametrize(
    ("key", "value", "let_through"),
    [
        ("sagemaker:WorkteamType", "private-crowd", True),
        ("sagemaker:WorkteamType", "vendor-crowd", False),
        ("sagemaker:WorkteamArn", WORKTEAM, True),
        ("sagemaker:WorkteamArn", f"{WORKTEAM}2", False),
    ],
)
def test_a_policy_may_name_the_work_team(
    roles: Roles, key: str, value: str, *, let_through: bool
) -> None:
    client = roles.client(
        "sagemaker",
        allow("sagemaker:CreateFlowDefinition", FLOW, Condition={"StringEquals": {key: value}}),
        allow("iam:PassRole", PASSED_ROLE),
    )

    assert ("AccessDenied" not in create_flow_definition(client)) is let_through


@pytest.mark.parametrize(
    ("granted", "let_through"), [("a2i/Stack/flows", True), ("a2i/Other/flows", False)]
)
def test_parameters_are_read_by_a_granted_path(
    roles: Roles, granted: str, *, let_through: bool
) -> None:
    parameter = f"arn:aws:ssm:us-east-1:123456789012:parameter/{granted}"
    client = roles.client("ssm", allow("ssm:GetParametersByPath", parameter))

    said = outcome(lambda: client.get_parameters_by_path(Path="/a2i/Stack/flows"))

    assert (said == "allowed") is let_through


def test_credentials_that_nobody_has_are_refused(local_aws: LocalAws) -> None:
    unknown = {"AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "secret"}
    client = make_client("sagemaker", local_aws.environment, unknown)

    assert "UnrecognizedClientException" in outcome(client.list_workteams)


def test_a_bucket_that_wants_tls_takes_calls(client: ClientMaker) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="tls-only")
    denial = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::tls-only", "arn:aws:s3:::tls-only/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    s3.put_bucket_policy(Bucket="tls-only", Policy=json.dumps({"Statement": [denial]}))

    assert s3.put_object(Bucket="tls-only", Key="k", Body=b"")
