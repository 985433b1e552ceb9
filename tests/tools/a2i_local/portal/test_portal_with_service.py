"""The page over the A2I service itself: from StartHumanLoop to output.json."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from PIL import Image
from playwright.sync_api import FrameLocator, Page, expect

from a2i_local.service import StoredObject
from a2i_local.testing import LocalA2I
from tests.tools.a2i_local.portal.served_portal import serving_portal

TEMPLATE = """<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form>
  <img id="page" src="{{ task.input.page | grant_read_access }}" alt="Page">
  <p id="text">{{ task.input.text }}</p>
  <crowd-input name="answer" label="Answer" required></crowd-input>
</crowd-form>"""
HOSTILE = "<script>document.title = 'run'</script> & \"quoted\""


@dataclass
class Reviews:
    """A running service and the portal's address."""

    a2i: LocalA2I
    url: str

    def open_list(self, page: Page, worker: str) -> None:
        page.goto(f"{self.url}/_a2i/portal?worker={worker}")


def task_of(page: Page) -> FrameLocator:
    return page.frame_locator("iframe[title=Task]")


def answer(page: Page, text: str) -> None:
    task_of(page).get_by_label("Answer").fill(text)
    task_of(page).get_by_role("button", name="Submit").click()


@pytest.fixture
def reviews() -> Iterator[Reviews]:
    """One open loop, `loop-1`, that wants two answers."""
    with LocalA2I() as a2i:
        image = io.BytesIO()
        Image.new("RGB", (40, 30), "white").save(image, "PNG")
        a2i.host.buckets[a2i.bucket]["in/page 1.png"] = StoredObject(image.getvalue(), "image/png")
        flow = a2i.create_flow_definition(
            "review", TEMPLATE, task_count=2, TaskTimeLimitInSeconds=600
        )
        a2i.start("loop-1", flow, {"text": HOSTILE, "page": f"s3://{a2i.bucket}/in/page 1.png"})
        with serving_portal(a2i) as url:
            yield Reviews(a2i, url)


def test_two_reviewers_answer_though_one_lets_the_time_run_out(
    reviews: Reviews, new_page: Callable[[], Page]
) -> None:
    first, second = new_page(), new_page()
    for page, worker in ((first, "worker-1"), (second, "worker-2")):
        reviews.open_list(page, worker)
        page.get_by_role("button", name="Start").click()
        expect(task_of(page).get_by_label("Answer")).to_be_visible()
    answer(second, "from the second")
    expect(second.get_by_role("heading", name="Answer submitted")).to_be_visible()
    reviews.a2i.advance(timedelta(minutes=10))
    answer(first, "from the first")
    expect(first.get_by_role("heading", name="The time is over")).to_be_visible()
    assert reviews.a2i.status("loop-1") == "InProgress"
    first.get_by_role("button", name="Start again").click()
    expect(task_of(first).get_by_label("Answer")).to_have_value("from the first")
    answer(first, "from the first, in time")
    expect(first.get_by_role("heading", name="Answer submitted")).to_be_visible()
    reviews.a2i.advance(timedelta(seconds=1))
    output = reviews.a2i.output("loop-1")
    assert [given["answerContent"] for given in output["humanAnswers"]] == [
        {"answer": "from the second"},
        {"answer": "from the first, in time"},
    ]
    assert reviews.a2i.status("loop-1") == "Completed"


def test_a_third_reviewer_finds_no_slot(reviews: Reviews, new_page: Callable[[], Page]) -> None:
    late = new_page()
    reviews.open_list(late, "worker-3")
    expect(late.get_by_role("button", name="Start")).to_be_visible()
    for worker in ("worker-1", "worker-2"):
        page = new_page()
        reviews.open_list(page, worker)
        page.get_by_role("button", name="Start").click()
        expect(task_of(page).get_by_label("Answer")).to_be_visible()
    expect(late.get_by_role("heading", name="Nothing to review")).to_be_visible()


def test_granted_objects_are_shown_and_data_stays_text(reviews: Reviews, page: Page) -> None:
    reviews.open_list(page, "worker-1@example.com")
    page.get_by_role("button", name="Start").click()
    expect(task_of(page).locator("#page")).to_have_js_property("naturalWidth", 40)
    expect(task_of(page).locator("#text")).to_have_text(HOSTILE)
    expect(task_of(page).locator("title")).to_have_js_property("text", "Task")


def test_who_is_in_no_team_is_refused(reviews: Reviews, page: Page) -> None:
    reviews.open_list(page, "stranger")
    expect(page.get_by_text("stranger is not a member of any work team")).to_be_visible()
