"""`make demo` takes every prediction to its end, through the real parts."""

import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "examples" / "demos" / "human_review_demo.py"
PREDICTIONS = ROOT / "worker_templates" / "sentiment_review.predictions.jsonl"

pytestmark = pytest.mark.local_aws


BACKENDS = ("a2i", "account")


@cache
def rows_of(backend: str) -> dict[str, dict[str, Any]]:
    """The rows of results.json by reviewId, after a run that ended well."""
    with tempfile.TemporaryDirectory() as build:
        run = subprocess.run(
            [sys.executable, str(DEMO), "run", f"--build={build}"],
            cwd=ROOT,
            env={**os.environ, "BACKEND": backend},
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stdout + run.stderr
        assert "destroyed HumanReview" in run.stdout
        results = json.loads((Path(build) / "results.json").read_text())
    return {row["reviewId"]: row for row in results}


@pytest.fixture(params=BACKENDS)
def rows(request: pytest.FixtureRequest) -> dict[str, dict[str, Any]]:
    """The rows of a run on one of the backends."""
    return rows_of(request.param)


def test_both_backends_give_the_same_results() -> None:
    def told(backend: str) -> list[dict[str, Any]]:
        """All but names: a loop's has the stack's id in it, and each stack its own buckets."""
        named = {"humanLoopName", "outputUri", "resultUri"}
        return [
            {key: value for key, value in row.items() if key not in named}
            for row in rows_of(backend).values()
        ]

    assert told("account") == told("a2i")


def test_every_prediction_has_a_row(rows: dict[str, dict[str, Any]]) -> None:
    sent = [json.loads(line)["reviewId"] for line in PREDICTIONS.read_text().splitlines()]
    assert list(rows) == sent


def test_confident_predictions_need_nobody(rows: dict[str, dict[str, Any]]) -> None:
    confident = [row for row in rows.values() if row["decision"] == "ReviewNotNeeded"]
    assert confident
    for row in confident:
        assert row["humanLoopName"] is row["answer"] is row["resultUri"] is None


def test_doubtful_predictions_are_answered(rows: dict[str, dict[str, Any]]) -> None:
    doubtful = [row for row in rows.values() if row["decision"] == "ReviewStarted"]
    assert doubtful
    for row in doubtful:
        assert row["status"] == "Completed"
        assert row["answer"]["sentiment"]
        assert row["outputUri"].endswith(f"/{row['humanLoopName']}/output.json")
        assert row["resultUri"].endswith("/result.json")
        assert "is below 0.99" in row["reasons"][0]


def test_some_answers_confirm_the_prediction_and_some_change_it(
    rows: dict[str, dict[str, Any]],
) -> None:
    changed = [row["changedFields"] for row in rows.values() if row["answer"]]
    assert [] in changed
    assert ["sentiment"] in changed


def test_says_in_one_line_what_is_wrong(tmp_path: Path) -> None:
    folder = tmp_path / "taken"
    folder.write_text("a file")
    command = [sys.executable, str(DEMO), "run", f"--build={folder}"]
    wide = {**os.environ, "COLUMNS": "300"}  # so that the message stays on its line
    run = subprocess.run(command, cwd=ROOT, env=wide, capture_output=True, text=True, check=False)
    assert run.returncode != 0
    assert "Traceback" not in run.stderr
    assert f"dir '{folder}' is a file" in run.stderr
