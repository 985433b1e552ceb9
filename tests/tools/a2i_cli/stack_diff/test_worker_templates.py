"""Lines of changed worker task templates, wherever a backend keeps them."""

import shutil
from pathlib import Path

import pytest

from a2i_cli.stack_diff.assembly import Assembly, read_assembly
from a2i_cli.stack_diff.markdown import as_markdown
from a2i_cli.stack_diff.report import compare_stacks
from a2i_cli.stack_diff.worker_templates import compare_templates
from tests.tools.a2i_cli.stack_diff.changes import compared, synthesized

pytestmark = [pytest.mark.process, pytest.mark.xdist_group("stack diff")]
OTHER = "account, other template"


def _template_alone(stack: str, folder: Path) -> Assembly:
    file = shutil.copy(next(Path(synthesized(stack)).glob("*.template.json")), folder)
    return read_assembly(str(file))


def test_the_account_shows_the_same_lines_as_a2i() -> None:
    [in_a2i] = compared("default", "template").templates
    [in_account] = compared("account", OTHER).templates
    assert in_account == in_a2i
    assert "```diff\n@@ -7,8 +7,8 @@" in as_markdown(compared("account", OTHER))


def test_a_template_that_moves_to_the_account_is_the_same() -> None:
    assert compared("default", "account, A2I drains").templates == ()


def test_without_the_asset_the_report_says_that_the_text_is_another(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    old = _template_alone("account", tmp_path / "old")
    new = _template_alone(OTHER, tmp_path / "new")
    assert "Another text, in an asset: pass the cdk.out folders" in as_markdown(
        compare_stacks(old, new)
    )
    same = _template_alone("account", tmp_path / "new")
    assert compare_templates(old, same) == ()
