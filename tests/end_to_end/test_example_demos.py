"""`make demo-sentiment` and `make demo-object-detection`, through the real parts."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from matplotlib.image import imread

ROOT = Path(__file__).parents[2]
DEMOS = ROOT / "examples" / "demos"

pytestmark = [pytest.mark.local_aws, pytest.mark.timeout(900)]


def run(script: str, build: Path) -> dict[str, dict[str, Any]]:
    """Run a demonstration that ends well; returns the rows of results.json by reviewId."""
    command = [sys.executable, str(DEMOS / script), "run", f"--build={build}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.rstrip().splitlines()[-1].startswith("destroyed ")
    assert imread(build / "picture.png").size > 0
    rows = json.loads((build / "results.json").read_text())
    return {row["reviewId"]: row for row in rows}


def test_sentiment_demo_ends_with_reviewed_sentiments(tmp_path: Path) -> None:
    rows = run("sentiment_demo.py", tmp_path)
    assert len(rows) == 7
    assert rows["espresso-machine"]["decision"] == "ReviewNotNeeded"
    assert rows["photo-app"]["answer"]["sentiment"]["label"] == "Negative"
    assert rows["photo-app"]["changedFields"] == ["sentiment"]
    assert rows["travel-mug"]["answer"]["sentiment"]["label"] == "Mixed"
    assert rows["travel-mug"]["changedFields"] == []
    uploaded = [row for review_id, row in rows.items() if review_id.startswith("support.txt-")]
    assert [row["status"] for row in uploaded] == ["Completed"]


def test_object_detection_demo_ends_with_training_data(tmp_path: Path) -> None:
    found = run("object_detection_demo.py", tmp_path)
    rows = {name.partition(".")[0]: row for name, row in found.items()}
    assert rows["astronaut"]["decision"] == rows["officer"]["decision"] == "ReviewNotNeeded"
    assert rows["coffee"]["changedFields"] == []
    assert rows["cat"]["changedFields"] == ["annotatedResult"]
    manifest = (tmp_path / "reviewed.manifest").read_text().splitlines()
    lines = {Path(line["source-ref"]).stem: line for line in map(json.loads, manifest)}
    assert sorted(lines) == ["cat", "coffee", "photographer", "rocket"]
    classes = lines["photographer"]["human-review-metadata"]["class-map"]
    labels = [
        classes[str(box["class_id"])]
        for box in lines["photographer"]["human-review"]["annotations"]
    ]
    assert labels == ["person", "face"]
