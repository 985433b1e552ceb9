"""From the last release to this version with reviews pending; each test continues the one before.

Releases lie in `releases/`. Before the first one this version's own template stands in, so that
the way is walked all the same; from then on a missing folder fails.
"""

import re
import warnings
from pathlib import Path

import pytest

from tests.end_to_end.conftest import DISPOSABLE, ROOT, STACK, Project
from tests.end_to_end.operating import Operator, until

RELEASES = Path(__file__).with_name("releases")
_RELEASED = re.compile(r"^## \[(\d+\.\d+\.\d+)\]", re.MULTILINE)


def last_release(changelog: str, releases: Path) -> Path | None:
    """Return the folder of the last release; None before the first.

    AssertionError: the changelog has a release of which there is no folder.
    """
    released = _RELEASED.search(changelog)
    if released is None:
        return None
    folder = releases / released[1]
    assert (folder / "manifest.json").is_file(), (
        f"CHANGELOG.md says that {released[1]} is released, but {folder} holds no cloud assembly: "
        f"run 'make release-template VERSION={released[1]}' on its tag"
    )
    return folder


@pytest.fixture(scope="module")
def before(project: Project) -> Path:
    """The cloud assembly to upgrade from."""
    released = last_release((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), RELEASES)
    if released is not None:
        return released
    warnings.warn("no release yet: this version's own template stands in for it", stacklevel=1)
    return project.synth("before", DISPOSABLE)


@pytest.fixture(scope="module")
def operator(project: Project, before: Path) -> Operator:
    project.cli.deploy(before, STACK)
    return Operator(project)


@pytest.mark.long
@pytest.mark.local_aws
@pytest.mark.xdist_group("upgrade")
def test_reviews_of_the_last_release_end_after_the_upgrade(
    project: Project, operator: Operator
) -> None:
    kept = {name: project.outputs()[name] for name in ("LedgerTableName", "OutputBucketName")}
    loop = operator.start("upgrade-1")

    project.cli.deploy(project.synth("after", DISPOSABLE), STACK)

    assert {name: project.outputs()[name] for name in kept} == kept
    operator.answer(loop)
    until(lambda: operator.json("review", "list") == [])
    review = operator.json("review", "show", "upgrade-1", "--answer")
    assert review["answer"] == {"sentiment": {"label": "Negative"}}


@pytest.mark.long
@pytest.mark.local_aws
@pytest.mark.xdist_group("upgrade")
def test_reviews_start_after_the_upgrade(project: Project, operator: Operator) -> None:
    operator.answer(operator.start("upgrade-2"))
    until(lambda: operator.json("review", "list") == [])


def test_there_is_no_folder_before_the_first_release(tmp_path: Path) -> None:
    assert last_release("# Changelog\n\n## [Unreleased]\n", tmp_path) is None


def test_the_last_release_is_the_first_that_the_changelog_names(tmp_path: Path) -> None:
    for version in ("0.2.0", "0.1.0"):
        (tmp_path / version).mkdir()
        (tmp_path / version / "manifest.json").write_text("{}")
    changelog = "## [Unreleased]\n\n## [0.2.0] - 2026-02-01\n\n## [0.1.0] - 2026-01-01\n"
    assert last_release(changelog, tmp_path) == tmp_path / "0.2.0"


def test_a_release_without_its_folder_is_said_not_skipped(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"0\.1\.0 is released, but .* no cloud assembly"):
        last_release("## [Unreleased]\n\n## [0.1.0] - 2026-01-01\n", tmp_path)
