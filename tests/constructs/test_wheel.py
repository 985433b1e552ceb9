"""The wheel in another project: a clean environment, a subclass with one hook, the type checker."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")

APP = '''
from a2i_constructs import (
    BucketProps,
    HumanReviewWorkflow,
    ReviewBuckets,
    ReviewRuntime,
    WorkerTaskTemplate,
    Workteam,
)
from aws_cdk import App, Duration, Stack


class ShortMemory(ReviewRuntime):
    """Forgets answers after forty days."""

    def _make_buckets(self, props: BucketProps) -> ReviewBuckets:
        return super()._make_buckets({**props, "answer_retention": Duration.days(40)})


class Sentiment(HumanReviewWorkflow):
    """Sentiments of texts."""


app = App(outdir="cdk.out")
stack = Stack(app, "Theirs")
team = Workteam.from_workteam_arn(
    stack, "Team", "arn:aws:sagemaker:eu-west-1:111122223333:workteam/private-crowd/theirs"
)
ShortMemory(stack, "Runtime")
workflow = Sentiment(
    stack,
    "Sentiment",
    template=WorkerTaskTemplate.from_bundled("sentiment_review"),
    workteam=team,
)
app.synth()
'''

WITHOUT_CDK = """
import sys

for name in ("aws_cdk", "jsii", "constructs", "boto3", "liquid", "pandas", "pydantic", "typer"):
    sys.modules[name] = None
import a2i_client

for name in ("liquid", "pydantic"):
    del sys.modules[name]
from a2i_core.json_schemas import json_schema_path
from worker_template import TaskTemplate, bundled_template_path

print(TaskTemplate.from_file(bundled_template_path("sentiment_review")).name)
print(json_schema_path("human_review_finished").name)
print(a2i_client.Reviews.__name__)
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of somebody else's, with the wheel in its own virtual environment."""
    folder = tmp_path_factory.mktemp("theirs")
    _run(folder, UV, "build", "--quiet", "--wheel", "--out-dir", folder / "dist", ROOT)
    [wheel] = (folder / "dist").glob("*.whl")
    _run(folder, UV, "venv", "--quiet", "--python", sys.executable, folder / ".venv")
    versions = folder / "versions.txt"
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    versions.write_text("\n".join(line for line in lines if "==" in line))
    _run(folder, UV, "pip", "install", "--quiet", "--constraint", versions, wheel, "mypy")
    (folder / "app.py").write_text(APP)
    return folder


def test_a_subclass_synthesizes_with_the_wheels_own_assets(project: Path) -> None:
    _run(project, _python(project), "app.py")
    template = json.loads((project / "cdk.out/Theirs.template.json").read_text())
    expirations = [
        rule["ExpirationInDays"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::S3::Bucket"
        for rule in resource["Properties"]["LifecycleConfiguration"]["Rules"]
        if "ExpirationInDays" in rule
    ]
    assert sorted(expirations) == [30, 40, 40, 40, 365]
    handlers = {path.parent.name for path in (project / "cdk.out").glob("asset.*/*/handler.py")}
    assert handlers >= {"starter", "results", "reconciler"}


def test_the_subclass_passes_the_strict_type_checker(project: Path) -> None:
    done = _run(project, _python(project), "-m", "mypy", "--strict", "app.py")
    assert done.stdout == "Success: no issues found in 1 source file\n"


def test_worker_templates_schemas_and_client_work_without_cdk(project: Path) -> None:
    done = _run(project, _python(project), "-c", WITHOUT_CDK)
    assert done.stdout == "sentiment_review\nhuman_review_finished.schema.json\nReviews\n"


def test_the_wheel_holds_package_and_assets_and_nothing_else(project: Path) -> None:
    site_packages = next((project / ".venv/lib").glob("python*/site-packages"))
    package = site_packages / "a2i_constructs"
    for typed in ("a2i_constructs", "a2i_local", "worker_template"):
        assert (site_packages / typed / "py.typed").is_file()
    assert (package / "_assets/lambda_src/starter/handler.py").is_file()
    assert (site_packages / "a2i_client/py.typed").is_file()
    assert (site_packages / "a2i_core/schemas/review_result.schema.json").is_file()
    assert (site_packages / "worker_template/ready/sentiment_review.liquid.html").is_file()
    assert os.access(site_packages / "a2i_local/host/on_path/aws", os.X_OK)
    assert not (site_packages / "lambda_src").exists()
    assert not (site_packages / "constructs/a2i_constructs").exists()


def _python(project: Path) -> Path:
    return project / ".venv/bin/python"


def _run(folder: Path, *command: str | Path) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment = {**inherited, "VIRTUAL_ENV": str(folder / ".venv")}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done
