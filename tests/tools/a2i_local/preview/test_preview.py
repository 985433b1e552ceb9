"""`a2i template preview`: render, reload, failure page, answer."""

import json
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from a2i_local.loopback_server import serving
from a2i_local.preview import create_app
from a2i_local.preview.source import PreviewSource

LOADER = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'
TEMPLATE = (
    f'{LOADER}\n<crowd-form><p id="text">{{{{ task.input.text }}}}</p>'
    '<crowd-input name="answer" label="Answer"></crowd-input></crowd-form>'
)


@dataclass
class Desk:
    """A template and its sample input in a folder, and the preview of them."""

    page: Page
    url: str
    template: Path
    sample: Path

    @property
    def frame(self) -> FrameLocator:
        return self.page.frame_locator("iframe")

    def shown_answer(self) -> dict[str, Any]:
        place = self.page.locator("#answer")
        expect(place).to_be_visible()
        answer: dict[str, Any] = json.loads(place.inner_text())
        return answer


@pytest.fixture
def desk(page: Page, tmp_path: Path) -> Iterator[Desk]:
    template, sample = tmp_path / "task.liquid.html", tmp_path / "task.sample.json"
    template.write_text(TEMPLATE)
    sample.write_text('{"text": "from the sample"}')
    with serving(create_app(PreviewSource(template))) as url:
        page.goto(url)
        yield Desk(page, url, template, sample)


def test_renders_with_the_sample_beside_the_template(desk: Desk) -> None:
    expect(desk.frame.locator("#text")).to_have_text("from the sample")
    expect(desk.page.get_by_role("heading", name="Preview of task.liquid.html")).to_be_visible()
    expect(desk.page.locator("#banner")).to_contain_text("Offline stand-in")


def test_what_is_blocked_is_listed_with_how_to_see_it(desk: Desk) -> None:
    desk.template.write_text(
        LOADER + '<script src="https://code.jquery.com/jquery-3.6.0.min.js"></script>'
        '<crowd-form><img src="https://images.example.com/cat.jpg">'
        '<crowd-input name="a"></crowd-input></crowd-form>'
    )
    blocked = desk.page.locator("#blocked")
    expect(blocked.get_by_role("listitem")).to_have_count(2)
    expect(blocked).to_contain_text("https://code.jquery.com/jquery-3.6.0.min.js")
    expect(blocked).to_contain_text("https://images.example.com/cat.jpg")
    expect(blocked).to_contain_text("--cdn")
    expect(blocked).to_contain_text("beside the template")
    desk.template.write_text(TEMPLATE)
    expect(blocked).to_be_hidden()


def test_renders_with_the_input_that_is_named(page: Page, tmp_path: Path) -> None:
    template, chosen = tmp_path / "task.liquid.html", tmp_path / "other.json"
    template.write_text(TEMPLATE)
    chosen.write_text('{"text": "chosen"}')
    with serving(create_app(PreviewSource(template, chosen))) as url:
        page.goto(url)
        expect(page.frame_locator("iframe").locator("#text")).to_have_text("chosen")


def test_makes_up_an_input_where_there_is_none(page: Page, tmp_path: Path) -> None:
    template = tmp_path / "task.liquid.html"
    template.write_text(TEMPLATE)
    with serving(create_app(PreviewSource(template))) as url:
        page.goto(url)
        expect(page.frame_locator("iframe").locator("#text")).not_to_be_empty()


def test_shows_the_answer_as_a2i_would_store_it(desk: Desk) -> None:
    desk.frame.get_by_label("Answer").fill("mine")
    desk.frame.get_by_role("button", name="Submit").click()
    stored = desk.shown_answer()
    assert stored["inputContent"] == {"text": "from the sample"}
    assert set(stored) == {"flowDefinitionArn", "humanAnswers", "humanLoopName", "inputContent"}
    (answer,) = stored["humanAnswers"]
    assert answer["answerContent"] == {"answer": "mine"}
    assert answer["timeSpentInSeconds"] >= 0
    assert answer["acceptanceTime"] <= answer["submissionTime"]


def test_can_be_submitted_again(desk: Desk) -> None:
    for text in ("one", "two"):
        desk.frame.get_by_label("Answer").fill(text)
        desk.frame.get_by_role("button", name="Submit").click()
        expect(desk.page.locator("#answer")).to_contain_text(f'"answer": "{text}"')


def test_follows_the_file_and_keeps_what_was_filled_in(desk: Desk) -> None:
    desk.frame.get_by_label("Answer").fill("kept")
    desk.template.write_text(TEMPLATE.replace("<p id", "<h2>New</h2><p id"))
    expect(desk.frame.get_by_role("heading", name="New")).to_be_visible()
    expect(desk.frame.get_by_label("Answer")).to_have_value("kept")


def test_the_files_are_watched_before_they_are_shown(tmp_path: Path) -> None:
    template = tmp_path / "task.liquid.html"
    template.write_text(TEMPLATE)
    with (
        serving(create_app(PreviewSource(template))) as url,
        urllib.request.urlopen(f"{url}/changes", timeout=30) as changes,  # noqa: S310
    ):
        assert changes.readline() == b"data: changed\n"


def test_follows_the_sample_input(desk: Desk) -> None:
    desk.sample.write_text('{"text": "changed"}')
    expect(desk.frame.locator("#text")).to_have_text("changed")


@pytest.mark.parametrize(
    ("template", "sample", "message"),
    [
        ("{{ task.input.text", "{}", "The template does not render"),
        (TEMPLATE, "[1]", "not a JSON object"),
        (TEMPLATE, "{", "is not JSON"),
    ],
)
def test_a_failure_is_a_page_until_it_is_repaired(
    desk: Desk, template: str, sample: str, message: str
) -> None:
    expect(desk.frame.locator("#text")).to_be_visible()
    desk.template.write_text(template)
    desk.sample.write_text(sample)
    expect(desk.frame.get_by_role("alert")).to_contain_text(message)
    desk.template.write_text(TEMPLATE)
    desk.sample.write_text('{"text": "repaired"}')
    expect(desk.frame.locator("#text")).to_have_text("repaired")


def test_a_missing_file_is_said(page: Page, tmp_path: Path) -> None:
    with serving(create_app(PreviewSource(tmp_path / "none.liquid.html"))) as url:
        page.goto(url)
        expect(page.frame_locator("iframe").get_by_role("alert")).to_contain_text("none.liquid")


def test_lists_what_the_checks_find(desk: Desk) -> None:
    expect(desk.page.get_by_text("Nothing found.")).to_be_visible()
    desk.template.write_text(TEMPLATE.replace('name="answer" ', ""))
    expect(desk.page.locator("#findings .error")).to_contain_text("line 2")


def test_a_variable_that_the_sample_lacks_is_blank_and_listed(desk: Desk) -> None:
    expect(desk.frame.locator("#text")).to_be_visible()
    desk.sample.write_text('{"other": 1}')
    expect(desk.frame.locator("#text")).to_have_text("")
    expect(desk.page.locator("#findings")).to_contain_text("task.input.text")


def test_an_object_beside_the_template_stands_for_the_one_in_s3(desk: Desk, tmp_path: Path) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="33" height="22"></svg>'
    (tmp_path / "page 1.svg").write_text(svg)
    image = '<img id="image" src="{{ task.input.image | grant_read_access }}">'
    desk.template.write_text(LOADER + f"<crowd-form>{image}</crowd-form>")
    desk.sample.write_text('{"image": "s3://bucket/documents/page 1.svg"}')
    expect(desk.frame.locator("#image")).to_have_js_property("naturalWidth", 33)
    desk.sample.write_text('{"image": "s3://bucket/elsewhere.png"}')
    expect(desk.frame.locator("#image")).to_have_js_property("naturalWidth", 800)


def test_hostile_input_shows_as_text(desk: Desk) -> None:
    hostile = "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>"
    desk.sample.write_text(json.dumps({"text": hostile}))
    expect(desk.frame.locator("#text")).to_have_text(hostile)
    expect(desk.frame.locator("title")).to_have_js_property("text", "Task")


def test_cdn_leaves_amazon_s_tag_and_says_so(page: Page, tmp_path: Path) -> None:
    template = tmp_path / "task.liquid.html"
    template.write_text(TEMPLATE)
    with serving(create_app(PreviewSource(template), cdn=True)) as url:
        # The tag and the policy are looked at without a browser, so the test stays offline.
        reply = page.request.get(f"{url}/task")
    assert LOADER in reply.text()
    assert "https:" in reply.headers["content-security-policy"]
