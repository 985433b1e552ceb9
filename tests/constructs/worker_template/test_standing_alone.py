"""The package works where neither CDK nor boto3 is installed, and starts quickly."""

import subprocess
import sys
from pathlib import Path

CONSTRUCTS = Path(__file__).parents[3] / "constructs"
PROGRAM = f"""
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("aws_cdk", "boto3", "botocore", "constructs", "jsii"):
            raise ImportError(name + " is blocked")

sys.meta_path.insert(0, Blocked())
sys.path.insert(0, {str(CONSTRUCTS)!r})

from a2i_constructs.worker_template import TaskTemplate, bundled_template_path

template = TaskTemplate.from_file(bundled_template_path("sentiment_review"))
assert template.check() == []
assert "Mixed" in template.render(template.sample_input())
"""


IS_LAZY = f"""
import sys

sys.path.insert(0, {str(CONSTRUCTS)!r})

from a2i_constructs.worker_template import Severity, bundled_template_path

assert "liquid" not in sys.modules
"""


def run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )


def test_needs_neither_cdk_nor_boto3() -> None:
    result = run(PROGRAM)
    assert result.returncode == 0, result.stderr


def test_does_not_load_the_liquid_engine_before_a_template_is_read() -> None:
    result = run(IS_LAZY)
    assert result.returncode == 0, result.stderr
