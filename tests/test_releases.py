"""Releases: the version is the tag's, the same source gives the same bytes, the notes are ready."""

import hashlib
import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NOTES = ROOT / ".ci/release_notes.py"
CHANGELOG = """# Changelog

Words.

## [Unreleased]
{unreleased}
## [1.2.3] - 2026-01-02

### Added
- A thing.

## [1.2.2] - 2026-01-01

### Fixed
- Another.
"""

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone without tags."""
    folder = tmp_path_factory.mktemp("source") / "clone"
    _run(ROOT, "git", "clone", "--quiet", "--no-tags", ROOT, folder)
    return folder


@pytest.fixture(scope="module")
def tagged(source: Path) -> Path:
    """A clone elsewhere, of the same commit, with a tag; nobody else may read its files."""
    folder = source.parent / "somewhere else" / "clone"
    _run(source.parent, "git", "clone", "--quiet", source, folder)
    _run(folder, "git", "tag", "v9.8.7")
    for path in folder.rglob("*.py"):
        path.chmod(path.stat().st_mode & 0o700)
    return folder


def test_the_tag_is_the_version(tagged: Path, tmp_path: Path) -> None:
    names = {path.name for path in _build(tagged, tmp_path)}
    assert names == {"a2i_constructs-9.8.7-py3-none-any.whl", "a2i_constructs-9.8.7.tar.gz"}


def test_a_clone_without_tags_is_a_development_version(source: Path, tmp_path: Path) -> None:
    wheel, _ = _build(source, tmp_path)
    assert re.fullmatch(r"a2i_constructs-0\.0\.1\.dev\d+-py3-none-any\.whl", wheel.name)


def test_the_same_source_gives_the_same_bytes(source: Path, tagged: Path, tmp_path: Path) -> None:
    _run(source, "git", "tag", "v9.8.7")
    try:
        here, there = _build(source, tmp_path / "1"), _build(tagged, tmp_path / "2")
    finally:
        _run(source, "git", "tag", "--delete", "v9.8.7")
    assert _digests(here) == _digests(there)


def test_an_sdist_builds_the_same_wheel_without_git(tagged: Path, tmp_path: Path) -> None:
    wheel, sdist = _build(tagged, tmp_path / "1")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    unpacked = tmp_path / sdist.name.removesuffix(".tar.gz")
    assert not (unpacked / ".git").exists()
    assert _digests(_build(unpacked, tmp_path / "2"))[wheel.name] == _digests([wheel])[wheel.name]


def test_the_release_notes_are_the_versions_section(tmp_path: Path) -> None:
    assert _notes(tmp_path, "v1.2.3", unreleased="").stdout == "### Added\n- A thing.\n"


@pytest.mark.parametrize(
    ("tag", "unreleased", "says"),
    [
        ("1.2.3", "", "the tag must be like v1.2.3 or v1.2.3rc1, got '1.2.3'"),
        ("v2.0.0", "", "CHANGELOG.md has no entries below '## [2.0.0]': move them from Unreleased"),
        ("v1.2.3", "- New.\n", "CHANGELOG.md has entries below Unreleased: move them to 1.2.3"),
    ],
)
def test_a_changelog_that_is_not_ready_stops_the_release(
    tag: str, unreleased: str, says: str, tmp_path: Path
) -> None:
    done = _notes(tmp_path, tag, unreleased=unreleased)
    assert (done.returncode, done.stderr) == (1, f"{says}\n")


@pytest.mark.parametrize(
    ("schema", "file"),
    [
        ("vendor.github-workflows", "workflows/check.yml"),
        ("vendor.github-workflows", "workflows/release.yml"),
        ("vendor.dependabot", "dependabot.yml"),
    ],
)
def test_the_files_of_github_follow_its_schemas(schema: str, file: str) -> None:
    checker = Path(sys.executable).with_name("check-jsonschema")
    _run(ROOT, checker, "--builtin-schema", schema, ROOT / ".github" / file)


def _notes(folder: Path, tag: str, *, unreleased: str) -> subprocess.CompletedProcess[str]:
    (folder / "CHANGELOG.md").write_text(CHANGELOG.format(unreleased=unreleased))
    command = [sys.executable, str(NOTES), tag]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def _build(source: Path, dist: Path) -> list[Path]:
    """Build wheel and sdist with the backend that is installed, without the network."""
    _run(source, sys.executable, "-m", "hatchling", "build", "-d", dist.absolute())
    return sorted(dist.iterdir(), key=lambda path: path.suffix, reverse=True)


def _digests(files: list[Path]) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _run(folder: Path, *command: str | Path) -> None:
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1767225600", "PYTHONPATH": ""}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
