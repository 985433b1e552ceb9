"""app.py as a program: the same bytes each time, from anywhere; one message when wrong."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from aws_cdk import App
from aws_cdk import aws_s3 as s3

import app
from infra.review_app import define_stack
from tests.infra.synthesis import ROOT, STACK_NAME


@pytest.mark.process
def test_synthesis_is_deterministic_and_needs_neither_aws_nor_a_certain_folder(
    tmp_path: Path,
) -> None:
    first = _run(tmp_path / "first", cwd=ROOT)
    second = _run(tmp_path / "second", cwd=tmp_path)
    assert first.returncode == second.returncode == 0, second.stderr
    name = f"{STACK_NAME}.template.json"
    assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()
    assets = [
        {path.name for path in (tmp_path / run).glob("asset.*")} for run in ("first", "second")
    ]
    assert assets[0] == assets[1]


@pytest.mark.process
def test_wrong_settings_end_it_with_one_message(tmp_path: Path) -> None:
    done = _run(tmp_path, context={"a2i.data.removalPolicy": "keep"})
    assert done.returncode == 1
    assert done.stderr == (
        "settings: a2i.data.removalPolicy: must be 'retain' or 'destroy', got 'keep'; "
        "correct cdk.json, or pass -c <key>=<value>\n"
    )


@pytest.mark.process
def test_a_broken_template_ends_it_with_file_line_and_rule(tmp_path: Path) -> None:
    file = tmp_path / "broken.liquid.html"
    file.write_text("<crowd-form>\n{{ task.input.text\n</crowd-form>")
    done = _run(tmp_path / "out", context={"a2i.flows.0.template": str(file)})
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert f"{file}:2:" in done.stderr
    assert done.stderr.startswith("settings: a2i.flows.0: flow 'sentiment': ")


@pytest.mark.process
def test_a_limit_of_the_service_ends_it_with_key_and_limit(tmp_path: Path) -> None:
    done = _run(tmp_path, context={"a2i.flows.0.taskCount": "9"})
    assert done.returncode == 1
    assert done.stderr == (
        "settings: a2i.flows.0.taskCount: must be a whole number from 1 to 3, got 9; "
        "correct cdk.json, or pass -c <key>=<value>\n"
    )


def test_findings_end_it_without_a_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def define_carelessly(careless: App) -> None:
        s3.Bucket(define_stack(careless), "Careless")

    monkeypatch.setenv("CDK_OUTDIR", str(tmp_path))
    monkeypatch.setattr(app, "define_stack", define_carelessly)
    with pytest.raises(
        SystemExit, match=r"(?s)^ValidationFailed: .*AwsSolutions-S10.*validation-report\.json"
    ):
        app.main()


def _run(
    outdir: Path, *, cwd: Path = ROOT, context: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "JSII_NODE") if name in os.environ}
    more = {"CDK_OUTDIR": str(outdir), "CDK_CONTEXT_JSON": json.dumps(context or {})}
    return subprocess.run(
        [sys.executable, str(ROOT / "app.py")],
        cwd=cwd,
        env={**kept, **more},
        capture_output=True,
        text=True,
        check=False,
    )
