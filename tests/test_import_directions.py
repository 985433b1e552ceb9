"""The arrows between the folders: who may import whom."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = {
    "infra",
    "a2i_constructs",
    "a2i_core",
    "a2i_local",
    "a2i_cli",
    "a2i_shared",
    "worker_template",
}
FUNCTIONS = {path.parent.name for path in ROOT.glob("lambda_src/*/__init__.py")} - {"a2i_shared"}
CLOUD = {"aws_cdk", "constructs", "boto3", "botocore"}

# Folder of the repository: what of ours, and of the cloud's packages, its modules may import.
ALLOWED: dict[str, set[str]] = {
    "infra": {"infra", "a2i_constructs", "aws_cdk", "constructs"},
    "constructs/a2i_constructs": {
        "a2i_constructs",
        "a2i_core",
        "worker_template",
        "aws_cdk",
        "constructs",
    },
    "core/worker_template": {"worker_template"},
    "core/a2i_core": {"a2i_core"},
    "lambda_src": {"a2i_core", "a2i_shared", *FUNCTIONS, "boto3", "botocore"},
    "tools/a2i_local": {"a2i_core", "a2i_local", "worker_template", "boto3", "botocore"},
    "tools/a2i_cli": {
        "a2i_cli",
        "a2i_core",
        "a2i_local",
        "worker_template",
        "boto3",
        "botocore",
    },
}


@pytest.mark.parametrize("folder", ALLOWED)
def test_modules_import_only_what_their_folder_may(folder: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in _modules(folder)
        for name in _imports(path)
        if name.split(".")[0] in OURS | FUNCTIONS | CLOUD and not _allowed(name, ALLOWED[folder])
    ]
    assert wrong == []


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_functions_import_no_other_function(function: str) -> None:
    others = FUNCTIONS - {function}
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in _modules(f"lambda_src/{function}")
        for name in _imports(path)
        if name.split(".")[0] in others
    ]
    assert wrong == []


def _modules(folder: str) -> list[Path]:
    found = sorted((ROOT / folder).rglob("*.py"))
    assert found, f"{folder} holds no module"
    return found


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: import absolutely"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _allowed(name: str, packages: set[str]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)
