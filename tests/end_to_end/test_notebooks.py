"""The notebooks run from set-up to clean-up against the local AWS."""

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[2] / "examples" / "notebooks").glob("*.ipynb"))
TARGET_CELL = 'TARGET = "local"'


def read(path: Path) -> Any:
    """The notebook, in the format that nbclient wants."""
    parse: Any = nbformat.read  # it has no types
    return parse(path, as_version=4)


def sources(path: Path) -> list[str]:
    """The source of each code cell."""
    cells = read(path).cells
    return [cell.source for cell in cells if cell.cell_type == "code"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_one_variable_tells_local_from_aws(path: Path) -> None:
    code = sources(path)
    assert code[0] == TARGET_CELL
    rest = "\n".join(code[1:])
    assert rest.count("TARGET") == rest.count("open_workbench(TARGET)") == 1


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_is_kept_without_outputs(path: Path) -> None:
    cells = json.loads(path.read_text())["cells"]
    kept = [cell for cell in cells if cell.get("outputs") or cell.get("execution_count")]
    assert kept == []


@pytest.mark.local_aws
@pytest.mark.timeout(900)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_runs_and_leaves_nothing(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    notebook = read(path)
    client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": path.parent}})
    client.execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    [task] = [cell for cell in notebook.cells if "show_task(" in cell.source]
    assert shown(task.outputs, "image/png"), "the worker's task is missing"
    assert shown(outputs, "image/png") != shown(task.outputs, "image/png"), "nothing is drawn"
    assert [output for output in outputs if output.get("name") == "stderr"] == []
    assert printed(outputs).rstrip().endswith("nothing is left")


def shown(outputs: list[Any], media_type: str) -> str:
    """All that the cells show as one media type."""
    return "".join(output.get("data", {}).get(media_type, "") for output in outputs)


def printed(outputs: list[Any]) -> str:
    """All that the cells print."""
    return "".join(output.text for output in outputs if output.output_type == "stream")
