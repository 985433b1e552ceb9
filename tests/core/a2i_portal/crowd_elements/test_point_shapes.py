"""crowd-keypoint, crowd-line, crowd-polyline and crowd-polygon, by pointer and by keyboard."""

import json
import re
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

SIZE = {"height": IMAGE_HEIGHT, "width": IMAGE_WIDTH}
TRIANGLE = [{"x": 40, "y": 30}, {"x": 140.5, "y": 30}, {"x": 90, "y": 120}]


def open_tool(desk: Desk, tag: str, given: list[Any] | None = None) -> OpenTask:
    value = json.dumps(given).replace('"', "&quot;") if given is not None else None
    start = f'initial-value="{value}"' if value else ""
    task = desk.open(
        f'<{tag} name="found" src="{IMAGE}" labels="[\'Eye\', \'Ear\']" header="Find them"'
        f" {start}></{tag}>"
    )
    task.image_is_shown()
    return task


def near(point: dict[str, float], x: float, y: float) -> bool:
    return (point["x"], point["y"]) == pytest.approx((x, y), abs=2)


@pytest.mark.parametrize(
    ("tag", "key", "item"),
    [
        ("crowd-keypoint", "keypoints", {"label": "Ear", "x": 12.25, "y": 99}),
        ("crowd-line", "lines", {"label": "Eye", "vertices": TRIANGLE[:2]}),
        ("crowd-polyline", "polylines", {"label": "Eye", "vertices": TRIANGLE}),
        ("crowd-polygon", "polygons", {"label": "Ear", "vertices": TRIANGLE}),
    ],
)
def test_what_a_model_proposes_comes_back_unchanged(
    desk: Desk, tag: str, key: str, item: dict[str, Any]
) -> None:
    task = open_tool(desk, tag, [item, {**item, "label": "Eye"}])
    assert task.submit() == {
        "found": {
            key: [item, {**item, "label": "Eye"}],
            "inputImageProperties": SIZE,
            "initialValueModified": False,
        }
    }


def test_a_click_sets_a_key_point_and_a_drag_moves_it(desk: Desk) -> None:
    task = open_tool(desk, "crowd-keypoint")
    task.frame.get_by_role("button", name="Ear").click()
    task.click(100, 50)
    task.drag((100, 50), (220, 150))
    (point,) = task.submit()["found"]["keypoints"]
    assert point["label"] == "Ear"
    assert near(point, 220, 150)


def test_keys_set_and_move_a_key_point(desk: Desk) -> None:
    task = open_tool(desk, "crowd-keypoint")
    task.press("2", "a", "ArrowLeft", "Shift+ArrowDown")
    answer = task.submit(by_key=True)
    assert answer["found"]["keypoints"] == [{"label": "Ear", "x": 199, "y": 160}]


def test_a_drag_draws_a_line_and_moves_one_of_its_ends(desk: Desk) -> None:
    task = open_tool(desk, "crowd-line")
    task.drag((50, 50), (150, 100))
    task.drag((150, 100), (200, 200))
    (line,) = task.submit()["found"]["lines"]
    start, end = line["vertices"]
    assert near(start, 50, 50)
    assert near(end, 200, 200)


def test_keys_draw_a_line_and_move_one_of_its_ends(desk: Desk) -> None:
    task = open_tool(desk, "crowd-line")
    task.press("a", "Tab", "Tab", "Shift+ArrowUp")
    answer = task.submit(by_key=True)
    assert answer["found"]["lines"] == [
        {"label": "Eye", "vertices": [{"x": 150, "y": 150}, {"x": 250, "y": 140}]}
    ]


def test_clicks_draw_a_polygon_that_the_first_corner_closes(desk: Desk) -> None:
    task = open_tool(desk, "crowd-polygon")
    corners = ((50, 50), (150, 50), (150, 150))
    for corner in (*corners, corners[0]):
        task.click(*corner)
    (polygon,) = task.submit()["found"]["polygons"]
    assert len(polygon["vertices"]) == 3
    assert all(near(point, *at) for point, at in zip(polygon["vertices"], corners, strict=True))


def test_a_corner_is_set_into_a_side_by_dragging_its_middle(desk: Desk) -> None:
    task = open_tool(desk, "crowd-polygon", [{"label": "Eye", "vertices": TRIANGLE}])
    task.frame.get_by_role("button", name="1. Eye").click()
    task.drag((90, 30), (90, 10))
    found = task.submit()["found"]
    assert found["initialValueModified"] is True
    (polygon,) = found["polygons"]
    assert len(polygon["vertices"]) == 4
    assert near(polygon["vertices"][1], 90, 10)


def test_keys_draw_a_polygon_and_edit_its_corners(desk: Desk) -> None:
    task = open_tool(desk, "crowd-polygon")
    task.press("a", "Tab", "i", "ArrowUp", "Tab", "Tab", "Delete")
    (polygon,) = task.submit(by_key=True)["found"]["polygons"]
    assert polygon["vertices"] == [{"x": 150, "y": 188}, {"x": 175, "y": 150}, {"x": 200, "y": 113}]


def test_enter_ends_a_polyline_and_escape_drops_one(desk: Desk) -> None:
    task = open_tool(desk, "crowd-polyline")
    task.click(50, 50)
    task.press("Escape")
    for at in ((60, 60), (120, 60), (300, 200)):
        task.click(*at)
    task.press("Control+z")  # the last point of the path
    task.click(120, 160)
    task.press("Enter")
    (polyline,) = task.submit()["found"]["polylines"]
    assert len(polyline["vertices"]) == 3
    assert near(polyline["vertices"][2], 120, 160)


def test_undo_and_redo(desk: Desk) -> None:
    task = open_tool(desk, "crowd-keypoint")
    expect(task.frame.get_by_role("button", name="Undo")).to_be_disabled()
    task.click(100, 50)
    task.press("Control+z")
    expect(task.frame.get_by_text("No points yet.")).to_be_visible()
    task.frame.get_by_role("button", name="Redo").click()
    task.press("a")
    task.press("Control+z", "Control+y")
    assert len(task.submit()["found"]["keypoints"]) == 2


def test_turned_and_zoomed_images_are_answered_in_image_pixels(desk: Desk) -> None:
    task = open_tool(desk, "crowd-keypoint")
    stage = task.find(".stage").bounding_box()
    assert stage is not None
    middle = stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2
    desk.page.mouse.move(*middle)
    task.press("+", "r", "+", "h")  # "h": drags move the image
    desk.page.mouse.down()
    desk.page.mouse.move(middle[0] + 40, middle[1], steps=3)
    desk.page.mouse.up()
    task.press("h")
    desk.page.mouse.click(middle[0] + 40, middle[1])
    (point,) = task.submit()["found"]["keypoints"]
    assert near(point, IMAGE_WIDTH / 2, IMAGE_HEIGHT / 2)


def test_the_wheel_with_control_zooms_at_the_pointer(desk: Desk) -> None:
    task = open_tool(desk, "crowd-keypoint")
    desk.page.mouse.move(*task.on_image(300, 60))
    desk.page.keyboard.down("Control")
    desk.page.mouse.wheel(0, -100)
    desk.page.keyboard.up("Control")
    expect(task.frame.get_by_text("120 %")).to_be_visible()
    desk.page.mouse.down()
    desk.page.mouse.up()
    (point,) = task.submit()["found"]["keypoints"]
    assert near(point, 300, 60)


def test_brightness_is_a_view_and_no_answer(desk: Desk) -> None:
    task = open_tool(desk, "crowd-keypoint", [{"label": "Eye", "x": 1, "y": 2}])
    task.frame.get_by_label("Brightness").focus()
    task.press("ArrowRight")
    expect(task.find(".stage img")).to_have_attribute("style", re.compile(r"brightness\(101%\)"))
    assert task.submit()["found"]["initialValueModified"] is False


def test_keys_of_labels_go_on_with_letters(desk: Desk) -> None:
    labels = ", ".join(f"'L{number}'" for number in range(1, 12))
    task = desk.open(
        f'<crowd-keypoint name="found" src="{IMAGE}" labels="[{labels}]" header="h">'
        "</crowd-keypoint>"
    )
    task.image_is_shown()
    task.press("w", "a")
    assert task.submit(by_key=True)["found"]["keypoints"][0]["label"] == "L11"


def test_with_two_tools_a_key_belongs_to_the_one_that_has_the_focus(desk: Desk) -> None:
    tool = "<crowd-keypoint name='{}' src='{}' labels='[1]' header='h'></crowd-keypoint>"
    task = desk.open(tool.format("one", IMAGE) + tool.format("two", IMAGE))
    expect(task.find(".stage[data-ready]")).to_have_count(2)
    task.press("a")
    task.frame.get_by_role("button", name="Add point").nth(1).focus()
    task.press("a")
    answer = task.submit()
    assert [len(answer[name]["keypoints"]) for name in ("one", "two")] == [0, 1]
