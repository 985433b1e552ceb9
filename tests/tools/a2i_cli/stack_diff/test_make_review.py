"""`make review` synthesizes both sides and leaves the report in build/review."""

import json
import subprocess
from pathlib import Path

import pytest

from a2i_cli.stack_diff.assembly import read_assembly
from a2i_cli.stack_diff.lint import new_lint_findings
from tests.infra.synthesis import ROOT

pytestmark = [pytest.mark.process, pytest.mark.xdist_group("stack diff")]


def _review(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "review", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_a_git_ref_is_synthesized_with_its_own_code() -> None:
    done = _review("BASE=HEAD", "CONTEXT=-c a2i.nag=false", "ARGS=--no-lint")
    assert done.returncode == 0, done.stderr
    report = (ROOT / "build/review/report.md").read_text(encoding="utf-8")
    assert report.startswith("# Change of stack HumanReview\n")
    assert report in done.stdout
    assert (ROOT / "build/review/base/constructs/a2i_constructs").is_dir()


def test_fails_without_a_base() -> None:
    done = _review()
    assert done.returncode
    assert "make: BASE is missing: make review BASE=main" in done.stderr


def test_only_what_cfn_lint_finds_in_the_new_template_alone_is_new(tmp_path: Path) -> None:
    def template(name: str, **topics: object) -> str:
        resources = {
            topic: {"Type": "AWS::SNS::Topic", "Properties": properties}
            for topic, properties in topics.items()
        }
        file = tmp_path / name
        file.write_text(json.dumps({"Resources": resources}))
        return str(file)

    wrong = {"TopicNames": "orders"}
    old = read_assembly(template("old.json", Orders=wrong))
    new = read_assembly(template("new.json", Orders=wrong, Returns=wrong))
    assert new_lint_findings(old, new) == (("cfn-lint E3002", "Returns"),)
