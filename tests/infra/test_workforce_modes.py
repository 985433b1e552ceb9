"""Each way to have reviewers makes a stack that CloudFormation would take."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Environment, Stage
from aws_cdk.assertions import Template

from infra.review_app import define_stack
from infra.review_stack import ReviewStack
from infra.settings_source import read_settings
from tests.infra.synthesis import ROOT, context

TEAM = "arn:aws:sagemaker:eu-west-1:111122223333:workteam"
OIDC = {
    "clientId": "portal",
    "clientSecretArn": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:portal-AbCdEf",
    "issuer": "https://id.example.com",
    "authorizationEndpoint": "https://id.example.com/authorize",
    "tokenEndpoint": "https://id.example.com/token",
    "userInfoEndpoint": "https://id.example.com/userinfo",
    "logoutEndpoint": "https://id.example.com/logout",
    "jwksUri": "https://id.example.com/jwks",
    "groups": ["reviewers"],
}
MODES: dict[str, dict[str, Any]] = {
    "create": {
        "workforce__workers": ["ana@example.com"],
        "workforce__sourceIpCidrs": ["10.0.0.0/8"],
    },
    "create-oidc": {
        "workforce__mode": "create-oidc",
        "workforce__oidc": OIDC,
        "workforce__sourceIpCidrs": ["203.0.113.0/24"],
    },
    "adopt": {"workforce__mode": "adopt", "workforce__name": "ours"},
    "private team": {
        "workforce__mode": "workteam",
        "workforce__workteamArn": f"{TEAM}/private-crowd/reviewers",
    },
    "vendor's team": {
        "workforce__mode": "workteam",
        "workforce__workteamArn": f"{TEAM}/vendor-crowd/reviewers",
    },
}


@pytest.mark.parametrize("mode", MODES)
def test_nag_and_cfn_lint_find_nothing(mode: str, tmp_path: Path) -> None:
    app = App(context=context(**MODES[mode]), outdir=str(tmp_path))
    define_stack(app)
    app.synth()
    done = subprocess.run(
        [Path(sys.executable).with_name("cfn-lint"), *tmp_path.glob("*.template.json")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_the_providers_secret_is_read_when_the_stack_is_deployed() -> None:
    settings = read_settings(context(nag=False, **MODES["create-oidc"]))
    template = Template.from_stack(ReviewStack(App(), "Review", settings=settings))
    [workforce] = template.find_resources("AWS::SageMaker::Workforce").values()
    secret = workforce["Properties"]["OidcConfig"]["ClientSecret"]
    assert secret == f"{{{{resolve:secretsmanager:{OIDC['clientSecretArn']}:SecretString:::}}}}"
    [team] = template.find_resources("AWS::SageMaker::Workteam").values()
    assert team["Properties"]["MemberDefinitions"] == [
        {"OidcMemberDefinition": {"OidcGroups": ["reviewers"]}}
    ]
    template.resource_count_is("AWS::Cognito::UserPool", 0)


def test_fails_in_a_region_without_a2i() -> None:
    settings = read_settings(context(nag=False))
    stage = Stage(App(), "Prod", env=Environment(account="111122223333", region="eu-north-1"))
    with pytest.raises(ValueError, match="got 'eu-north-1': deploy to "):
        ReviewStack(stage, "Review", settings=settings)
