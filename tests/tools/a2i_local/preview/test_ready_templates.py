"""Each ready template opened, filled in and submitted offline; the answer has the derived shape."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from playwright.sync_api import FrameLocator, Page, expect

from a2i_local.loopback_server import serving
from a2i_local.preview import create_app
from a2i_local.preview.source import PreviewSource
from worker_template import (
    TaskTemplate,
    bundled_template_names,
    bundled_template_path,
)


def review_sentiment(task: FrameLocator) -> dict[str, Any]:
    expect(task.get_by_role("radio", name="Mixed")).to_be_checked()
    task.get_by_role("radio", name="Negative").check()
    return {"sentiment": {"label": "Negative"}}


def classify_text(task: FrameLocator) -> dict[str, Any]:
    expect(task.get_by_role("radio", name="Technical problem")).to_be_checked()
    task.get_by_role("radio", name="Billing").check()
    return {"category": {"label": "Billing"}}


def correct_boxes(task: FrameLocator) -> dict[str, Any]:
    task.get_by_role("button", name="Delete box 2").click()
    task.get_by_role("button", name="2. Car").click()
    task.get_by_role("button", name="Person").click()
    return {
        "annotatedResult": {
            "boundingBoxes": [
                {"height": 66, "label": "Car", "left": 58, "top": 214, "width": 150},
                {"height": 130, "label": "Person", "left": 516, "top": 150, "width": 44},
            ],
            "inputImageProperties": {"height": 400, "width": 640},
            "initialValueModified": True,
        }
    }


def compare_fields(task: FrameLocator) -> dict[str, Any]:
    task.get_by_label("Total").fill("1,284.60")
    task.get_by_label("Purchase order").fill("")
    for box in task.get_by_role("checkbox", name="compared").all():
        box.check()
    return {
        "invoice_number": "2026-0417",
        "invoice_date": "2026-03-12",
        "vendor": "Nordlicht Tools Ltd",
        "total": "1,284.60",
        "compared": {"total": True, "purchase_order": True},
    }


def judge_answer(task: FrameLocator) -> dict[str, Any]:
    task.get_by_role("radio", name="Only some are").check()
    task.get_by_role("radio", name="In part").check()
    task.get_by_label("Rewrite the answer").fill("Within 30 days; members have 60.")
    return {
        "grounded": {"fully": False, "partly": True, "not": False},
        "correct": {"yes": False, "partly": True, "no": False},
        "rewrite": "Within 30 days; members have 60.",
    }


REVIEWERS: dict[str, Callable[[FrameLocator], dict[str, Any]]] = {
    "document_fields_review": compare_fields,
    "generative_answer_review": judge_answer,
    "object_detection_review": correct_boxes,
    "sentiment_review": review_sentiment,
    "text_classification": classify_text,
}


@pytest.mark.parametrize("name", bundled_template_names())
def test_a_ready_template_is_answered_offline(page: Page, name: str) -> None:
    path = bundled_template_path(name)
    with serving(create_app(PreviewSource(path))) as url:
        page.goto(url)
        task = page.frame_locator("iframe")
        expect(task.get_by_role("note")).to_contain_text("Offline stand-in")
        expected = REVIEWERS[name](task)
        task.get_by_role("button", name="Submit").click()
        expect(page.locator("#answer")).to_be_visible()
        stored = json.loads(page.locator("#answer").inner_text())
    answer = stored["humanAnswers"][0]["answerContent"]
    assert answer == expected
    schema = TaskTemplate.from_file(path).answer_schema()
    assert [error.message for error in Draft202012Validator(schema).iter_errors(answer)] == []
    assert stored["inputContent"] == TaskTemplate.from_file(path).sample_input()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("document_fields_review", "2 answers need your attention."),
        ("generative_answer_review", "Answer both questions"),
    ],
)
def test_an_unfinished_answer_is_not_sent(page: Page, name: str, message: str) -> None:
    with serving(create_app(PreviewSource(bundled_template_path(name)))) as url:
        page.goto(url)
        task = page.frame_locator("iframe")
        expect(task.get_by_role("note")).to_be_visible()
        task.get_by_role("button", name="Submit").click()
        expect(task.get_by_text(message)).to_be_visible()
        expect(page.locator("#answer")).not_to_be_visible()
