"""cdk-nag's compliance packs and checkov over the stack of every workforce mode."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Validations
from aws_cdk.assertions import Template
from cdk_nag import (
    AwsSolutionsChecks,
    HIPAASecurityChecks,
    NagPack,
    NIST80053R5Checks,
    PCIDSS321Checks,
)
from constructs import IConstruct

from a2i_constructs.functions import rule_packs
from a2i_constructs.functions.rule_packs import PackRule
from infra.review_app import define_stack
from tests.infra.synthesis import ROOT, context
from tests.infra.test_workforce_modes import MODES

TOPIC = "arn:aws:sns:eu-west-1:111122223333:operators"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f"
EVERYTHING: dict[str, Any] = {
    "requests": {"eventSources": ["shop.orders"]},
    "monitoring__alarmTopicArn": TOPIC,
    "monitoring__reviewerTopicArn": TOPIC,
    "monitoring__tracing": True,
    "data__logKmsKeyArn": KEY,
}
STACKS: dict[str, dict[str, Any]] = {
    "default": {},
    **{f"mode {mode}": settings for mode, settings in MODES.items()},
    "everything that the settings add": EVERYTHING,
    "everything, in the account": {
        **EVERYTHING,
        "backend__mode": "account",
        "monitoring__digestTopicArn": TOPIC,
    },
}
NO_ACTION = {"HIPAA.Security-CloudWatchAlarmAction", "NIST.800.53.R5-CloudWatchAlarmAction"}
PACK_NAMES = {
    "AwsSolutions": "AwsSolutions",
    "HIPAA.Security": "HIPAA",
    "NIST.800.53.R5": "NIST",
    "PCI.DSS.321": "PCI",
}
CHECKOV = ROOT / ".venv/checkov/bin/checkov"


def _synthesized(folder: Path, settings: Mapping[str, Any]) -> Path:
    """The folder of a stack's template, and the report of every pack on it."""
    app = App(context=context(nag=False, **settings), outdir=str(folder))
    define_stack(app)
    packs: list[NagPack] = [
        pack(app)
        for pack in (AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks)
    ]
    Validations.of(app).add_plugins(*packs)
    try:
        app.synth()
    except RuntimeError as error:
        assert str(error).startswith("ValidationFailed")  # noqa: PT017  # findings are compared below
    return folder


def _findings(folder: Path) -> set[tuple[str, str]]:
    """Rule and path of every finding that nobody acknowledged, without annotations."""
    report = json.loads((folder / "validation-report.json").read_text())
    return {
        (violation["ruleName"], construct["constructPath"])
        for plugin in report["pluginReports"]
        for violation in plugin["violations"]
        for construct in violation["violatingConstructs"]
        if not violation["ruleName"].startswith("Annotation::")
    }


def _checkov(folder: Path, *, keep_skips: bool) -> set[tuple[str, str]]:
    """Check and logical id of what checkov finds in a template."""
    template = json.loads((folder / "HumanReview.template.json").read_text())
    if not keep_skips:
        for resource in template["Resources"].values():
            resource["Metadata"].pop("checkov", None)
    plain = folder / "checked.template.json"
    plain.write_text(json.dumps(template))
    done = subprocess.run(
        [
            CHECKOV,
            *("--framework", "cloudformation"),
            *("--skip-download", "--quiet", "--compact"),
            *("--output", "json"),
            *("--file", plain),
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LOG_LEVEL": "ERROR"},
    )
    assert done.stdout, done.stderr
    report = json.loads(done.stdout)
    assert report["summary"]["passed"] > 0
    assert report["summary"]["parsing_errors"] == 0
    return {
        (check["check_id"], check["resource"].rpartition(".")[2])
        for check in report["results"]["failed_checks"]
    }


def _open_rules(name: str) -> set[str]:
    """What is left to whoever chooses the settings."""
    return set() if "monitoring__alarmTopicArn" in STACKS[name] else NO_ACTION


@pytest.mark.process
@pytest.mark.parametrize("name", STACKS)
def test_alarms_without_a_topic_are_all_that_packs_and_checkov_find(
    name: str, tmp_path: Path
) -> None:
    folder = _synthesized(tmp_path, STACKS[name])
    assert {rule for rule, _ in _findings(folder)} == _open_rules(name)
    assert _checkov(folder, keep_skips=True) == set()


def test_synthesis_names_the_setting_that_gives_alarms_a_topic() -> None:
    def warnings(**settings: Any) -> list[str]:
        stack = define_stack(App(context=context(nag=False, **settings)))
        assert stack.monitoring
        return [str(entry.data) for entry in stack.monitoring.node.metadata if "warn" in entry.type]

    [warning] = warnings()
    assert "a2i.monitoring.alarmTopicArn" in warning
    assert warnings(monitoring__alarmTopicArn=TOPIC) == []


def test_the_key_of_the_logs_reaches_every_log_group() -> None:
    stack = define_stack(App(context=context(nag=False, data__logKmsKeyArn=KEY)))
    groups = Template.from_stack(stack).find_resources("AWS::Logs::LogGroup")
    assert {group["Properties"].get("KmsKeyId") for group in groups.values()} == {KEY}


@dataclass
class Unacknowledged:
    """A stack as it would be without acknowledgements, and what would have been acknowledged."""

    findings: set[tuple[str, str]]
    acknowledged: set[tuple[str, str]]


@pytest.fixture(params=["create", "create-oidc", "account"])
def unacknowledged(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Unacknowledged:
    acknowledged: set[tuple[str, str]] = set()

    def note(construct: IConstruct, rule: PackRule, *, because: str) -> None:
        assert because
        if rule.name:
            acknowledged.add((rule.name, construct.node.path))

    for module in list(sys.modules):
        if module.startswith("a2i_constructs."):
            monkeypatch.setattr(f"{module}.acknowledge_rule", note, raising=False)
            monkeypatch.setattr(f"{module}.acknowledge", lambda *_, **__: None, raising=False)
    folder = _synthesized(tmp_path, MODES[request.param])
    return Unacknowledged(_findings(folder), acknowledged)


def test_every_acknowledgement_answers_a_finding(unacknowledged: Unacknowledged) -> None:
    found = {
        (rule.partition("-")[2], path)
        for rule, path in unacknowledged.findings
        if rule not in NO_ACTION and not rule.startswith("AwsSolutions-")
    }
    unanswered = {
        (rule, path)
        for rule, path in found
        if not any(
            rule == known and _is_inside(path, place)
            for known, place in unacknowledged.acknowledged
        )
    }
    idle = {
        (rule, place)
        for rule, place in unacknowledged.acknowledged
        if not any(rule == other and _is_inside(path, place) for other, path in found)
    }
    assert (unanswered, idle) == (set(), set())


def _is_inside(path: str, place: str) -> bool:
    return f"{path}/".startswith(f"{place}/")


def test_the_security_page_has_every_rule_with_the_packs_that_ask(
    unacknowledged: Unacknowledged,
) -> None:
    listed = {(pack, rule) for packs, rule, _ in _rows() for pack in packs if pack != "checkov"}
    found = {
        (PACK_NAMES[pack], question.partition("[")[0])
        for pack, _, question in (rule.partition("-") for rule, _ in unacknowledged.findings)
    }
    of_the_account = {("AwsSolutions", "APIG4")}
    if found & of_the_account:
        assert found == listed
    elif any(rule.startswith("AwsSolutions-COG") for rule, _ in unacknowledged.findings):
        assert found == listed - of_the_account
    else:
        assert found < listed


def test_the_security_page_has_every_check_of_checkov() -> None:
    listed = {check for packs, _, check in _rows() if "checkov" in packs}
    rules = [rule for rule in vars(rule_packs).values() if isinstance(rule, PackRule)]
    assert listed == {rule.check for rule in rules if rule.check}


def _rows() -> list[tuple[list[str], str, str]]:
    """Packs, rule and check of each row of the page's table."""
    page = (ROOT / "docs/security.md").read_text(encoding="utf-8")
    table = page.partition("| rule | asked by |")[2].partition("\n\n")[0]
    rows = []
    for line in table.splitlines()[2:]:
        names, packs, *_ = (cell.strip() for cell in line.strip("|").split("|"))
        codes = [name.strip("` ") for name in names.split(",")]
        check = next((code for code in codes if code.startswith("CKV")), "")
        rule = next((code for code in codes if not code.startswith("CKV")), "")
        rows.append(([pack.strip() for pack in packs.split(",")], rule, check))
    return rows


@pytest.mark.process
@pytest.mark.parametrize("name", ["default", "mode account"])
def test_every_skip_of_checkov_answers_a_finding(name: str, tmp_path: Path) -> None:
    folder = _synthesized(tmp_path, STACKS[name])
    template = json.loads((folder / "HumanReview.template.json").read_text())
    skipped = {
        (skip["id"], name)
        for name, resource in template["Resources"].items()
        for skip in resource["Metadata"].get("checkov", {}).get("skip", [])
    }
    assert _checkov(folder, keep_skips=False) == skipped
