"""The pytest plugin, as teams use it: from the wheel, in an environment without this project."""

import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import boto3
import botocore
import pytest
from botocore.exceptions import ClientError

from a2i_local.testing import LocalA2I

ROOT = Path(__file__).parents[4]
GUIDE = ROOT / "docs" / "local-a2i.md"
WHERE_FROM = """

def test_the_package_is_the_installed_one(a2i):
    import a2i_local

    assert a2i_local.__file__.startswith({site!r})
"""


def _documented_example() -> str:
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 1
    return str(blocks[0])


def _site_packages(environment: Path) -> Path:
    (site,) = environment.glob("lib/python*/site-packages")
    return site


def _install_wheel(directory: Path) -> Path:
    """Return the Python of a new environment that has the wheel, and what it depends on."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(directory)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = directory.glob("*.whl")
    environment = directory / "environment"
    venv.create(environment, with_pip=False)
    site = _site_packages(environment)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    # The dependencies are those of this environment; its own editable install is not followed.
    dependencies = Path(botocore.__file__).parents[1]
    (site / "dependencies.pth").write_text(f"{dependencies}\n")
    return environment / "bin" / "python"


@pytest.mark.process
def test_the_documented_example_passes_with_the_wheel(tmp_path: Path) -> None:
    python = _install_wheel(tmp_path)
    site = _site_packages(tmp_path / "environment")
    example = tmp_path / "project" / "test_example.py"
    example.parent.mkdir()
    example.write_text(_documented_example() + WHERE_FROM.format(site=str(site)))
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "PYTHON"))}
    result = subprocess.run(
        [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(example)],
        cwd=example.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "2 passed" in result.stdout


def test_clients_made_anywhere_talk_to_the_fixture(a2i: LocalA2I) -> None:
    flow = a2i.create_flow_definition("review", "<crowd-form/>")
    a2i.start("loop", flow, {"text": "a"})
    a2i.submit("loop", {"label": "yes"})
    loop = boto3.client("sagemaker-a2i-runtime").describe_human_loop(HumanLoopName="loop")
    bucket, _, key = loop["HumanLoopOutput"]["OutputS3Uri"].removeprefix("s3://").partition("/")
    stored = boto3.client("s3").get_object(Bucket=bucket, Key=key)
    assert b'"label":"yes"' in stored["Body"].read()


@pytest.mark.parametrize("key", ["plain", "a b/ü+%2F.json"])
def test_objects_are_put_and_read(a2i: LocalA2I, key: str) -> None:
    a2i.s3.put_object(Bucket=a2i.bucket, Key=key, Body=b"content", ContentType="text/plain")
    stored = a2i.s3.get_object(Bucket=a2i.bucket, Key=key)
    assert (stored["Body"].read(), stored["ContentType"]) == (b"content", "text/plain")
    assert a2i.host.buckets[a2i.bucket][key].body == b"content"
    assert a2i.s3.head_object(Bucket=a2i.bucket, Key=key)["ContentLength"] == 7


def test_fails_on_s3_calls_beyond_objects(a2i: LocalA2I) -> None:
    with pytest.raises(ClientError, match="NotImplemented"):
        a2i.s3.list_objects_v2(Bucket=a2i.bucket)
    with pytest.raises(a2i.s3.exceptions.NoSuchKey):
        a2i.s3.get_object(Bucket=a2i.bucket, Key="missing")
    with pytest.raises(a2i.s3.exceptions.NoSuchBucket):
        a2i.s3.get_object(Bucket="missing", Key="key")


def test_each_region_and_account_is_its_own(a2i: LocalA2I) -> None:
    a2i.create_flow_definition("review", "<crowd-form/>")
    elsewhere = boto3.client("sagemaker", region_name="eu-west-1")
    assert elsewhere.list_flow_definitions()["FlowDefinitionSummaries"] == []
    other = boto3.client(
        "sagemaker", aws_access_key_id="210987654321", aws_secret_access_key="local"
    )
    assert other.list_flow_definitions()["FlowDefinitionSummaries"] == []
    own = boto3.client("sagemaker").list_flow_definitions()["FlowDefinitionSummaries"]
    assert [flow["FlowDefinitionName"] for flow in own] == ["review"]
