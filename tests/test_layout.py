"""The three rules that keep `constructs` PyPI's package and the source roots importable."""

from pathlib import Path

import constructs

ROOT = Path(__file__).parents[1]


def test_constructs_folder_is_a_source_root_not_a_package() -> None:
    assert not (ROOT / "constructs" / "__init__.py").exists(), (
        "constructs/__init__.py shadows PyPI's constructs package: remove it"
    )


def test_constructs_is_the_package_from_pypi() -> None:
    assert constructs.__file__ is not None
    assert not Path(constructs.__file__).is_relative_to(ROOT / "constructs")


def test_tests_hold_no_init_files() -> None:
    found = list((ROOT / "tests").rglob("__init__.py"))
    assert found == [], "an __init__.py below tests/ breaks collection of tests/constructs"
