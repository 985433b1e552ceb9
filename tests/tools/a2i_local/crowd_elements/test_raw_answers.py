"""Widgets without drawing tools offline: input shown, answer editable, shape checked."""

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.tools.a2i_local.crowd_elements.conftest import IMAGE, IMAGE_HEIGHT, IMAGE_WIDTH, Desk

SIZE = {"inputImageProperties": {"height": IMAGE_HEIGHT, "width": IMAGE_WIDTH}}
LABELED_IMAGE = {"labeledImage": {"pngImageData": ""}}


@pytest.mark.parametrize(
    ("tag", "key", "empty"),
    [
        ("crowd-keypoint", "points", {**SIZE, "keypoints": []}),
        ("crowd-polygon", "points", {**SIZE, "polygons": []}),
        ("crowd-polyline", "points", {**SIZE, "polylines": []}),
        ("crowd-line", "points", {**SIZE, "lines": []}),
        ("crowd-semantic-segmentation", "points", {**SIZE, "labelMappings": {}, **LABELED_IMAGE}),
        ("crowd-instance-segmentation", "points", {**SIZE, "instances": [], **LABELED_IMAGE}),
        (
            "crowd-textract-analyze-document",
            "AWS/Textract/AnalyzeDocument/Forms/V1",
            {"blocks": []},
        ),
        (
            "crowd-rekognition-detect-moderation-labels",
            "AWS/Rekognition/DetectModerationLabels/Image/V3",
            {"moderationLabels": []},
        ),
    ],
)
def test_the_prepared_answer_has_the_documented_shape(
    desk: Desk, tag: str, key: str, empty: dict[str, Any]
) -> None:
    task = desk.open(f'<{tag} name="points" src="{IMAGE}" header="Mark it"></{tag}>')
    expect(task.frame.get_by_role("img", name="Mark it")).to_be_visible()
    assert task.submit() == {key: empty}


def test_an_edited_answer_is_sent(desk: Desk) -> None:
    task = desk.open(f'<crowd-keypoint name="k" src="{IMAGE}" header="h" labels="[\'nose\']">')
    answer = {**SIZE, "keypoints": [{"label": "nose", "x": 5, "y": 6}]}
    task.frame.get_by_label("Answer as JSON").fill(json.dumps(answer))
    assert task.submit() == {"k": answer}


def test_the_initial_value_is_the_start(desk: Desk) -> None:
    task = desk.open(
        f'<crowd-keypoint name="k" src="{IMAGE}" header="h"'
        " initial-value=\"[{'label': 'nose', 'x': 1, 'y': 2}]\"></crowd-keypoint>"
    )
    expect(task.frame.get_by_role("img", name="h")).to_be_visible()
    assert task.submit()["k"]["keypoints"] == [{"label": "nose", "x": 1, "y": 2}]


@pytest.mark.parametrize(
    ("tag", "proposal"),
    [
        ("crowd-instance-segmentation", {"instances": [{"color": "#2ca02c", "label": "Cat"}]}),
        ("crowd-semantic-segmentation", {"labelMappings": {"Cat": {"color": "#2ca02c"}}}),
    ],
)
def test_the_proposal_of_a_segmentation_is_in_the_answer(
    desk: Desk, tag: str, proposal: dict[str, Any]
) -> None:
    initial = json.dumps({"src": "s3://bucket/mask.png", **proposal}).replace('"', "&quot;")
    task = desk.open(
        f'<{tag} name="parts" src="{IMAGE}" header="h" labels="[\'Cat\']" '
        f'initial-value="{initial}"></{tag}>'
    )
    expect(task.frame.get_by_role("img", name="h")).to_be_visible()
    assert task.submit() == {"parts": {**SIZE, **LABELED_IMAGE, **proposal}}


@pytest.mark.parametrize(
    ("text", "message"),
    [("{not json", "This is not JSON."), ("{}", "The answer lacks"), ("[]", "The answer lacks")],
)
def test_another_shape_is_refused(desk: Desk, text: str, message: str) -> None:
    task = desk.open(f'<crowd-keypoint name="k" src="{IMAGE}" header="h"></crowd-keypoint>')
    task.frame.get_by_label("Answer as JSON").fill(text)
    task.refuses(message)
