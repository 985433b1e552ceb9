"""Imports of the functions: what their asset, the runtime and the Powertools layer hold."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import a2i_core
import a2i_portal
import a2i_shared
from a2i_shared import aws_clients

LAMBDA_SRC = Path(a2i_shared.__file__).parents[1]
IN_LAYER = {"aws_lambda_powertools", "boto3", "botocore", "jmespath", "pydantic"}
RENDERING = {"a2i_account/rendering.py", "loop_stream/debts.py", "portal/task_html.py"}
"""Modules that import `worker_template`, which is deployed with `loop_stream` and `portal` only."""
MODULES = sorted(LAMBDA_SRC.rglob("*.py"))
CORE = Path(a2i_core.__file__).parent
PORTAL = Path(a2i_portal.__file__).parent


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def runs_in_lambda(tree: ast.Module) -> ast.Module:
    """Leave out what only type checkers import."""
    body = [
        node
        for node in tree.body
        if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    ]
    return ast.Module(body, [])


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(LAMBDA_SRC)))
def test_a_function_imports_only_what_is_deployed_with_it(module: Path) -> None:
    own = module.relative_to(LAMBDA_SRC).parts[0]

    used = set(imported(runs_in_lambda(ast.parse(module.read_text()))))

    shared = {"a2i_core", "a2i_shared", "a2i_account"}
    if own == "portal":
        shared.add("a2i_portal")
    if str(module.relative_to(LAMBDA_SRC)) in RENDERING:
        shared.add("worker_template")
    assert used <= {own} | shared | IN_LAYER | set(sys.stdlib_module_names)


def test_only_functions_that_are_deployed_with_the_templates_package_render() -> None:
    importing = {
        module.relative_to(LAMBDA_SRC).parts[0]
        for module in MODULES
        if "a2i_account.rendering" in module.read_text()
    }

    assert importing == {"loop_stream", "portal"}


@pytest.mark.process
@pytest.mark.parametrize("module", ["loop_stream.handler", "portal.handler"])
def test_rendering_is_imported_by_what_renders_only(module: str) -> None:
    """The template engine takes longer to import than all else."""
    code = (
        f"import {module}, sys; print(sorted({{'liquid', 'worker_template'}} & set(sys.modules)))"
    )
    roots = os.pathsep.join([str(LAMBDA_SRC), str(CORE.parent)])
    printed = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": roots},
        capture_output=True,
        text=True,
        check=True,
    )
    assert printed.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "module",
    sorted([*CORE.rglob("*.py"), *PORTAL.rglob("*.py")]),
    ids=lambda path: str(path.relative_to(CORE.parent)),
)
def test_core_needs_only_the_standard_library(module: Path) -> None:
    used = set(imported(runs_in_lambda(ast.parse(module.read_text()))))

    own = module.relative_to(CORE.parent).parts[0]
    assert used <= {own} | set(sys.stdlib_module_names)


@pytest.mark.parametrize(
    "make",
    [
        aws_clients.a2i_runtime,
        aws_clients.cloudformation,
        aws_clients.dynamodb,
        aws_clients.eventbridge,
        aws_clients.s3,
        aws_clients.sagemaker,
        aws_clients.sqs,
        aws_clients.ssm,
        aws_clients.stepfunctions,
        aws_clients.sts,
    ],
)
def test_clients_give_up_before_the_function_does(
    make: object, monkeypatch: pytest.MonkeyPatch, fresh_execution_environment: None
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    client = make()  # type: ignore[operator]

    config = client.meta.config
    assert config.connect_timeout + config.read_timeout < 30
    assert client is make()  # type: ignore[operator]
