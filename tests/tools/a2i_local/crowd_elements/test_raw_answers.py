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
