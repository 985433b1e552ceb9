"""`a2i preflight`: each check with what is right and what is wrong."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import Stubber
from typer.testing import CliRunner, Result

from a2i_cli.main import app
from a2i_cli.preflight_checks.findings import Finding, Severity, guarded
from a2i_cli.preflight_checks.run import check_a2i, check_credentials, check_region
from a2i_cli.preflight_checks.storage import check_bucket_region, check_cors, check_key
from a2i_cli.preflight_checks.workforce import (
    check_workforce,
    check_workforce_of_own_app,
    own_workforces,
)
from a2i_local.cdk_bootstrap import create_bootstrap, default_bootstrap
from a2i_local.host import LocalAws
from tests.tools.a2i_cli.small_stack import A2ICommand, DeployedStack, OfflineClients, Team

Project = Callable[..., None]
ACCOUNT = "123456789012"
KEY = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
COGNITO = {"CognitoConfig": {"UserPool": "us-east-1_a", "ClientId": "c"}}
ARN = "arn:aws:sagemaker:us-east-1:1:workforce/default"
OIDC = {"OidcConfig": {"ClientId": "c"}}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, local_aws: LocalAws) -> Project:
    """Make the current folder a project with these settings, in a region that is bootstrapped."""
    create_bootstrap(default_bootstrap(ACCOUNT, "us-east-1"), local_aws.environment)
    monkeypatch.chdir(tmp_path)

    def write(settings: dict[str, Any], **context: str) -> None:
        (tmp_path / "cdk.json").write_text(json.dumps({"context": {"a2i": settings, **context}}))

    return write


def _findings(result: Result) -> dict[str, dict[str, str]]:
    return {finding["check"]: finding for finding in json.loads(result.stdout)}


def test_passes_for_a_deployed_stack(
    a2i: A2ICommand, stack: DeployedStack, project: Project
) -> None:
    stack.add_flow()
    stack.allow_cross_origin_get()
    project({"stackName": stack.name, "workforce": {"mode": "adopt"}})
    result = a2i("preflight", "--json")
    assert result.exit_code == 0, result.output
    findings = _findings(result)
    assert {finding["severity"] for finding in findings.values()} == {"ok"}
    assert findings["credentials"]["message"].endswith("in account 123456789012")
    assert "can be adopted" in findings["workforce"]["message"]


@pytest.mark.parametrize(
    ("context", "qualifier"),
    [({}, "hnb659fds"), ({"@aws-cdk/core:bootstrapQualifier": "theirs"}, "theirs")],
)
def test_fails_where_the_region_is_not_bootstrapped(
    a2i: A2ICommand,
    stack: DeployedStack,
    project: Project,
    context: dict[str, str],
    qualifier: str,
) -> None:
    stack.clients.ssm.delete_parameters(Names=[f"/cdk-bootstrap/{qualifier}/version"])
    project({"stackName": stack.name, "workforce": {"mode": "adopt"}}, **context)
    result = a2i("preflight", "--json")
    assert result.exit_code == 1
    bootstrap = _findings(result)["CDK bootstrap"]
    assert bootstrap["message"].startswith(
        f"us-east-1 of this account has none with qualifier {qualifier}"
    )
    assert "make bootstrap" in str(bootstrap["remedy"])


def test_fails_where_the_stack_is_to_get_a_workforce_that_is_not_its_own(
    a2i: A2ICommand, stack: DeployedStack, project: Project
) -> None:
    project({"stackName": stack.name})
    workforce = _findings(a2i("preflight", "--json"))["workforce"]
    assert workforce["message"] == "'default' exists already, and a region has only one"


def test_fails_where_a_workforce_exists_that_is_to_be_created(
    a2i: A2ICommand, team: Team, project: Project
) -> None:
    project({"stackName": "New", "workforce": {"mode": "create"}})
    result = a2i("preflight", "--json")
    assert result.exit_code == 1
    workforce = _findings(result)["workforce"]
    assert workforce["message"] == "'default' exists already, and a region has only one"
    assert '{"mode": "adopt", "name": "default", "identity": "cognito"}' in workforce["remedy"]
    assert "1 of" in result.stderr


def test_lays_the_stage_over_the_settings(a2i: A2ICommand, team: Team, project: Project) -> None:
    adopt = {"mode": "adopt", "name": "default"}
    project({"stackName": "New", "stages": {"prod": {"workforce": adopt}}})
    assert a2i("preflight").exit_code == 1
    assert a2i("preflight", "--stage", "prod").exit_code == 0
    unknown = a2i("preflight", "--stage", "test")
    assert unknown.exit_code == 1
    assert "no stage 'test' in a2i.stages; it has: prod" in unknown.stderr


def test_lays_context_over_the_settings(a2i: A2ICommand, team: Team, project: Project) -> None:
    project({"stackName": "New"})
    result = a2i("preflight", "--json", "-c", 'a2i.workforce={"mode": "adopt"}')
    assert "can be adopted" in _findings(result)["workforce"]["message"]
    result = a2i("preflight", "-c", "a2i.workforce")
    assert result.exit_code == 2
    assert "must be KEY=VALUE, got 'a2i.workforce'" in result.stderr


def test_an_app_of_init_may_use_a_team_that_exists(
    a2i: A2ICommand, team: Team, project: Project
) -> None:
    project({"stackName": "New"}, workteamArn="")
    workforce = _findings(a2i("preflight", "--json"))["workforce"]
    assert workforce["severity"] == "warning"
    assert "AdoptedWorkforce" in workforce["remedy"]
    result = a2i("preflight", "--json", "-c", f"workteamArn={team.workteam_arn}")
    assert result.exit_code == 0, result.output
    assert _findings(result)["work team"]["message"] == f"{team.workteam_arn} exists"


def test_finds_that_cors_is_missing(
    a2i: A2ICommand, stack: DeployedStack, project: Project
) -> None:
    project({"stackName": stack.name})
    result = a2i("preflight", "--json")
    assert _findings(result)["bucket CORS"]["severity"] == "error"


def test_shows_a_table_with_remedies(a2i: A2ICommand, team: Team, project: Project) -> None:
    project({"stackName": "New"})
    result = a2i("preflight")
    assert result.exit_code == 1
    assert "remedy" in result.stdout
    assert "adopt" in result.stdout


def test_fails_outside_a_project(
    a2i: A2ICommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = a2i("preflight")
    assert result.exit_code == 1
    assert "no cdk.json with context a2i" in result.stderr
    assert "name the stack of an app of your own with --stack" in result.stderr
    assert a2i("preflight", "--stack", "Own", "--stage", "prod").exit_code == 1


@pytest.mark.parametrize("by_variable", [False, True])
def test_checks_the_stack_that_is_named_instead_of_the_projects(
    a2i: A2ICommand,
    stack: DeployedStack,
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    *,
    by_variable: bool,
) -> None:
    project({"stackName": "Other", "workforce": {"mode": "adopt"}})
    assert "bucket CORS" not in _findings(a2i("preflight", "--json"))
    if by_variable:
        monkeypatch.setenv("A2I_STACK", stack.name)
    named = () if by_variable else ("--stack", stack.name)
    findings = _findings(a2i("preflight", *named, "--json"))
    assert findings["stack"]["message"] == f"{stack.name} is deployed in us-east-1"
    assert "bucket CORS" in findings


def test_checks_the_stack_of_an_app_of_ones_own_without_settings(
    a2i: A2ICommand, stack: DeployedStack, project: Project, tmp_path: Path
) -> None:
    stack.allow_cross_origin_get()
    (tmp_path / "cdk.json").write_text('{"app": "python app.py"}')
    result = a2i("preflight", "--stack", stack.name, "--json")
    assert result.exit_code == 0, result.output
    findings = _findings(result)
    assert "bucket CORS" in findings
    assert "a2i." not in json.dumps([each["remedy"] for each in findings.values()])


def test_says_that_a_stack_is_not_deployed(a2i: A2ICommand, team: Team, project: Project) -> None:
    project({"workforce": {"mode": "adopt"}})
    message = _findings(a2i("preflight", "--stack", "Mistyped", "--json"))["stack"]["message"]
    assert message.startswith("Mistyped is not deployed in us-east-1 yet")
    impossible = a2i("preflight", "--stack", "a b")
    assert impossible.exit_code == 1
    assert "cannot be the name of a stack" in impossible.stderr


def test_stops_at_credentials_that_do_not_work(offline: OfflineClients, project: Project) -> None:
    project({"stackName": "New"})
    with Stubber(offline.sts) as sts:
        sts.add_client_error("get_caller_identity", "ExpiredToken", "the token has expired")
        result = CliRunner().invoke(app, ["preflight", "--json"], obj=offline)
    assert result.exit_code == 1
    assert list(_findings(result)) == ["region", "credentials"]
    assert "the token has expired" in _findings(result)["credentials"]["message"]


@pytest.mark.parametrize(
    ("region", "severity"),
    [("eu-central-1", "ok"), ("eu-west-3", "error"), (None, "error")],
)
def test_checks_the_region(region: str | None, severity: str) -> None:
    finding = check_region(OfflineClients(region))
    assert finding.severity == severity
    assert (finding.remedy is None) == (severity == "ok")


def test_human_loops_in_the_account_need_no_region_of_a2i(project: Project) -> None:
    project({"backend": {"mode": "account"}})
    offline = OfflineClients("eu-west-3")
    with Stubber(offline.sts) as sts:
        sts.add_client_error("get_caller_identity", "ExpiredToken", "the token has expired")
        result = CliRunner().invoke(app, ["preflight", "--json"], obj=offline)
    assert _findings(result)["region"] == {
        "check": "region",
        "severity": "ok",
        "message": "eu-west-3",
        "remedy": None,
    }


def test_names_the_identity(offline: OfflineClients) -> None:
    identity = {"Account": "1", "UserId": "u", "Arn": "arn:aws:iam::1:user/ann"}
    with Stubber(offline.sts) as sts:
        sts.add_response("get_caller_identity", identity)
        assert check_credentials(offline).message == "arn:aws:iam::1:user/ann in account 1"


def test_warns_where_nothing_speaks_for_an_a2i_customer(offline: OfflineClients) -> None:
    with Stubber(offline.sagemaker) as sagemaker:
        sagemaker.add_response("list_flow_definitions", {"FlowDefinitionSummaries": []})
        [finding] = check_a2i(offline)
    assert finding.severity is Severity.WARNING
    assert "no new customers" in finding.message


@pytest.mark.parametrize(
    ("existing", "wanted", "severity", "words"),
    [
        (None, {}, "ok", "can make it"),
        (COGNITO, {"mode": "create-oidc"}, "error", "exists already"),
        (OIDC, {"mode": "create"}, "error", "exists already"),
        (None, {"mode": "adopt"}, "error", "none exists"),
        (COGNITO, {"mode": "adopt", "name": "other"}, "error", "the region's is 'default'"),
        (COGNITO, {"mode": "adopt", "identity": "oidc"}, "error", "with cognito"),
        (OIDC, {"mode": "adopt", "identity": "oidc"}, "ok", "can be adopted"),
    ],
)
def test_compares_the_workforce_with_the_settings(
    offline: OfflineClients,
    existing: dict[str, Any] | None,
    wanted: dict[str, Any],
    severity: str,
    words: str,
) -> None:
    found = [] if existing is None else [_workforce(existing)]
    with Stubber(offline.sagemaker) as sagemaker:
        sagemaker.add_response("list_workforces", {"Workforces": found})
        [finding] = check_workforce(offline.sagemaker, wanted)
    assert finding.severity == severity
    assert words in finding.message


def test_suggests_groups_where_a_provider_signs_people_in(offline: OfflineClients) -> None:
    with Stubber(offline.sagemaker) as sagemaker:
        sagemaker.add_response("list_workforces", {"Workforces": [_workforce(OIDC)]})
        [finding] = check_workforce(offline.sagemaker, {"mode": "create"})
    assert finding.remedy == (
        'set a2i.workforce to {"mode": "adopt", "name": "default", "identity": "oidc", '
        '"groups": ["<GROUP>"]}, with groups of the identity provider'
    )


@pytest.mark.parametrize(
    ("existing", "own", "severity", "words"),
    [
        (None, None, "ok", "PrivateWorkforce or OidcWorkforce"),
        (COGNITO, {ARN}, "ok", "is the stack's own"),
        (COGNITO, set(), "ok", "adds teams at most"),
        (COGNITO, None, "warning", 'AdoptedWorkforce(self, "Workforce", workforce_name="default")'),
        (OIDC, None, "warning", "AdoptedOidcWorkforce("),
    ],
)
def test_an_app_of_ones_own_reads_of_constructs(
    offline: OfflineClients,
    existing: dict[str, Any] | None,
    own: set[str] | None,
    severity: str,
    words: str,
) -> None:
    found = [] if existing is None else [_workforce(existing)]
    with Stubber(offline.sagemaker) as sagemaker:
        sagemaker.add_response("list_workforces", {"Workforces": found})
        [finding] = check_workforce_of_own_app(offline.sagemaker, own)
    assert finding.severity == severity
    assert words in f"{finding.message} {finding.remedy}"


@pytest.mark.parametrize(
    ("wanted", "severity"),
    [
        ({}, "ok"),
        ({"mode": "create", "name": "other"}, "error"),
        ({"mode": "create-oidc"}, "error"),
    ],
)
@pytest.mark.parametrize("physical_id", ["default", ARN])
def test_the_stacks_own_workforce_cannot_become_another(
    offline: OfflineClients, wanted: dict[str, Any], severity: str, physical_id: str
) -> None:
    with Stubber(offline.sagemaker) as sagemaker:
        sagemaker.add_response("list_workforces", {"Workforces": [_workforce(COGNITO)]})
        [finding] = check_workforce(offline.sagemaker, wanted, {physical_id})
    assert finding.severity == severity


def test_a_workforce_that_the_stack_left_behind_is_not_its_own(offline: OfflineClients) -> None:
    resources = [
        _resource("AWS::SageMaker::Workforce", "kept", "DELETE_SKIPPED"),
        _resource("AWS::SageMaker::Workteam", "team", "CREATE_COMPLETE"),
        _resource("AWS::SageMaker::Workforce", "own", "UPDATE_COMPLETE"),
    ]
    with Stubber(offline.cloudformation) as cloudformation:
        cloudformation.add_response("list_stack_resources", {"StackResourceSummaries": resources})
        assert own_workforces(offline.cloudformation, "Reviews") == {"own"}


def _resource(resource_type: str, physical_id: str, status: str) -> dict[str, Any]:
    return {
        "LogicalResourceId": physical_id,
        "PhysicalResourceId": physical_id,
        "ResourceType": resource_type,
        "ResourceStatus": status,
        "LastUpdatedTimestamp": datetime(2026, 1, 1, tzinfo=UTC),
    }


def _workforce(identity: dict[str, Any]) -> dict[str, Any]:
    return {"WorkforceName": "default", "WorkforceArn": ARN, **identity}


@pytest.mark.parametrize(
    ("arn", "words"),
    [
        ("", "is no ARN of a work team"),
        ("arn:aws:sagemaker:us-east-1:1:workteam/private/x", "is no ARN of a work team"),
        ("arn:aws:sagemaker:us-east-1:1:workforce/x", "is no ARN of a work team"),
        ("arn:aws:sagemaker:eu-west-1:1:workteam/private-crowd/x", "is not in us-east-1"),
        ("arn:aws:sagemaker:us-east-1:1:workteam/private-crowd/x", "does not exist"),
    ],
)
def test_finds_work_teams_that_cannot_work(
    a2i: A2ICommand, project: Project, arn: str, words: str
) -> None:
    project({"workforce": {"mode": "workteam", "workteamArn": arn}})
    finding = _findings(a2i("preflight", "--json"))["work team"]
    assert finding["severity"] == "error"
    assert words in finding["message"]


def test_accepts_the_team_that_exists(a2i: A2ICommand, team: Team, project: Project) -> None:
    project({"workforce": {"mode": "workteam", "workteamArn": team.workteam_arn}})
    assert _findings(a2i("preflight", "--json"))["work team"]["severity"] == "ok"


@pytest.mark.parametrize(("location", "severity"), [(None, "ok"), ("eu-west-1", "error")])
def test_compares_a_buckets_region(
    offline: OfflineClients, location: str | None, severity: str
) -> None:
    with Stubber(offline.s3) as s3:
        answer = {} if location is None else {"LocationConstraint": location}
        s3.add_response("get_bucket_location", answer)
        [finding] = check_bucket_region(offline.s3, "bucket")
    assert finding.severity == severity


def test_a_cors_rule_without_get_is_not_enough(offline: OfflineClients) -> None:
    rule = {"AllowedMethods": ["PUT"], "AllowedOrigins": ["*"]}
    with Stubber(offline.s3) as s3:
        s3.add_response("get_bucket_cors", {"CORSRules": [rule]})
        [finding] = check_cors(offline.s3, "bucket")
    assert finding.severity is Severity.ERROR


def _policy(principal: Any, action: Any = "kms:*") -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.mark.parametrize(
    ("policy", "severity"),
    [
        (_policy({"AWS": "arn:aws:iam::123456789012:root"}), "ok"),
        (_policy({"AWS": ["123456789012"]}, ["kms:*"]), "ok"),
        (_policy({"AWS": "arn:aws:iam::123456789012:role/admin"}), "warning"),
        (_policy({"AWS": "arn:aws:iam::123456789012:root"}, "kms:Decrypt"), "warning"),
        (_policy("*", "kms:Describe*"), "warning"),
        (_policy({"Service": "s3.amazonaws.com"}), "warning"),
    ],
)
def test_reads_whether_a_key_policy_leaves_access_to_iam(
    offline: OfflineClients, policy: str, severity: str
) -> None:
    with Stubber(offline.kms) as kms:
        kms.add_response("describe_key", {"KeyMetadata": _key("Enabled", "SYMMETRIC_DEFAULT")})
        kms.add_response("get_key_policy", {"Policy": policy})
        [finding] = check_key(offline.kms, KEY, has_events=False)
    assert finding.severity == severity


@pytest.mark.parametrize(
    ("principal", "action", "severity"),
    [
        ({"Service": "events.amazonaws.com"}, ["kms:Decrypt", "kms:GenerateDataKey*"], "ok"),
        ({"Service": ["sns.amazonaws.com", "events.amazonaws.com"]}, "kms:*", "ok"),
        ({"Service": "events.amazonaws.com"}, "kms:Decrypt", "error"),
        ({"AWS": "arn:aws:iam::123456789012:root"}, "kms:*", "error"),
    ],
)
def test_reads_whether_a_key_lets_events_in_that_start_reviews(
    offline: OfflineClients, principal: Any, action: Any, severity: str
) -> None:
    with Stubber(offline.kms) as kms:
        kms.add_response("describe_key", {"KeyMetadata": _key("Enabled", "SYMMETRIC_DEFAULT")})
        kms.add_response("get_key_policy", {"Policy": _policy(principal, action)})
        [_, finding] = check_key(offline.kms, KEY, has_events=True)
    assert (finding.check, finding.severity) == ("key for events", severity)


@pytest.mark.parametrize(
    ("state", "spec"), [("Disabled", "SYMMETRIC_DEFAULT"), ("Enabled", "RSA_2048")]
)
def test_refuses_a_key_that_cannot_encrypt_buckets(
    offline: OfflineClients, state: str, spec: str
) -> None:
    with Stubber(offline.kms) as kms:
        kms.add_response("describe_key", {"KeyMetadata": _key(state, spec)})
        [finding] = check_key(offline.kms, KEY, has_events=False)
    assert finding.severity is Severity.ERROR


def test_refuses_a_key_of_another_region(offline: OfflineClients) -> None:
    [finding] = check_key(offline.kms, KEY.replace("us-east-1", "eu-west-1"), has_events=False)
    assert finding.severity is Severity.ERROR


def _key(state: str, spec: str) -> dict[str, str]:
    return {"KeyId": KEY.rpartition("/")[2], "Arn": KEY, "KeyState": state, "KeySpec": spec}


def test_a_check_that_aws_refuses_is_a_warning(offline: OfflineClients) -> None:
    with Stubber(offline.kms) as kms:
        kms.add_client_error("describe_key", "AccessDeniedException", "no kms:DescribeKey")
        [finding] = guarded("key", lambda: check_key(offline.kms, KEY, has_events=False))
    assert finding == Finding("key", Severity.WARNING, finding.message, finding.remedy)
    assert "no kms:DescribeKey" in finding.message
