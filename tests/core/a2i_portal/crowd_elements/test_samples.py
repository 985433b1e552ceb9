"""Every crowd element that answers: its proposal comes back unchanged, in the documented shape."""

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.core.a2i_portal.crowd_elements.conftest import Desk
from tests.core.a2i_portal.crowd_elements.element_table import PAGE, written
from tests.core.a2i_portal.crowd_elements.samples import SAMPLES, Sample
from worker_template.crowd_elements import CHOICE_CONTROLS, TEXT_CONTROLS, WIDGETS


def without_pixels(answer: Any) -> Any:
    """The answer with the content of its mask cut short, as the table shows it."""
    if isinstance(answer, dict):
        return {
            name: "iVBORw0…" if name == "pngImageData" else without_pixels(part)
            for name, part in answer.items()
        }
    return answer


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.tag)
def test_a_proposal_comes_back_unchanged(desk: Desk, sample: Sample) -> None:
    task = desk.open(sample.html)
    if "inputImageProperties" in json.dumps(sample.answer):
        task.image_is_shown()
    expect(task.find(sample.tag)).to_be_visible()
    desk.page.wait_for_load_state("networkidle")  # the mask of a proposal
    assert without_pixels(task.submit(by_key=True)) == sample.answer


def test_every_element_that_answers_has_a_sample() -> None:
    answering = set(WIDGETS) | TEXT_CONTROLS | CHOICE_CONTROLS
    assert {sample.tag for sample in SAMPLES} == answering


def test_the_table_of_the_guide_is_made_of_the_samples() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == written(page), (
        "python -m tests.core.a2i_portal.crowd_elements.element_table writes it anew"
    )
