"""crowd-textract-analyze-document and crowd-rekognition-detect-moderation-labels."""

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.core.a2i_portal.crowd_elements.conftest import IMAGE, Desk, OpenTask

TEXTRACT = "AWS/Textract/AnalyzeDocument/Forms/V1"
REKOGNITION = "AWS/Rekognition/DetectModerationLabels/Image/V3"


def block(id_: str, type_: str, **more: Any) -> dict[str, Any]:
    box = {"width": 0.25, "height": 0.1, "left": 0.25, "top": 0.5}
    return {"blockType": type_, "id": id_, "geometry": {"boundingBox": box}, **more}


def pair(id_: str, *children: str) -> list[dict[str, Any]]:
    value = {"type": "VALUE", "ids": [f"{id_}-value"]}
    return [
        block(
            f"{id_}-key",
            "KEY_VALUE_SET",
            entityTypes=["KEY"],
            relationships=[value, {"type": "CHILD", "ids": [f"{id_}-word"]}],
        ),
        block(
            f"{id_}-value",
            "KEY_VALUE_SET",
            entityTypes=["VALUE"],
            relationships=[{"type": "CHILD", "ids": list(children)}],
        ),
    ]


BLOCKS = [
    block("page", "PAGE"),
    *pair("total", "w1", "w2"),
    *pair("paid", "box"),
    block("total-word", "WORD", text="Total:", confidence=99.5),
    block("paid-word", "WORD", text="Paid"),
    block("w1", "WORD", text="12"),
    block("w2", "WORD", text="EUR"),
    block("box", "SELECTION_ELEMENT", selectionStatus="NOT_SELECTED"),
]


def pascal(given: Any) -> Any:
    if isinstance(given, dict):
        return {name[0].upper() + name[1:]: pascal(part) for name, part in given.items()}
    return [pascal(part) for part in given] if isinstance(given, list) else given


def open_document(desk: Desk, attributes: str = "", blocks: Any = BLOCKS) -> OpenTask:
    value = json.dumps(blocks).replace('"', "&quot;")
    task = desk.open(
        f'<crowd-textract-analyze-document src="{IMAGE}" header="Check it" {attributes}'
        f' initial-value="{value}"></crowd-textract-analyze-document>'
    )
    task.image_is_shown()
    return task


def by_id(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {part["id"]: part for part in answer[TEXTRACT]["blocks"]}


@pytest.mark.parametrize("blocks", [BLOCKS, pascal(BLOCKS)])
def test_blocks_come_back_unchanged(desk: Desk, blocks: Any) -> None:
    assert open_document(desk, blocks=blocks).submit() == {TEXTRACT: {"blocks": blocks}}


def test_keys_and_values_are_corrected(desk: Desk) -> None:
    task = open_document(desk)
    expect(task.frame.get_by_label("Value of field 1")).to_have_value("12 EUR")
    task.frame.get_by_label("Value of field 1").fill("13 EUR")
    task.frame.get_by_label("Key of field 2").fill("Paid?")
    task.frame.get_by_label("Value of field 2").check()
    found = by_id(task.submit())
    assert found["total-value"]["relationships"] == [{"type": "CHILD", "ids": ["w1"]}]
    assert found["w1"]["text"] == "13 EUR"
    assert found["paid-word"]["text"] == "Paid?"
    assert found["box"]["selectionStatus"] == "SELECTED"
    assert found["total-word"] == BLOCKS[5]


def test_keys_alone_correct_a_value_and_move_its_box(desk: Desk) -> None:
    task = open_document(desk)
    task.frame.get_by_role("button", name="Field 1: Total:").focus()
    task.press("ArrowRight", "Control+ArrowDown")
    task.frame.get_by_label("Value of field 1").focus()
    task.press("Control+a")
    desk.page.keyboard.type("14")
    task.press("Tab")
    found = by_id(task.submit(by_key=True))
    box = found["total-value"]["geometry"]["boundingBox"]
    assert box == {"left": 0.2525, "top": 0.5, "width": 0.25, "height": 0.103333}
    assert found["w1"]["text"] == "14"


def test_a_pointer_moves_and_resizes_a_box(desk: Desk) -> None:
    task = open_document(desk, blocks=[*pair("total", "w1"), BLOCKS[5], BLOCKS[7]])
    expect(task.frame.get_by_role("button", name="Field 1: Total:")).to_be_visible()
    task.drag((150, 165), (180, 105))
    task.drag((230, 120), (250, 150))
    corners = [
        (box["left"], box["top"], box["left"] + box["width"], box["top"] + box["height"])
        for box in (
            part["geometry"]["boundingBox"]
            for part in task.submit()[TEXTRACT]["blocks"]
            if part["blockType"] == "KEY_VALUE_SET"
        )
    ]
    moved = (0.325, 0.3, 0.625, 0.5)
    assert sorted(corners) == [
        pytest.approx((0.25, 0.5, 0.5, 0.6), abs=0.001),
        pytest.approx(moved, abs=0.01),
    ]


def test_spelling_of_textract_is_kept(desk: Desk) -> None:
    task = open_document(desk, blocks=pascal(BLOCKS))
    task.frame.get_by_label("Value of field 1").fill("13")
    blocks = {part["Id"]: part for part in task.submit()[TEXTRACT]["blocks"]}
    assert blocks["w1"]["Text"] == "13"
    assert not [part for part in blocks.values() if "text" in part]


def test_a_field_is_added(desk: Desk) -> None:
    task = open_document(desk, "keys=\"['Date', 'Place']\"")
    task.frame.get_by_role("button", name="Add field").click()
    desk.page.keyboard.type("Date")
    task.press("Tab")
    desk.page.keyboard.type("2026-11-28")
    found = by_id(task.submit(by_key=True))
    added = [part for id_, part in found.items() if id_ not in {old["id"] for old in BLOCKS}]
    assert [part.get("text") for part in added if part["blockType"] == "WORD"] == [
        "Date",
        "2026-11-28",
    ]
    assert [part["entityTypes"] for part in added if "entityTypes" in part] == [["KEY"], ["VALUE"]]


def test_keys_and_boxes_can_be_fixed(desk: Desk) -> None:
    task = open_document(desk, "no-key-edit no-geometry-edit")
    expect(task.frame.get_by_label("Key of field 1")).to_have_attribute("readonly", "")
    expect(task.frame.get_by_role("button", name="Add field")).to_have_count(0)
    task.frame.get_by_role("button", name="Field 1: Total:").focus()
    task.press("ArrowRight")
    assert task.submit() == {TEXTRACT: {"blocks": BLOCKS}}


def test_undo_brings_back_what_was_written(desk: Desk) -> None:
    task = open_document(desk)
    task.frame.get_by_label("Value of field 1").fill("13")
    task.press("Tab")
    task.frame.get_by_role("button", name="Undo").click()
    assert task.submit() == {TEXTRACT: {"blocks": BLOCKS}}


CATEGORIES = [{"name": "Gore", "parentName": "Violence"}, {"name": "Corpses"}, {"name": "Smoking"}]


def open_moderation(desk: Desk, categories: Any, attributes: str = "") -> OpenTask:
    value = json.dumps(categories).replace('"', "&quot;")
    return desk.open(
        f'<crowd-rekognition-detect-moderation-labels src="{IMAGE}" header="What is wrong?"'
        f' categories="{value}" {attributes}></crowd-rekognition-detect-moderation-labels>'
    )


def test_chosen_categories_come_back_whole(desk: Desk) -> None:
    task = open_moderation(desk, CATEGORIES)
    task.frame.get_by_role("checkbox", name="Gore").check()
    task.frame.get_by_role("checkbox", name="Smoking").check()
    assert task.submit() == {REKOGNITION: {"moderationLabels": [CATEGORIES[0], CATEGORIES[2]]}}


def test_keys_choose_categories(desk: Desk) -> None:
    task = open_moderation(desk, ["Gore", "Smoking"])
    task.press("2")
    assert task.submit(by_key=True) == {REKOGNITION: {"moderationLabels": ["Smoking"]}}


def test_none_of_these_is_an_empty_list(desk: Desk) -> None:
    task = open_moderation(desk, CATEGORIES, "exclusion-category=\"{ text: 'None of these' }\"")
    task.refuses("Choose a category.")
    task.frame.get_by_role("checkbox", name="Gore").check()
    task.frame.get_by_role("checkbox", name="None of these").check()
    assert task.submit() == {REKOGNITION: {"moderationLabels": []}}
