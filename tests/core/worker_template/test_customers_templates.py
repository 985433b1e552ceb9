"""Templates written the way AWS's samples and its customers' repositories are.

They lean on what A2I lets pass: attributes in camel case, lists of text, other people's elements,
parts found by position. A check that cries wolf here would be switched off.
"""

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from worker_template import TaskTemplate

FOLDER = Path(__file__).parent / "customers_templates"
PATHS = sorted(FOLDER.glob("*.liquid.html"))
DESERVED: dict[str, list[str]] = {
    "named_entities": ["literal-broken-by-data"],
    "ranked_answers": ["unknown-crowd-element"],
}
"""What is found, and rightly so; nothing in all others."""


def by_name(path: Path) -> str:
    return path.name.removesuffix(".liquid.html")


@pytest.mark.parametrize("path", PATHS, ids=by_name)
def test_finds_only_what_deserves_it(path: Path) -> None:
    template = TaskTemplate.from_file(path)
    found = template.check(template.derived_sample_input())
    assert [finding.rule for finding in found] == DESERVED.get(template.name, [])


@pytest.mark.parametrize("path", PATHS, ids=by_name)
def test_renders_with_the_derived_input_and_knows_its_answers(path: Path) -> None:
    template = TaskTemplate.from_file(path)
    assert "</crowd-form>" in template.render(template.derived_sample_input())
    Draft202012Validator.check_schema(template.answer_schema())


def test_there_are_such_templates() -> None:
    assert len(PATHS) == 5
    assert DESERVED.keys() <= {by_name(path) for path in PATHS}
