"""The package works where neither CDK nor boto3 is installed."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.process

CORE = Path(__file__).parents[3] / "core"
PROGRAM = f"""
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("aws_cdk", "boto3", "botocore", "constructs", "jsii"):
            raise ImportError(name + " is blocked")

sys.meta_path.insert(0, Blocked())
sys.path.insert(0, {str(CORE)!r})

from worker_template import TaskTemplate, bundled_template_path

template = TaskTemplate.from_file(bundled_template_path("sentiment_review"))
assert template.check() == []
assert "Mixed" in template.render(template.sample_input())
"""


def run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )


def test_needs_neither_cdk_nor_boto3() -> None:
    result = run(PROGRAM)
    assert result.returncode == 0, result.stderr
