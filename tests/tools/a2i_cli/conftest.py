"""One local AWS per test process; stacks of their own for the tests that want one."""

import itertools
import json
from collections.abc import Iterator, Mapping

import pytest
from typer.testing import CliRunner, Result

from a2i_cli.aws import AwsClients
from a2i_cli.demo.portal_client import PortalClient
from a2i_cli.main import app
from a2i_local.host import LocalAws
from a2i_local.host.clients import make_client
from tests.tools.a2i_cli.small_stack import (
    TEMPLATE,
    A2ICommand,
    DeployedStack,
    OfflineClients,
    Team,
    stack_template,
    until,
)

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def local_aws() -> Iterator[LocalAws]:
    with LocalAws.start() as aws:
        yield aws


@pytest.fixture(scope="session")
def clients(local_aws: LocalAws) -> AwsClients:
    return AwsClients(local_aws.environment)


@pytest.fixture
def offline() -> OfflineClients:
    """Clients that reach nothing, to be stubbed."""
    return OfflineClients()


@pytest.fixture
def a2i(clients: AwsClients) -> A2ICommand:
    """Run the `a2i` command line against the local AWS."""

    def run(*arguments: str, stdin: str | None = None) -> Result:
        return CliRunner().invoke(app, arguments, obj=clients, input=stdin)

    return run


@pytest.fixture(scope="session")
def team(clients: AwsClients, local_aws: LocalAws) -> Team:
    cognito = clients.cognito
    pool = cognito.create_user_pool(PoolName="reviewers", UsernameAttributes=["email"])
    pool_id = pool["UserPool"]["Id"]
    client = cognito.create_user_pool_client(
        UserPoolId=pool_id, ClientName="portal", GenerateSecret=True
    )["UserPoolClient"]
    cognito.create_group(UserPoolId=pool_id, GroupName="reviewers")
    cognito.create_user_pool_domain(Domain="reviewers", UserPoolId=pool_id)
    sagemaker = clients.sagemaker
    client_id = client["ClientId"]
    sagemaker.create_workforce(
        WorkforceName="default", CognitoConfig={"UserPool": pool_id, "ClientId": client_id}
    )
    until(
        lambda: (
            sagemaker.describe_workforce(WorkforceName="default")["Workforce"]["Status"] == "Active"
        )
    )
    workteam = sagemaker.create_workteam(
        WorkteamName="reviewers",
        WorkforceName="default",
        Description="Reviewers",
        MemberDefinitions=[
            {
                "CognitoMemberDefinition": {
                    "UserPool": pool_id,
                    "ClientId": client_id,
                    "UserGroup": "reviewers",
                }
            }
        ],
    )
    ui = sagemaker.create_human_task_ui(HumanTaskUiName="verdict", UiTemplate={"Content": TEMPLATE})
    role = _create_role(local_aws.environment)
    return Team(workteam["WorkteamArn"], ui["HumanTaskUiArn"], role, pool_id, "reviewers")


@pytest.fixture
def stack(clients: AwsClients, team: Team, local_aws: LocalAws) -> DeployedStack:
    """A stack without flows."""
    name = f"Reviews{next(_numbers)}"
    cloudformation = clients.cloudformation
    cloudformation.create_stack(
        StackName=name,
        TemplateBody=json.dumps(stack_template(name)),
        Capabilities=["CAPABILITY_IAM"],
    )
    until(lambda: _status(clients, name) == "CREATE_COMPLETE")
    found = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in found["Outputs"]}
    portal = PortalClient(local_aws.portal_url)
    return DeployedStack(clients, team, portal, name, found["StackId"], outputs)


def _status(clients: AwsClients, name: str) -> str:
    return clients.cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]


def _create_role(environment: Mapping[str, str]) -> str:
    iam = make_client("iam", environment)
    role = iam.create_role(
        RoleName="flow-definitions",
        AssumeRolePolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": {
                    "Effect": "Allow",
                    "Principal": {"Service": "sagemaker.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                },
            }
        ),
    )
    iam.put_role_policy(
        RoleName="flow-definitions",
        PolicyName="objects",
        PolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": {
                    "Effect": "Allow",
                    "Action": ["s3:GetBucketLocation", "s3:GetObject", "s3:PutObject"],
                    "Resource": "*",
                },
            }
        ),
    )
    return str(role["Role"]["Arn"])
