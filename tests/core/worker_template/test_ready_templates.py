"""The templates that ship: no finding, and samples that fit them."""

import json
from pathlib import Path
from typing import Any

import jmespath
import pytest

from worker_template import (
    TaskTemplate,
    bundled_template_names,
    bundled_template_path,
)

NAMES = bundled_template_names()
README = bundled_template_path("sentiment_review").with_name("README.md").read_text("utf-8")


def requests_of(name: str) -> list[dict[str, Any]]:
    path = bundled_template_path(name).with_name(f"{name}.predictions.jsonl")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def condition_of(name: str) -> dict[str, Any]:
    """The condition that the README gives for a task."""
    row = next(line for line in README.splitlines() if line.startswith(f"| `{name}` | `{{"))
    condition: dict[str, dict[str, Any]] = json.loads(row.split("`")[3])
    return condition["confidence"]


def test_the_ready_templates_are_these() -> None:
    assert NAMES == (
        "document_fields_review",
        "generative_answer_review",
        "object_detection_review",
        "sentiment_review",
        "text_classification",
    )


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_found_in_a_ready_template(name: str) -> None:
    template = TaskTemplate.from_file(bundled_template_path(name))
    assert template.sample_input() is not None
    assert template.check() == []


@pytest.mark.parametrize("name", NAMES)
def test_every_request_renders(name: str) -> None:
    template = TaskTemplate.from_file(bundled_template_path(name))
    for request in requests_of(name):
        assert template.check(request["input"]) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_request_has_a_review_id_of_its_own_and_one_flow(name: str) -> None:
    requests = requests_of(name)
    assert 5 <= len(requests) <= 8
    assert len({request["reviewId"] for request in requests}) == len(requests)
    assert len({request["flow"] for request in requests}) == 1


@pytest.mark.parametrize("name", NAMES)
def test_the_readme_condition_sends_some_requests_to_a_reviewer_and_spares_others(
    name: str,
) -> None:
    condition = condition_of(name)
    needed = {
        jmespath.search(condition["path"], request["prediction"]) < condition["below"]
        for request in requests_of(name)
    }
    assert needed == {True, False}


@pytest.mark.parametrize("name", NAMES)
def test_the_derived_sample_renders(name: str) -> None:
    template = TaskTemplate.from_file(bundled_template_path(name))
    assert template.render(template.derived_sample_input())


@pytest.mark.parametrize("name", NAMES)
def test_pictures_in_the_samples_are_in_the_folder(name: str) -> None:
    template = TaskTemplate.from_file(bundled_template_path(name))
    opened: list[str] = []

    def read(uri: str) -> str:
        opened.append(uri)
        return "https://example.com/picture.png"

    template.render(template.sample_input() or {}, grant_read_access=read)
    for uri in opened:
        assert bundled_template_path(name).with_name(Path(uri).name).exists()


def test_an_unknown_name_fails_and_lists_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"'sentiment'; there are: document_fields_review, "):
        bundled_template_path("sentiment")
