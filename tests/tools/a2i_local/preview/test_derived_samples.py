"""A template without a sample: the preview derives one, and every widget can be submitted."""

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from playwright.sync_api import Page, expect

from a2i_local.loopback_server import serving
from a2i_local.preview import create_app
from a2i_local.preview.source import PreviewSource
from tests.core.worker_template.template_strategy import LOADER, WIDGETS
from worker_template import TaskTemplate

ATTEMPTS = 20


def _kind(widget: str) -> str:
    return re.sub(r"[\W_]+", "-", widget[1:40])


@pytest.mark.parametrize("widget", WIDGETS, ids=_kind)
def test_a_widget_filled_from_its_derived_sample_can_be_submitted(
    page: Page, tmp_path: Path, widget: str
) -> None:
    path = tmp_path / "task.liquid.html"
    path.write_text(f"{LOADER}<crowd-form>{widget}</crowd-form>", encoding="utf-8")
    with serving(create_app(PreviewSource(path))) as url:
        page.goto(url)
        task = page.frame_locator("iframe")
        expect(task.get_by_role("note")).to_contain_text("Offline stand-in")
        if "multi-select" in widget:
            task.get_by_role("checkbox").first.check()
        for _ in range(ATTEMPTS):  # a picture may still be on its way
            task.get_by_role("button", name="Submit").click()
            page.wait_for_timeout(500)
            if page.locator("#answer").is_visible():
                break
        expect(page.locator("#answer")).to_be_visible()
        answer = json.loads(page.locator("#answer").inner_text())["humanAnswers"][0]
    schema = TaskTemplate.from_file(path).answer_schema()
    errors = Draft202012Validator(schema).iter_errors(answer["answerContent"])
    assert [error.message for error in errors] == []
