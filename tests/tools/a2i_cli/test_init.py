"""`a2i init`: what it writes, and what it refuses. That the app works: new_app/test_new_app.py."""

import ast
import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from a2i_cli.main import app
from worker_template import bundled_template_names

ROOT = Path(__file__).parents[3]
NAMES = bundled_template_names()
FILES = ROOT / "tools/a2i_cli/new_app/files"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def init(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["init", *arguments])


def init_all() -> Result:
    return init(*(argument for name in NAMES for argument in ("--template", name)))


def test_writes_an_app_with_a_flow_for_sentiments(folder: Path) -> None:
    done = init()
    assert done.exit_code == 0, done.output
    listed = {line.removeprefix("wrote ") for line in done.output.splitlines() if "wrote" in line}
    assert listed == {str(path.relative_to(folder)) for path in folder.rglob("*.*")}
    assert listed >= {"app.py", "cdk.json", "tests/test_app.py", "package-lock.json", ".gitignore"}
    code = (folder / "app.py").read_text()
    assert code.count("HumanReviewWorkflow(\n") == 1
    assert (folder / "worker_templates/sentiment_review.liquid.html").is_file()


def test_every_ready_template_can_be_chosen(folder: Path) -> None:
    assert init_all().exit_code == 0
    code = ast.unparse(ast.parse((folder / "app.py").read_text()))
    for name in NAMES:
        assert f"{name}.liquid.html" in code
        assert (folder / f"worker_templates/{name}.answer.json").is_file()


def test_a_flow_is_called_as_the_predictions_of_its_template_say(folder: Path) -> None:
    init_all()
    code = (folder / "app.py").read_text()
    for file in folder.glob("worker_templates/*.predictions.jsonl"):
        flow = json.loads(file.read_text().splitlines()[0])["flow"]
        assert f'flow_name="{flow}"' in code


def test_a_flow_asks_for_a_person_when_the_readme_of_the_templates_says(folder: Path) -> None:
    init_all()
    code = "".join((folder / "app.py").read_text().split())
    readme = (ROOT / "worker_templates/README.md").read_text()
    conditions = [line.split("`") for line in readme.splitlines() if "` | `{" in line]
    assert len(conditions) == len(NAMES)
    for cells in conditions:
        confidence: dict[str, Any] = json.loads(cells[3])["confidence"]
        condition = f'Confidence("{confidence["path"]}").below({confidence["below"]})'
        assert "".join(condition.split()) in code, cells[1]


def test_requires_the_version_that_made_it(folder: Path) -> None:
    init()
    requirement = (folder / "requirements.txt").read_text().splitlines()[0]
    assert requirement == f"a2i-constructs[cli,local]=={version('a2i-constructs')}"


def test_pins_what_it_needs_of_node_as_this_project_does() -> None:
    ours, theirs = (json.loads((at / "package.json").read_text()) for at in (ROOT, FILES / "app"))
    needed = theirs["devDependencies"]
    assert needed.keys() == {"@aws-cdk/cloudformation-diff", "aws-cdk"}
    assert needed.items() <= ours["devDependencies"].items()
    locked, pinned = (
        json.loads((at / "package-lock.json").read_text())["packages"]
        for at in (ROOT, FILES / "app")
    )
    assert pinned.pop("")["devDependencies"] == needed
    assert pinned.items() <= locked.items()


def test_has_the_feature_flags_of_this_project() -> None:
    ours, theirs = (
        json.loads((at / "cdk.json").read_text())["context"] for at in (ROOT, FILES / "app")
    )
    assert _flags(theirs) == _flags(ours)


def _flags(context: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in context.items() if name.startswith("@aws-cdk")}


def test_a_folder_that_is_not_empty_is_left_alone(folder: Path) -> None:
    (folder / "notes.txt").write_text("mine")
    done = init()
    assert done.exit_code == 1
    assert done.stderr == (
        "error: the folder is not empty, it has notes.txt: run it in an empty folder\n"
    )
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]


def test_a_repository_with_a_virtual_environment_counts_as_empty(folder: Path) -> None:
    (folder / ".git").mkdir()
    (folder / ".venv").mkdir()
    assert init().exit_code == 0


def test_an_unknown_template_is_named_with_those_there_are(folder: Path) -> None:
    done = init("--template", "sentiments")
    assert done.exit_code == 1
    assert done.stderr == (
        f"error: no ready template is named 'sentiments'; there are: {', '.join(NAMES)}\n"
    )
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("service", "file"),
    [("--github", ".github/workflows/human-review.yml"), ("--gitlab", ".gitlab-ci.yml")],
)
def test_adds_a_pipeline_once(folder: Path, service: str, file: str) -> None:
    init()
    assert init("ci", service).exit_code == 0
    assert (folder / file).is_file()
    again = init("ci", service)
    assert again.stderr == f"error: {file} exists: move it away, or merge by hand\n"


def test_a_pipeline_needs_an_app() -> None:
    done = init("ci", "--github")
    assert done.stderr == "error: no cdk.json in this folder: run it in the folder of an app\n"


@pytest.mark.parametrize("services", [[], ["--github", "--gitlab"]])
def test_a_pipeline_is_for_one_service(services: list[str]) -> None:
    assert init("ci", *services).stderr == "error: name one service: --github or --gitlab\n"
