"""docs/tour.md: each file exists and is reached from an earlier one as its row says."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE_ROOTS = ("constructs", "core", "lambda_src", "tools")
MAX_FILES = 15
ROW = re.compile(
    r"^\| (?P<number>\d+) \| \[[^\]]+\]\(\.\./(?P<path>[^)]+)\) "
    r"\|\s*(?P<source>\d*)\s*\|\s*(?P<by>[^|]*?)\s*\| [^|]+ \|$",
    re.MULTILINE,
)
ROWS = [match.groupdict() for match in ROW.finditer((ROOT / "docs/tour.md").read_text())]


def test_names_fifteen_files_at_most_in_order() -> None:
    assert [int(row["number"]) for row in ROWS] == list(range(1, len(ROWS) + 1))
    assert 10 < len(ROWS) <= MAX_FILES
    assert len({row["path"] for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["path"])
def test_the_file_exists(row: dict[str, str]) -> None:
    assert (ROOT / row["path"]).is_file()


@pytest.mark.parametrize("row", ROWS[1:], ids=lambda row: row["path"])
def test_the_file_is_reached_from_an_earlier_one(row: dict[str, str]) -> None:
    assert int(row["source"]) < int(row["number"])
    source = (ROOT / ROWS[int(row["source"]) - 1]["path"]).read_text()
    kind, _, name = row["by"].partition(" ")
    target = ROOT / row["path"]
    if kind == "import":
        assert re.search(rf"^from {re.escape(_module(row['path']))} import ", source, re.MULTILINE)
    elif kind == "handler":
        folder, _, handler = name.strip("`").partition(".")
        assert f'folder="{folder}"' in source
        assert f"{target.stem}.lambda_handler" == handler
        assert "\ndef lambda_handler(" in target.read_text()
    else:
        assert kind == "rule"
        assert "start_human_loop" in source
        assert name.strip("`") in target.read_text()


def _module(path: str) -> str:
    root, _, inside = path.partition("/")
    assert root in SOURCE_ROOTS
    return inside.removesuffix(".py").replace("/", ".")
