"""Every crowd element that answers, held to the documented shape of its answer.

Its proposal comes back unchanged, and keys alone fill it; `BY_POINTER` names its pointer's test.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.core.a2i_portal.crowd_elements.conftest import Desk, OpenTask
from tests.core.a2i_portal.crowd_elements.element_table import PAGE, written
from tests.core.a2i_portal.crowd_elements.samples import SAMPLES, Sample
from worker_template.crowd_elements import CHOICE_CONTROLS, TEXT_CONTROLS, WIDGETS

LONG = {"pngImageData": "iVBORw0…", "geometry": "…"}
BY_POINTER = {
    "crowd-bounding-box": "test_a_drawn_box_is_answered_in_image_pixels",
    "crowd-checkbox": "test_checkboxes_of_one_name_share_an_object",
    "crowd-classifier": "test_the_chosen_category_is_the_label",
    "crowd-classifier-multi-select": "test_several_categories_are_labels",
    "crowd-entity-annotation": "test_selected_text_gets_the_chosen_label",
    "crowd-image-classifier": "test_an_image_is_classified_with_a_comment",
    "crowd-image-classifier-multi-select": "test_an_image_is_of_several_classes",
    "crowd-input": "test_text_arrives_as_it_was_typed",
    "crowd-instance-segmentation": "test_each_thing_is_an_instance_of_its_own",
    "crowd-keypoint": "test_a_click_sets_a_key_point_and_a_drag_moves_it",
    "crowd-line": "test_a_drag_draws_a_line_and_moves_one_of_its_ends",
    "crowd-polygon": "test_clicks_draw_a_polygon_that_the_first_corner_closes",
    "crowd-polyline": "test_enter_ends_a_polyline_and_escape_drops_one",
    "crowd-radio-button": "test_one_radio_button_is_chosen_and_all_are_reported",
    "crowd-rekognition-detect-moderation-labels": "test_chosen_categories_come_back_whole",
    "crowd-semantic-segmentation": "test_a_stroke_paints_its_label_in_exactly_that_colour",
    "crowd-slider": "test_the_slider_is_dragged",
    "crowd-text-area": "test_text_arrives_as_it_was_typed",
    "crowd-textract-analyze-document": "test_a_pointer_moves_and_resizes_a_box",
    "crowd-toggle-button": "test_a_toggle_is_a_switch",
}
"""The test that fills each element by pointer."""

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
    expect(task.find(sample.tag)).to_be_visible()
    answer = json.dumps(sample.answer)
    if "inputImageProperties" in answer or "Textract" in answer:
        task.image_is_shown()
    if "labeledImage" in answer and "initial-value" in html:
        task.mask_is_shown()
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


def test_every_element_is_filled_by_pointer_in_its_own_test() -> None:
    assert set(BY_POINTER) == {sample.tag for sample in SAMPLES}
    sources = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert [name for name in BY_POINTER.values() if f"\ndef {name}(" not in sources] == []


def test_the_table_of_the_guide_is_made_of_the_samples() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == written(page), (
        "python -m tests.core.a2i_portal.crowd_elements.element_table writes it anew"
    )
