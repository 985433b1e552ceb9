"""The package's public names load lazily, and the templates part works without CDK."""

import subprocess
import sys

import pytest

import a2i_constructs

BLOCKED = """
import sys

class Block:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"aws_cdk", "jsii", "constructs", "boto3"}:
            raise ImportError(f"{name} is blocked")

sys.meta_path.insert(0, Block())
from worker_template import TaskTemplate
print(TaskTemplate.from_text("<p>{{ task.input.text }}</p>").render({"text": "a < b"}))
"""


def test_every_public_name_loads() -> None:
    for name in a2i_constructs.__all__:
        assert getattr(a2i_constructs, name).__name__ == name
    assert set(a2i_constructs.__all__) <= set(dir(a2i_constructs))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'FlowDefinitionn'"):
        _ = a2i_constructs.FlowDefinitionn  # type: ignore[attr-defined]


@pytest.mark.process
def test_worker_template_needs_no_cdk() -> None:
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.stdout == "<p>a &lt; b</p>\n"
