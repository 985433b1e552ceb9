"""Every crowd element that answers, held to the documented shape of its answer.

Its proposal comes back unchanged, and keys alone fill it; pointers are in the elements' own tests.
"""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.core.a2i_portal.crowd_elements.conftest import Desk, OpenTask
from tests.core.a2i_portal.crowd_elements.element_table import PAGE, written
from tests.core.a2i_portal.crowd_elements.samples import SAMPLES, Sample
from worker_template.crowd_elements import CHOICE_CONTROLS, TEXT_CONTROLS, WIDGETS

LONG = {"pngImageData": "iVBORw0…", "geometry": "…"}
RANDOM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def shortened(answer: Any) -> Any:
    """The answer without what is long or random, as the samples have it."""
    if isinstance(answer, dict):
        return {name: LONG.get(name, shortened(part)) for name, part in answer.items()}
    if isinstance(answer, list):
        return [shortened(part) for part in answer]
    return RANDOM.sub("…", answer) if isinstance(answer, str) else answer


def open_sample(desk: Desk, sample: Sample, html: str) -> OpenTask:
    task = desk.open(html)
    if "inputImageProperties" in json.dumps(sample.answer):
        task.image_is_shown()
    expect(task.find(sample.tag)).to_be_visible()
    desk.page.wait_for_load_state("networkidle")  # the mask of a proposal
    expect(desk.page.locator("iframe")).to_be_focused()
    return task


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.tag)
def test_a_proposal_comes_back_unchanged(desk: Desk, sample: Sample) -> None:
    task = open_sample(desk, sample, sample.html)
    assert shortened(task.submit(by_key=True)) == sample.answer


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.tag)
def test_keys_alone_answer(desk: Desk, sample: Sample) -> None:
    task = open_sample(desk, sample, sample.html_to_fill)
    task.press(*sample.keys.split())
    assert shortened(task.submit(by_key=True)) == sample.keyed


def test_every_element_that_answers_has_a_sample() -> None:
    answering = set(WIDGETS) | TEXT_CONTROLS | CHOICE_CONTROLS
    assert {sample.tag for sample in SAMPLES} == answering


def test_the_table_of_the_guide_is_made_of_the_samples() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == written(page), (
        "python -m tests.core.a2i_portal.crowd_elements.element_table writes it anew"
    )
