"""The workflows that `a2i init ci` copies: valid, pinned, with no more rights than they need."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

FILES = Path(__file__).parents[4] / "tools/a2i_cli/new_app/files"
GITHUB = FILES / "github/dot_github/workflows/human-review.yml"
GITLAB = FILES / "gitlab/dot_gitlab-ci.yml"
GITHUB_SCHEMA = ["--builtin-schema", "vendor.github-workflows"]
GITLAB_SCHEMA = ["--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"]


@pytest.mark.process
@pytest.mark.parametrize(
    ("schema", "file"),
    [(GITHUB_SCHEMA, GITHUB), (GITLAB_SCHEMA, GITLAB)],
    ids=["github", "gitlab"],
)
def test_follows_the_services_published_schema(schema: list[str], file: Path) -> None:
    checker = Path(sys.executable).with_name("check-jsonschema")
    done = subprocess.run([checker, *schema, file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def github_jobs() -> dict[str, Any]:
    jobs: dict[str, Any] = YAML(typ="safe").load(GITHUB)["jobs"]
    return jobs


def gitlab_jobs() -> dict[str, Any]:
    jobs = YAML(typ="safe").load(GITLAB)
    return {name: job for name, job in jobs.items() if isinstance(job, dict) and "stage" in job}


def test_every_action_is_pinned_to_a_commit() -> None:
    used = re.findall(r"uses: (\S+)", GITHUB.read_text())
    assert used
    assert [action for action in used if not re.search(r"@[0-9a-f]{40}$", action)] == []


def test_only_the_deployment_can_get_credentials_of_aws() -> None:
    rights = {name: job.get("permissions", {}) for name, job in github_jobs().items()}
    assert [name for name, right in rights.items() if "id-token" in right] == ["deploy"]
    assert [name for name, job in gitlab_jobs().items() if "id_tokens" in job] == ["deploy"]


def test_the_deployment_waits_for_an_approval() -> None:
    assert github_jobs()["deploy"]["environment"] == "production"
    assert gitlab_jobs()["deploy"]["environment"] == "production"
    assert [rule["when"] for rule in gitlab_jobs()["deploy"]["rules"]] == ["manual"]


def test_the_job_that_may_comment_runs_nothing_of_the_change() -> None:
    comment = github_jobs()["comment"]
    assert comment["permissions"] == {"pull-requests": "write"}
    assert not any("checkout" in step.get("uses", "") for step in comment["steps"])
    assert gitlab_jobs()["comment"]["variables"]["GIT_STRATEGY"] == "none"


@pytest.mark.parametrize("jobs", [github_jobs, gitlab_jobs])
def test_what_was_checked_is_what_is_deployed(jobs: Any) -> None:
    assert "cdk deploy --all --app cdk.out" in str(jobs()["deploy"])
    assert "cdk synth" not in str(jobs()["deploy"])
