"""Arrows between the folders: the contracts of import-linter in pyproject.toml."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
SOURCE_ROOTS = ("constructs", "core", "lambda_src", "tools")


@pytest.mark.process
def test_imports_keep_to_the_arrows() -> None:
    search_path = os.pathsep.join(str(ROOT / root) for root in (*SOURCE_ROOTS, "."))

    result = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": search_path, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stdout + result.stderr


def test_contracts_name_every_package() -> None:
    packages = _packages(*SOURCE_ROOTS) | {"infra"}
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]

    assert set(settings["root_packages"]) == packages


def test_contracts_about_functions_name_all_functions() -> None:
    functions = _packages("lambda_src") - {"a2i_shared", "a2i_account"}
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    named = [names & functions for names in map(_names, settings["contracts"])]

    assert [names for names in named if names] == [functions] * 3


def _packages(*roots: str) -> set[str]:
    return {path.parent.name for root in roots for path in ROOT.glob(f"{root}/*/__init__.py")}


def _names(contract: dict[str, Any]) -> set[str]:
    keys = ("layers", "source_modules", "forbidden_modules")
    texts = (text for key in keys for text in contract.get(key, ()))
    return {name for text in texts for name in text.replace("|", " ").split()}
