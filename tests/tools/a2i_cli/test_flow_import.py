"""`a2i flow import` against a flow definition made by hand on the local AWS."""

import json
from pathlib import Path
from typing import Any

import pytest

from a2i_cli.failures import CommandError
from a2i_cli.flow_import import add_to_cdk_json
from a2i_cli.flow_settings import flow_settings, iso_duration
from infra.settings_source import read_settings
from tests.tools.a2i_cli.small_stack import TEMPLATE, A2ICommand, DeployedStack

TEAM = "arn:aws:sagemaker:us-east-1:111122223333:workteam/private-crowd/reviewers"
DESCRIBED: dict[str, Any] = {
    "FlowDefinitionName": "claims",
    "RoleArn": "arn:aws:iam::111122223333:role/a2i",
    "OutputConfig": {"S3OutputPath": "s3://answers/a2i"},
    "HumanLoopConfig": {
        "WorkteamArn": TEAM,
        "HumanTaskUiArn": "arn:aws:sagemaker:us-east-1:111122223333:human-task-ui/claims",
        "TaskTitle": "Check a claim",
        "TaskDescription": "Read it",
        "TaskCount": 2,
    },
}


def described(**changes: Any) -> Any:
    return {**DESCRIBED, **changes}


def loop(**changes: Any) -> dict[str, Any]:
    return {**DESCRIBED["HumanLoopConfig"], **changes}


def flow_of(imported: Any) -> dict[str, Any]:
    (flow,) = imported.settings["flows"]
    assert isinstance(flow, dict)
    return flow


def test_prints_settings_that_the_app_accepts(
    a2i: A2ICommand, stack: DeployedStack, tmp_path: Path
) -> None:
    arn = stack.create_definition("made-by-hand")
    template = tmp_path / "verdict.liquid.html"
    template.write_text(TEMPLATE)
    done = a2i("flow", "import", arn, "--template", str(template))
    assert done.exit_code == 0, done.stderr
    settings = read_settings(json.loads(done.stdout))
    assert settings.workforce.workteam_arn == stack.team.workteam_arn
    (flow,) = settings.flows
    assert flow.name == "made-by-hand"
    assert flow.title == "Check"
    assert flow.template == str(template)
    assert flow.task_availability is not None
    assert flow.task_availability.total_seconds() == 864_000
    assert "reviewWhen is set to always" in done.stderr
    assert stack.team.role_arn in done.stderr


def test_says_where_the_template_belongs_when_none_is_given(
    a2i: A2ICommand, stack: DeployedStack
) -> None:
    done = a2i("flow", "import", stack.create_definition("without-template"))
    assert done.exit_code == 0, done.stderr
    (flow,) = json.loads(done.stdout)["a2i"]["flows"]
    assert flow["template"] == "worker_templates/verdict.liquid.html"
    assert "put the source of task UI verdict into" in done.stderr


def test_fails_when_the_template_is_another_one(
    a2i: A2ICommand, stack: DeployedStack, tmp_path: Path
) -> None:
    template = tmp_path / "verdict.liquid.html"
    template.write_text(TEMPLATE + "<!-- edited -->")
    arn = stack.create_definition("edited-template")
    done = a2i("flow", "import", arn, "--template", str(template))
    assert done.exit_code == 1
    assert "is not the template of task UI verdict" in done.stderr


@pytest.mark.parametrize("arn", ["made-by-hand", TEAM])
def test_fails_when_the_arn_is_no_flow_definition(a2i: A2ICommand, arn: str) -> None:
    done = a2i("flow", "import", arn)
    assert done.exit_code == 1
    assert "is not the ARN of a flow definition" in done.stderr


def test_fails_in_one_line_when_there_is_no_such_flow_definition(a2i: A2ICommand) -> None:
    done = a2i(
        "flow", "import", TEAM.replace("workteam/private-crowd/reviewers", "flow-definition/x")
    )
    assert done.exit_code == 1
    assert done.stderr.count("\n") == 1


def test_carries_every_field_over() -> None:
    config = loop(
        TaskAvailabilityLifetimeInSeconds=90_000,
        TaskTimeLimitInSeconds=1_800,
        TaskKeywords=["claims", "fraud"],
    )
    flow = flow_of(flow_settings(described(HumanLoopConfig=config), "claims.html"))
    assert flow == {
        "name": "claims",
        "template": "claims.html",
        "title": "Check a claim",
        "description": "Read it",
        "taskCount": 2,
        "reviewWhen": {"always": {}},
        "taskAvailability": "P1DT1H",
        "taskTimeLimit": "PT30M",
        "keywords": ["claims", "fraud"],
    }


def test_fails_for_a_flow_of_the_public_team() -> None:
    public = loop(WorkteamArn=TEAM.replace("private-crowd", "public-crowd"))
    with pytest.raises(CommandError, match="Mechanical Turk closed on 2026-09-30"):
        flow_settings(described(HumanLoopConfig=public), "t.html")


def test_long_name_is_cut_to_what_a_flow_may_have() -> None:
    name = f"{'a' * 39}-{'b' * 20}"
    flow = flow_of(flow_settings(described(FlowDefinitionName=name), "t.html"))
    assert flow["name"] == "a" * 39


def test_key_is_kept_where_its_arn_is_known() -> None:
    arn = "arn:aws:kms:us-east-1:111122223333:key/1"
    output = {"S3OutputPath": "s3://answers", "KmsKeyId": arn}
    assert flow_settings(described(OutputConfig=output), "t").settings["data"] == {"kmsKeyArn": arn}
    alias = flow_settings(described(OutputConfig={**output, "KmsKeyId": "alias/x"}), "t")
    assert "data" not in alias.settings
    assert any("alias/x is not an ARN" in remark for remark in alias.remarks)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {
                "HumanLoopRequestSource": {
                    "AwsManagedHumanLoopRequestSource": "AWS/Textract/AnalyzeDocument/Forms/V1"
                }
            },
            "built-in task type AWS/Textract",
        ),
    ],
)
def test_fails_when_the_flow_is_not_ours_to_make(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        flow_settings(described(**changes), "t.html")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(864_000, "P10D"), (3_600, "PT1H"), (30, "PT30S"), (5_400, "PT1H30M"), (90_061, "P1DT1H1M1S")],
)
def test_durations_are_iso_8601(seconds: int, text: str) -> None:
    assert iso_duration(seconds) == text


def test_adds_the_flow_to_the_settings_of_a_project(tmp_path: Path) -> None:
    path = tmp_path / "cdk.json"
    path.write_text(json.dumps({"app": "python3 app.py", "context": {"a2i": {"stackName": "S"}}}))
    imported = flow_settings(described(), "claims.html").settings
    add_to_cdk_json(path, imported)
    document = json.loads(path.read_text())
    assert document["app"] == "python3 app.py"
    settings = read_settings(document["context"])
    assert [flow.name for flow in settings.flows] == ["claims"]
    assert settings.stack_name == "S"
    with pytest.raises(CommandError, match="has a flow 'claims' already"):
        add_to_cdk_json(path, imported)


def test_a_project_with_human_loops_in_the_account_keeps_its_workforce(tmp_path: Path) -> None:
    path = tmp_path / "cdk.json"
    workforce = {"workers": ["ann@example.com"]}
    known = {"backend": {"mode": "account"}, "workforce": workforce}
    path.write_text(json.dumps({"context": {"a2i": known}}))
    add_to_cdk_json(path, flow_settings(described(), "claims.html").settings)
    settings = read_settings(json.loads(path.read_text())["context"])
    assert settings.workforce.workers == ("ann@example.com",)
    assert [flow.name for flow in settings.flows] == ["claims"]


def test_fails_when_the_project_has_no_settings_file(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        add_to_cdk_json(tmp_path / "cdk.json", flow_settings(described(), "t").settings)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[1]", "must hold a JSON object, got list"),
        ("{", "is not valid JSON"),
        ('{"context": []}', "'context' in .* must be an object, got \\[\\]"),
        ('{"context": {"a2i": {"flows": {}}}}', "'flows' in .* must be a list, got {}"),
        ('{"context": {"a2i": {"data": null}}}', "'data' in .* must be an object, got null"),
    ],
)
def test_fails_when_a_project_holds_something_else_where_settings_belong(
    tmp_path: Path, content: str, words: str
) -> None:
    project = tmp_path / "cdk.json"
    project.write_text(content)
    key = "arn:aws:kms:us-east-1:111122223333:key/k"
    output = {"S3OutputPath": "s3://answers/a2i", "KmsKeyId": key}
    imported = flow_settings(described(OutputConfig=output), "t")
    with pytest.raises(CommandError, match=words):
        add_to_cdk_json(project, imported.settings)
    assert project.read_text() == content


def test_fails_when_a_namesake_lives_in_another_region(
    a2i: A2ICommand, stack: DeployedStack
) -> None:
    arn = stack.create_definition("namesake")
    done = a2i("flow", "import", arn.replace("us-east-1", "eu-west-1"))
    assert done.exit_code == 1
    assert f"is that of {arn} here: set AWS_REGION" in done.stderr
