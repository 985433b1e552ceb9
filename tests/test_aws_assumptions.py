"""docs/aws-assumptions.md names tests that stand in for AWS; each of them is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_test_that_stands_in_for_aws_exists() -> None:
    page = (ROOT / "docs/aws-assumptions.md").read_text(encoding="utf-8")
    named = re.findall(r"`([a-z0-9_/]+\.py)`", page.partition("## AWS around A2I")[2])
    assert len(named) > 15
    missing = [
        name
        for name in named
        if not any(
            (ROOT / folder / name).is_file() for folder in ("tests", "tests/tools/a2i_local", ".")
        )
    ]
    assert missing == []
