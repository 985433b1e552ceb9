"""Deployments that fail, and that come again under one name, with the settings that keep data.

Each test continues the one before.
"""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from a2i_local.cdk_cli import CdkCliError
from tests.end_to_end.adversity import faults
from tests.end_to_end.conftest import STACK, Project
from tests.end_to_end.operating import until

pytestmark = [pytest.mark.local_aws, pytest.mark.xdist_group("first-deployment")]

OWN = {"keys": 1, "buckets": 3, "tables": 1, "user pools": 1, "workforces": 1}
NOBODY = {"a2i.workforce.workers": "[]"}
PROVIDER = {
    # Neither of the two would pass CloudFormation's own type.
    "clientId": "0f8fad5b-d9cb-469f-a165-70867728950e",
    "issuer": "https://id.example.com",
    "authorizationEndpoint": "https://id.example.com/authorize",
    "tokenEndpoint": "https://id.example.com/token",
    "userInfoEndpoint": "https://id.example.com/userinfo",
    "logoutEndpoint": "https://id.example.com/logout",
    "jwksUri": "https://id.example.com/jwks",
}
SECRET = "a-secret~that.no-template_holds"
GROUPS = {"a2i.workforce.groups": json.dumps(["reviewers"])}
LATE_FAULT = {"failedFlowDefinitions": {"*": "a fault near the end"}}


def kept(project: Project) -> Counter[str]:
    """Count what a stack keeps by default, in the whole account."""
    kms, sagemaker = project.client("kms"), project.client("sagemaker")
    keys = (kms.describe_key(KeyId=key["KeyId"]) for key in kms.list_keys()["Keys"])
    states = [key["KeyMetadata"] for key in keys]
    buckets = project.client("s3").list_buckets()["Buckets"]
    return Counter(
        {
            "keys": sum(each["KeyState"] == "Enabled" for each in states),
            "buckets": sum(not each["Name"].startswith("cdk-") for each in buckets),
            "tables": len(project.client("dynamodb").list_tables()["TableNames"]),
            "user pools": len(
                project.client("cognito-idp").list_user_pools(MaxResults=60)["UserPools"]
            ),
            "workforces": len(sagemaker.list_workforces()["Workforces"]),
        }
    )


def adopting(**workforce: str) -> dict[str, str]:
    settings = {f"a2i.workforce.{name}": value for name, value in workforce.items()}
    return {**NOBODY, "a2i.workforce.mode": "adopt", **settings}


@pytest.fixture(scope="module")
def creating(project: Project) -> Path:
    """The stack as it is in cdk.json: what it keeps outlives it."""
    return project.synth("creating")


@pytest.fixture(scope="module")
def provider(project: Project) -> dict[str, str]:
    secret = project.client("secretsmanager").create_secret(Name="portal", SecretString=SECRET)
    oidc = {**PROVIDER, "clientSecretArn": secret["ARN"]}
    mode = {"a2i.workforce.mode": "create-oidc", "a2i.workforce.oidc": json.dumps(oidc)}
    return {**NOBODY, **GROUPS, **mode}


def test_a_first_deployment_that_fails_late_leaves_nothing(
    project: Project, creating: Path
) -> None:
    with faults(project.local, LATE_FAULT), pytest.raises(CdkCliError, match="near the end"):
        project.cli.deploy(creating, STACK)

    assert kept(project) == Counter(dict.fromkeys(OWN, 0))


def test_the_same_again_succeeds_and_makes_one_of_each(project: Project, creating: Path) -> None:
    project.cli.deploy(creating, STACK)

    assert kept(project) == Counter(OWN)


def test_what_was_kept_is_in_the_way_of_another_creation_before_anything_changes(
    project: Project, creating: Path
) -> None:
    project.cli.destroy(creating, STACK)
    assert kept(project) == Counter(OWN)

    with pytest.raises(CdkCliError):
        project.cli.deploy(creating, STACK)

    assert '{"mode": "adopt", "name": "default", "identity": "cognito"}' in project.event_reasons()
    assert kept(project) == Counter(OWN)


def test_the_setting_that_was_advised_adopts_what_was_kept_time_and_again(
    project: Project,
) -> None:
    adopts = project.synth("adopting", adopting())
    for _ in range(2):
        project.cli.deploy(adopts, STACK)
        project.cli.destroy(adopts, STACK)

    more = {"keys": 3, "buckets": 9, "tables": 3}
    assert kept(project) == Counter({**OWN, **more})


def test_a_team_that_is_there_is_used_time_and_again(project: Project) -> None:
    sagemaker, cognito = project.client("sagemaker"), project.client("cognito-idp")
    source = sagemaker.list_workforces()["Workforces"][0]["CognitoConfig"]
    cognito.create_group(UserPoolId=source["UserPool"], GroupName="theirs")
    member = {"CognitoMemberDefinition": {**source, "UserGroup": "theirs"}}
    team = sagemaker.create_workteam(
        WorkteamName="theirs", Description="reviews", MemberDefinitions=[member]
    )["WorkteamArn"]
    context = {**NOBODY, "a2i.workforce.mode": "workteam", "a2i.workforce.workteamArn": team}
    uses = project.synth("using", context)

    for _ in range(2):
        project.cli.deploy(uses, STACK)
        project.cli.destroy(uses, STACK)

    assert sagemaker.describe_workteam(WorkteamName="theirs")
    sagemaker.delete_workteam(WorkteamName="theirs")


@pytest.fixture
def room(project: Project) -> None:
    """The account without the workforce that the tests before have left."""
    sagemaker = project.client("sagemaker")
    for team in sagemaker.list_workteams()["Workteams"]:
        sagemaker.delete_workteam(WorkteamName=team["WorkteamName"])
    for workforce in sagemaker.list_workforces()["Workforces"]:
        sagemaker.delete_workforce(WorkforceName=workforce["WorkforceName"])
    until(lambda: sagemaker.list_workforces()["Workforces"] == [])


@pytest.mark.usefixtures("room")
def test_a_workforce_with_an_identity_provider_fails_and_comes_again_like_the_other(
    project: Project, provider: dict[str, str]
) -> None:
    creates = project.synth("provider", provider)
    before = kept(project)
    with faults(project.local, LATE_FAULT), pytest.raises(CdkCliError, match="near the end"):
        project.cli.deploy(creates, STACK)
    assert kept(project) == before

    project.cli.deploy(creates, STACK)
    project.cli.destroy(creates, STACK)
    with pytest.raises(CdkCliError):
        project.cli.deploy(creates, STACK)
    assert '"identity": "oidc", "groups":' in project.event_reasons()

    adopts = project.synth("adopting-provider", {**adopting(identity="oidc"), **GROUPS})
    project.cli.deploy(adopts, STACK)
    assert described(project)["OidcConfig"]["ClientId"] == PROVIDER["clientId"]
    for text in everything_written(project, creates):
        assert SECRET not in text


def described(project: Project) -> dict[str, Any]:
    found = project.client("sagemaker").describe_workforce(WorkforceName="default")
    return dict(found["Workforce"])


def everything_written(project: Project, assembly: Path) -> Iterator[str]:
    """Template, events and logs of the stack."""
    yield (assembly / f"{STACK}.template.json").read_text()
    yield project.event_reasons()
    logs = project.client("logs")
    for group in logs.describe_log_groups()["logGroups"]:
        events = logs.filter_log_events(logGroupName=group["logGroupName"])["events"]
        yield " ".join(event["message"] for event in events)
