"""Workforces that are there already, in the way or adopted, and one with an identity provider.

Each test continues the one before. What the account had is never changed.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from a2i_cli.demo.empty_buckets import empty_buckets
from a2i_local.cdk_cli import CdkCliError
from tests.end_to_end.conftest import DISPOSABLE, STACK, WORKER, Project
from tests.end_to_end.existing_workforce import ExistingWorkforce
from tests.end_to_end.operating import Operator, until

pytestmark = [pytest.mark.local_aws, pytest.mark.xdist_group("workforces")]

NOBODY = {"a2i.workforce.workers": "[]"}
SECRET = "a-secret~that.no-template_holds"
PROVIDER = {
    "clientId": "0f8fad5b-d9cb-469f-a165-70867728950e",
    "issuer": "https://id.example.com",
    "authorizationEndpoint": "https://id.example.com/authorize",
    "tokenEndpoint": "https://id.example.com/token",
    "userInfoEndpoint": "https://id.example.com/userinfo",
    "logoutEndpoint": "https://id.example.com/logout",
    "jwksUri": "https://id.example.com/jwks",
}


@pytest.fixture(scope="module")
def existing(project: Project) -> ExistingWorkforce:
    return ExistingWorkforce.make(project)


@pytest.fixture(scope="module")
def before(existing: ExistingWorkforce) -> dict[str, Any]:
    return existing.state()


@pytest.fixture(scope="module")
def adopting(project: Project) -> Path:
    mode = {"a2i.workforce.mode": "adopt", "a2i.workforce.name": "ours"}
    return project.synth("adopting", {**NOBODY, **DISPOSABLE, **mode})


@pytest.fixture(scope="module")
def operator(project: Project, adopting: Path, before: dict[str, Any]) -> Operator:
    """Somebody who has adopted the workforce, with tags on the command line."""
    project.cli.deploy(adopting, STACK, tags={"team": "claims", "cost": "42"})
    return Operator(project)


def teams(project: Project) -> set[str]:
    found = project.client("sagemaker").list_workteams()["Workteams"]
    return {team["WorkteamName"] for team in found}


def own_team(project: Project) -> str:
    [name] = teams(project) - {"others"}
    return name


def own_group(project: Project) -> str:
    """The group behind the stack's team: CloudFormation names it by itself."""
    team = project.client("sagemaker").describe_workteam(WorkteamName=own_team(project))
    [member] = team["Workteam"]["MemberDefinitions"]
    return str(member["CognitoMemberDefinition"]["UserGroup"])


def tags_of_parts(project: Project) -> dict[str, dict[str, str]]:
    """The tags of flow definition, task UI and team, by their ARNs."""
    sagemaker = project.client("sagemaker")
    [ui] = sagemaker.list_human_task_uis()["HumanTaskUiSummaries"]
    team = sagemaker.describe_workteam(WorkteamName=own_team(project))["Workteam"]
    arns = (
        project.outputs()["SentimentFlowDefinitionArn"],
        ui["HumanTaskUiArn"],
        team["WorkteamArn"],
    )
    return {
        arn: {
            tag["Key"]: tag["Value"]
            for tag in sagemaker.list_tags(ResourceArn=arn)["Tags"]
            if not tag["Key"].startswith("a2i:")
        }
        for arn in arns
    }


def test_a_workforce_in_the_way_is_named_with_the_setting_that_adopts_it(
    project: Project, existing: ExistingWorkforce, before: dict[str, Any]
) -> None:
    with pytest.raises(CdkCliError):
        project.cli.deploy(project.synth("creating"), STACK)

    reasons = project.event_reasons()
    assert "workforce 'ours' exists already" in reasons
    assert '{"mode": "adopt", "name": "ours", "identity": "cognito"}' in reasons
    assert existing.state() == before


def test_adopting_adds_a_team_and_its_group_beside_the_others(
    project: Project, operator: Operator, existing: ExistingWorkforce, before: dict[str, Any]
) -> None:
    team = own_team(project)
    assert teams(project) == {"others", team}
    assert existing.groups() == {"others", own_group(project)}
    assert existing.state() == before


def test_workers_are_added_by_command_and_to_this_team_alone(
    project: Project, operator: Operator, existing: ExistingWorkforce, before: dict[str, Any]
) -> None:
    operator.a2i("worker", "add", WORKER)
    assert [each["email"] for each in operator.json("worker", "list")] == [WORKER]
    assert len(existing.members(own_group(project))) == 1
    operator.answer(operator.start("adopted-1"))
    assert existing.state() == before


def test_changed_tags_alone_reach_native_parts_in_place_and_flows_with_their_next_change(
    project: Project, operator: Operator, adopting: Path
) -> None:
    former, present = {"team": "claims", "cost": "42"}, {"team": "fraud", "stage": "test"}
    first = tags_of_parts(project)
    assert list(first.values()) == [former] * 3

    project.cli.deploy(adopting, STACK, tags=present)

    second = tags_of_parts(project)
    assert list(second) == list(first)
    assert list(second.values()) == [former, present, present]


def test_destroying_leaves_what_was_adopted(
    project: Project,
    operator: Operator,
    adopting: Path,
    existing: ExistingWorkforce,
    before: dict[str, Any],
) -> None:
    cloudformation, s3 = project.client("cloudformation"), project.client("s3")
    until(lambda: operator.json("review", "list") == [])
    empty_buckets(cloudformation, s3, STACK)

    project.cli.destroy(adopting, STACK)

    assert teams(project) == {"others"}
    assert existing.groups() == {"others"}
    assert existing.state() == before


@pytest.fixture(scope="module")
def provider(project: Project, existing: ExistingWorkforce) -> dict[str, str]:
    """The settings of a provider of identities, whose secret lies in Secrets Manager."""
    existing.remove()
    secret = project.client("secretsmanager").create_secret(Name="portal", SecretString=SECRET)
    oidc = {**PROVIDER, "clientSecretArn": secret["ARN"]}
    return {
        **NOBODY,
        "a2i.workforce.mode": "create-oidc",
        "a2i.workforce.oidc": json.dumps(oidc),
        "a2i.workforce.groups": json.dumps(["reviewers"]),
        "a2i.workforce.removalPolicy": "retain",
    }


def test_a_providers_secret_is_in_the_account_and_in_no_template(
    project: Project, provider: dict[str, str]
) -> None:
    assembly = project.synth("provider", provider)
    project.cli.deploy(assembly, STACK)

    workforce = project.client("sagemaker").describe_workforce(WorkforceName="default")
    assert workforce["Workforce"]["OidcConfig"] == {
        name[0].upper() + name[1:]: value for name, value in PROVIDER.items()
    }
    deployed = project.client("cloudformation").get_template(StackName=STACK)["TemplateBody"]
    for template in (json.dumps(deployed), (assembly / f"{STACK}.template.json").read_text()):
        assert SECRET not in template


def test_a_stack_can_give_up_its_workforce_and_adopt_it(
    project: Project, provider: dict[str, str]
) -> None:
    sagemaker, team = project.client("sagemaker"), own_team(project)
    created = sagemaker.describe_workforce(WorkforceName="default")["Workforce"]
    adopting = {
        **NOBODY,
        "a2i.workforce.mode": "adopt",
        "a2i.workforce.identity": "oidc",
        "a2i.workforce.groups": json.dumps(["reviewers", "experts"]),
    }

    project.cli.deploy(project.synth("adopting-provider", adopting), STACK)

    assert sagemaker.describe_workforce(WorkforceName="default")["Workforce"] == created
    [group] = sagemaker.describe_workteam(WorkteamName=team)["Workteam"]["MemberDefinitions"]
    assert group == {"OidcMemberDefinition": {"Groups": ["reviewers", "experts"]}}
