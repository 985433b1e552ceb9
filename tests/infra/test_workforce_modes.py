"""Each way to have reviewers makes a stack that CloudFormation would take."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Environment, Stage
from aws_cdk.assertions import Template

from a2i_core.regions import REGIONS
from infra.review_app import define_stack
from infra.review_stack import ReviewStack
from infra.settings import SettingsError
from infra.settings_source import read_settings
from tests.effort import IS_SOAK
from tests.infra.synthesis import OIDC, ROOT, context

TEAM = "arn:aws:sagemaker:eu-west-1:111122223333:workteam"
PUBLIC_TEAM = "arn:aws:sagemaker:eu-west-1:394669845002:workteam/public-crowd/default"
MODES: dict[str, dict[str, Any]] = {
    "create": {
        "workforce__workers": ["ana@example.com"],
        "workforce__sourceIpCidrs": ["10.0.0.0/8"],
    },
    "create-oidc": {
        "workforce__mode": "create-oidc",
        "workforce__oidc": OIDC,
        "workforce__groups": ["reviewers"],
        "workforce__sourceIpCidrs": ["203.0.113.0/24"],
    },
    "account": {"backend__mode": "account", "workforce__workers": ["ana@example.com"]},
    "account, A2I drains": {"backend__mode": "account", "backend__drain": ["a2i"]},
    "A2I, account drains": {"backend__drain": ["account"]},
    "adopt": {"workforce__mode": "adopt", "workforce__name": "ours"},
    "adopt with a provider": {
        "workforce__mode": "adopt",
        "workforce__identity": "oidc",
        "workforce__groups": ["reviewers", "experts"],
    },
    "private team": {
        "workforce__mode": "workteam",
        "workforce__workteamArn": f"{TEAM}/private-crowd/reviewers",
    },
    "vendor's team": {
        "workforce__mode": "workteam",
        "workforce__workteamArn": f"{TEAM}/vendor-crowd/reviewers",
    },
}


@pytest.mark.process
@pytest.mark.soak
@pytest.mark.parametrize("mode", MODES)
def test_nag_and_cfn_lint_find_nothing(mode: str, tmp_path: Path) -> None:
    """In every region that A2I has, when there is time; types and limits differ between them."""
    regions = REGIONS if IS_SOAK else REGIONS[:1]
    app = App(context=context(**MODES[mode]), outdir=str(tmp_path))
    define_stack(app)
    app.synth()
    done = subprocess.run(
        [
            Path(sys.executable).with_name("cfn-lint"),
            *tmp_path.glob("*.template.json"),
            "--regions",
            *regions,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_the_providers_secret_is_named_and_read_by_one_function_alone() -> None:
    settings = read_settings(context(nag=False, **MODES["create-oidc"]))
    template = Template.from_stack(ReviewStack(App(), "Review", settings=settings))
    [workforce] = template.find_resources("Custom::A2IOidcWorkforce").values()
    assert workforce["Properties"]["ClientSecretArn"] == OIDC["clientSecretArn"]
    assert "ClientSecret" not in workforce["Properties"]["OidcConfig"]
    assert "resolve:secretsmanager" not in json.dumps(template.to_json())
    readers = [
        name
        for name, policy in template.find_resources("AWS::IAM::Policy").items()
        if "secretsmanager:GetSecretValue" in json.dumps(policy)
    ]
    assert len(readers) == 1
    assert "WorkforceProviderOnEvent" in readers[0]
    [team] = template.find_resources("AWS::SageMaker::Workteam").values()
    assert team["Properties"]["MemberDefinitions"] == [
        {"OidcMemberDefinition": {"OidcGroups": ["reviewers"]}}
    ]
    template.resource_count_is("AWS::Cognito::UserPool", 0)


def template(**settings: Any) -> Template:
    """The stack's template, or the refusal to make it."""
    return Template.from_stack(
        ReviewStack(App(), "Review", settings=read_settings(context(nag=False, **settings)))
    )


def test_an_adopted_workforce_is_looked_up_and_only_gets_a_team() -> None:
    made = template(**MODES["adopt"])
    [lookup] = made.find_resources("Custom::A2IAdoptedWorkforce").values()
    assert lookup["Properties"]["WorkforceName"] == "ours"
    assert lookup["Properties"]["Identity"] == "cognito"
    made.resource_count_is("AWS::Cognito::UserPoolGroup", 1)
    made.resource_count_is("AWS::SageMaker::Workteam", 1)
    for kind in ("UserPool", "UserPoolClient", "UserPoolDomain"):
        made.resource_count_is(f"AWS::Cognito::{kind}", 0)
    made.resource_count_is("AWS::SageMaker::Workforce", 0)
    made.resource_count_is("Custom::A2ISignIn", 0)


def test_an_adopted_provider_gets_a_team_of_its_groups() -> None:
    made = template(**MODES["adopt with a provider"])
    [lookup] = made.find_resources("Custom::A2IAdoptedWorkforce").values()
    assert lookup["Properties"]["Identity"] == "oidc"
    [team] = made.find_resources("AWS::SageMaker::Workteam").values()
    assert team["Properties"]["MemberDefinitions"] == [
        {"OidcMemberDefinition": {"OidcGroups": ["reviewers", "experts"]}}
    ]
    made.resource_count_is("AWS::Cognito::UserPoolGroup", 0)


def test_a_team_that_exists_needs_nothing_made() -> None:
    made = template(**MODES["vendor's team"])
    for kind in ("SageMaker::Workforce", "SageMaker::Workteam", "Cognito::UserPool"):
        made.resource_count_is(f"AWS::{kind}", 0)
    [flow] = made.find_resources("Custom::A2IFlowDefinition").values()
    assert flow["Properties"]["HumanLoopConfig"]["WorkteamArn"].endswith("vendor-crowd/reviewers")


def test_the_modes_can_follow_each_other() -> None:
    """An update may not change the type of a logical id."""
    types: dict[str, str] = {}
    for settings in MODES.values():
        for name, resource in template(**settings).to_json()["Resources"].items():
            assert types.setdefault(name, resource["Type"]) == resource["Type"], name


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"workforce__mode": "workteam", "workforce__workteamArn": PUBLIC_TEAM},
            "^a2i.workforce: workteamArn must name a private or a vendor's team, .* closed on",
        ),
        (
            {"workforce__mode": "workteam", "workforce__workteamArn": "reviewers"},
            "^a2i.workforce.workteamArn: must be the ARN of a work team, .*, got 'reviewers'",
        ),
        (
            {"workforce__sourceIpCidrs": ["10.0.0.1/8"]},
            "^a2i.workforce.sourceIpCidrs: must be ranges such as .*, got '10.0.0.1/8'",
        ),
        (
            {"workforce__sourceIpCidrs": ["203.0.113.7"]},
            "got '203.0.113.7': its length is missing, /32 for one address",
        ),
        (
            {"workforce__sourceIpCidrs": [f"10.0.{n}.0/24" for n in range(11)]},
            "^a2i.workforce.sourceIpCidrs: must have at most 10 ranges, got 11",
        ),
        (
            {**MODES["create-oidc"], "workforce__groups": ["our reviewers"]},
            "^a2i.workforce.groups.0: must be 1 to 63 characters without spaces, got 'our ",
        ),
        (
            {**MODES["create-oidc"], "workforce__groups": [f"g{n}" for n in range(11)]},
            "^a2i.workforce.groups: must be a list of at most 10 groups, got",
        ),
        ({"workforce__workers": ["ana"]}, "^a2i.workforce.workers.0: must be an e-mail address"),
    ],
)
def test_fails_for_what_cannot_be_deployed(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        template(**settings)


def stack_in(region: str, **settings: Any) -> ReviewStack:
    stage = Stage(App(), "Prod", env=Environment(account="111122223333", region=region))
    return ReviewStack(stage, "Review", settings=read_settings(context(nag=False, **settings)))


@pytest.mark.parametrize("mode", ["create", "create-oidc", "adopt", "adopt with a provider"])
def test_fails_in_a_region_without_a2i(mode: str) -> None:
    with pytest.raises(SettingsError, match=f"got 'eu-north-1': deploy to {', '.join(REGIONS)}"):
        stack_in("eu-north-1", **MODES[mode])


def test_fails_for_a_team_of_another_region() -> None:
    with pytest.raises(SettingsError, match="must be of the stack's region us-east-1, got 'arn:"):
        stack_in("us-east-1", **MODES["vendor's team"])


def test_fails_for_a_team_in_a_region_without_a2i() -> None:
    team = f"{TEAM}/private-crowd/reviewers".replace("eu-west-1", "eu-north-1")
    settings = {**MODES["private team"], "workforce__workteamArn": team}
    with pytest.raises(SettingsError, match="got 'eu-north-1': deploy to "):
        stack_in("eu-north-1", **settings)


def test_in_the_account_any_region_will_do_and_nothing_is_asked_of_sagemaker() -> None:
    """With all that the settings add: an account that A2I refuses has neither types nor actions."""
    region = "eu-north-1"
    topics = ("alarmTopicArn", "reviewerTopicArn", "digestTopicArn")
    topic = f"arn:aws:sns:{region}:111122223333:operators"
    added = {f"monitoring__{name}": topic for name in topics}
    made = Template.from_stack(
        stack_in(region, **MODES["account"], **added, requests__eventSources=["shop.orders"])
    ).to_json()
    text = json.dumps(made)
    assert '"sagemaker:' not in text
    assert "sagemaker.amazonaws.com" not in text
    assert not [each for each in made["Resources"].values() if "SageMaker" in each["Type"]]


FORBIDDEN = {"iam:DeleteRole", "sagemaker:DeleteWorkteam", "cognito-idp:DeleteGroup"}


@pytest.mark.parametrize("mode", MODES)
def test_no_function_may_delete_roles_teams_or_groups_or_use_every_key(mode: str) -> None:
    for policy in template(**MODES[mode]).find_resources("AWS::IAM::Policy").values():
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            actions = _as_list(statement["Action"])
            assert not FORBIDDEN.intersection(actions), policy
            assert not any(action.split(":")[1].startswith("*") for action in actions), policy
            if any(action.startswith("kms:") for action in actions):
                keys = json.dumps(statement["Resource"])
                assert '"*"' not in keys, policy
                assert "key/*" not in keys, policy


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


LOOKUPS = {"Custom::A2IAdoptedWorkforce"}
"""They tell names of what is not the stack's."""


@pytest.mark.parametrize("mode", MODES)
def test_nothing_that_outlives_the_stack_names_what_does_not(mode: str) -> None:
    resources = template(**MODES[mode]).to_json()["Resources"]
    kept = {
        name: resource
        for name, resource in resources.items()
        if resource.get("DeletionPolicy", "Delete") != "Delete"
        and resource["Type"] != "AWS::SQS::QueuePolicy"  # it goes with its queue
    }
    assert kept
    for name, resource in kept.items():
        properties = {**resource["Properties"]}
        # CloudFormation's way to a custom resource; what the resource stands for does not have it.
        properties.pop("ServiceToken", None)
        for named in _named(properties) & resources.keys():
            is_lookup = resources[named]["Type"] in LOOKUPS
            assert named in kept or is_lookup, f"{name} names {named}"


def _named(value: Any) -> set[str]:
    """Logical ids and pseudo parameters that a value refers to."""
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            return {name}
        case dict():
            return {name for each in value.values() for name in _named(each)}
        case list():
            return {name for each in value for name in _named(each)}
    return set()
