"""crowd-bounding-box, by pointer and by keyboard."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.core.a2i_portal.crowd_elements.conftest import (
    IMAGE,
    IMAGE_HEIGHT,
    IMAGE_WIDTH,
    Desk,
    OpenTask,
)

GIVEN = "[{'left': 40, 'top': 30, 'width': 100, 'height': 60, 'label': 'Car'}]"
SIZE = {"height": IMAGE_HEIGHT, "width": IMAGE_WIDTH}


def open_boxes(desk: Desk, attributes: str = "") -> OpenTask:
    task = desk.open(
        f'<crowd-bounding-box name="found" src="{IMAGE}" labels="[\'Car\', \'Tree\']"'
        f' header="Find them" {attributes}></crowd-bounding-box>'
    )
    task.image_is_shown()
    return task


def only_box(answer: dict[str, Any]) -> dict[str, Any]:
    (box,) = answer["found"]["boundingBoxes"]
    return dict(box)


def test_a_drawn_box_is_answered_in_image_pixels(desk: Desk) -> None:
    task = open_boxes(desk)
    task.drag((200, 150), (100, 50))
    answer = task.submit()
    assert answer["found"]["inputImageProperties"] == SIZE
    assert set(answer["found"]) == {"boundingBoxes", "inputImageProperties"}
    box = only_box(answer)
    assert box["label"] == "Car"
    assert [box[edge] for edge in ("left", "top", "width", "height")] == pytest.approx(
        [100, 50, 100, 100], abs=2
    )


def test_the_chosen_label_is_given_to_the_next_box(desk: Desk) -> None:
    task = open_boxes(desk)
    task.frame.get_by_role("button", name="Tree").click()
    task.drag((10, 10), (60, 60))
    assert only_box(task.submit())["label"] == "Tree"


def test_the_model_s_boxes_are_the_start(desk: Desk) -> None:
    task = open_boxes(desk, f'initial-value="{GIVEN}"')
    assert task.submit() == {
        "found": {
            "boundingBoxes": [{"height": 60, "label": "Car", "left": 40, "top": 30, "width": 100}],
            "inputImageProperties": SIZE,
            "initialValueModified": False,
        }
    }


def test_a_box_is_moved_and_resized_by_pointer(desk: Desk) -> None:
    task = open_boxes(desk, f'initial-value="{GIVEN}"')
    task.drag((80, 60), (100, 80))
    task.drag((160, 110), (200, 150))
    answer = task.submit()
    box = only_box(answer)
    assert [box[edge] for edge in ("left", "top", "width", "height")] == pytest.approx(
        [60, 50, 140, 100], abs=2
    )
    assert answer["found"]["initialValueModified"] is True


def test_a_box_stays_inside_the_image(desk: Desk) -> None:
    task = open_boxes(desk, f'initial-value="{GIVEN}"')
    task.drag((80, 60), (-300, 60))
    assert only_box(task.submit())["left"] == 0


def test_keyboard_alone_adds_moves_resizes_and_labels(desk: Desk) -> None:
    task = open_boxes(desk)
    task.press("a")  # wherever the focus is
    expect(task.frame.get_by_role("button", name="Box 1: Car")).to_be_focused()
    task.press("ArrowLeft", "Shift+ArrowUp", "Control+ArrowRight", "Control+Shift+ArrowDown", "2")
    assert only_box(task.submit(by_key=True)) == {
        "left": 149,
        "top": 103,
        "width": 101,
        "height": 85,
        "label": "Tree",
    }


def test_numbers_place_the_selected_box(desk: Desk) -> None:
    task = open_boxes(desk, f'initial-value="{GIVEN}"')
    task.frame.get_by_role("button", name="1. Car").click()
    task.frame.get_by_role("spinbutton", name="width").fill("77")
    assert only_box(task.submit())["width"] == 77


def test_delete_and_undo(desk: Desk) -> None:
    task = open_boxes(desk, f'initial-value="{GIVEN}"')
    task.frame.get_by_role("button", name="1. Car").click()
    desk.page.keyboard.press("Delete")
    expect(task.frame.get_by_text("No boxes yet.")).to_be_visible()
    task.frame.get_by_role("button", name="Undo").click()
    expect(task.frame.get_by_role("button", name="1. Car")).to_be_visible()
    task.frame.get_by_role("button", name="Delete box 1").click()
    assert task.submit()["found"]["boundingBoxes"] == []


def test_zooming_keeps_the_pixels(desk: Desk) -> None:
    task = open_boxes(desk, f'initial-value="{GIVEN}"')
    task.frame.get_by_role("button", name="Zoom in").click()
    expect(task.frame.get_by_text("150 %")).to_be_visible()
    assert task.submit()["found"]["initialValueModified"] is False


def test_boxes_of_a_model_are_cut_to_the_image(desk: Desk) -> None:
    wide = "[{'left': 350.4, 'top': -10, 'width': 900, 'height': 20, 'label': 'Car'}]"
    task = open_boxes(desk, f'initial-value="{wide}"')
    box = only_box(task.submit())
    assert box == {"left": 350, "top": 0, "width": 50, "height": 10, "label": "Car"}


def test_a_box_with_an_unknown_label_is_refused(desk: Desk) -> None:
    given = "[{'left': 1, 'top': 1, 'width': 9, 'height': 9, 'label': 'Ship'}]"
    task = open_boxes(desk, f'initial-value="{given}"')
    task.refuses("Box 1 needs one of the labels.")


def test_an_image_that_is_missing_cannot_be_answered(desk: Desk) -> None:
    task = desk.open(
        '<crowd-bounding-box name="found" src="/_a2i/s3/none" labels="[\'Car\']" header="h">'
    )
    expect(task.frame.get_by_text("The image could not be loaded.")).to_be_visible()
    task.refuses("The image has not been loaded.")


def test_labels_are_needed(desk: Desk) -> None:
    task = desk.open(f'<crowd-bounding-box name="found" src="{IMAGE}" labels="[]" header="h">')
    expect(task.frame.get_by_text("labels: expected a list of at least one label")).to_be_visible()
