"""What a reviewer does with a task in the account's page: time, decline, undo, past answers."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.core.a2i_portal.account_site import AccountSite, serving_account
from tests.core.a2i_portal.test_account_page import FORM, fill, sign_in
from tests.lambda_src.account_loops import reviewer
from tests.tools.a2i_local.portal.test_accessibility import violations

OPTIONS = {
    "ExtensionInSeconds": 900,
    "MaxExtensions": 1,
    "AnswerGraceInSeconds": 60,
    "OwnAnswersInSeconds": 3600,
}


@pytest.fixture
def site(page: Page) -> Iterator[AccountSite]:
    """A portal with two tasks, and a page that lists them. Time stands still for the account."""
    with serving_account() as found:
        flow = found.account.create_flow_definition(
            "review", FORM, TaskTimeLimitInSeconds=600, WorkerOptions=OPTIONS
        )
        for number in (1, 2):
            found.account.clock.advance(timedelta(milliseconds=1))
            found.account.start(f"loop-{number}", flow)
        sign_in(page, found)
        yield found


def start(page: Page) -> None:
    page.get_by_role("button", name="Start").first.click()
    expect(page.frame_locator("iframe").get_by_label("Answer")).to_be_visible()


def answer(page: Page, text: str) -> None:
    fill(page, text)
    page.frame_locator("iframe").get_by_role("button", name="Submit").click()


def submit_first(page: Page, text: str) -> None:
    start(page)
    answer(page, text)
    expect(page.get_by_role("heading", name="Answer submitted")).to_be_visible()


def test_a_reviewer_takes_more_time_once(page: Page, site: AccountSite) -> None:
    start(page)
    more = page.get_by_role("button", name="15 min more")
    expect(more).to_be_visible()
    page.keyboard.press("Alt+m")
    expect(page.get_by_text("You have 2")).to_be_visible()
    expect(page.get_by_role("timer")).to_contain_text("2")
    expect(more).to_be_hidden()


def test_reviews_have_the_titles_that_their_input_gives_them(page: Page, site: AccountSite) -> None:
    flow = site.account.create_flow_definition(
        "news", FORM, WorkerOptions={"ReviewTitle": "{{ task.input.headline }}"}
    )
    site.account.start("loop-3", flow, {"headline": "Rain & <b>sun</b> in Spain"})
    site.account.start("loop-4", flow, {"text": "without one"})
    page.get_by_role("searchbox").fill("news")
    expect(page.locator("button.task .name")).to_have_text(["Rain & <b>sun</b> in Spain", "loop-4"])
    page.get_by_role("searchbox").fill("spain")
    expect(page.locator("button.task")).to_have_count(1)
    start(page)
    expect(page.locator(".bar")).to_contain_text("Rain & <b>sun</b> in Spain")


def test_a_task_is_declined_with_a_reason_and_a_comment(page: Page, site: AccountSite) -> None:
    start(page)
    page.get_by_role("button", name="Decline").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert violations(page) == []
    dialog.get_by_role("button", name="Go on with the task").click()
    page.keyboard.press("Alt+x")
    dialog.get_by_label("I cannot see or read what is shown").check()
    dialog.get_by_label("Comment").fill("The scan is blurred")
    dialog.get_by_role("button", name="Decline").click()
    expect(page.get_by_text("Declined: it is not offered to you again.")).to_be_visible()
    expect(page.locator("button.task .name")).to_have_text(["loop-2"])
    loop = site.account.loops().find("loop-1")
    assert loop is not None
    assert [declined.reason for declined in loop.declined] == ["Unreadable"]
    assert [body for (_, key), body in site.account.s3.objects.items() if "decline" in key]


def comments(site: AccountSite) -> list[str]:
    objects = site.account.s3.objects.items()
    return [json.loads(body)["comment"] for (_, key), body in objects if "/flags/" in key]


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_a_task_is_commented_on_by_keyboard_and_goes_on(
    page: Page, site: AccountSite, color_scheme: Any
) -> None:
    page.emulate_media(color_scheme=color_scheme)
    page.set_viewport_size({"width": 320, "height": 640})
    start(page)
    fill(page, "half done")
    page.keyboard.press("Alt+c")
    dialog = page.get_by_role("dialog", name="What should those who sent this task know?")
    field = dialog.get_by_label("Comment")
    expect(field).to_be_focused()
    assert violations(page) == []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()  # nothing is written yet
    field.fill("Two people are on it")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your comment is sent.")).to_be_visible()
    assert comments(site) == ["Two people are on it"]
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Answer submitted")).to_be_visible()
    assert site.answers("loop-1") == [{"answer": "half done"}]


def test_a_comment_that_does_not_arrive_is_not_lost(page: Page, site: AccountSite) -> None:
    page.route("**/flag", lambda route: route.abort(), times=1)
    start(page)
    page.get_by_role("button", name="Comment").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Comment").fill("Blurred")
    dialog.get_by_role("button", name="Send the comment").click()
    expect(page.get_by_text("The portal does not answer.")).to_be_visible()
    page.get_by_role("button", name="Comment").click()
    expect(dialog.get_by_label("Comment")).to_have_value("Blurred")
    dialog.get_by_role("button", name="Send the comment").click()
    expect(page.get_by_text("Your comment is sent.")).to_be_visible()
    assert comments(site) == ["Blurred"]


def test_the_last_answer_is_taken_back_and_changed(page: Page, site: AccountSite) -> None:
    submit_first(page, "too early")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Your answer is taken back")).to_be_visible()
    field = page.frame_locator("iframe").get_by_label("Answer")
    expect(field).to_have_value("too early")
    answer(page, "well thought")
    expect(page.get_by_role("heading", name="Answer submitted")).to_be_visible()
    site.advance(timedelta(seconds=61))
    (given,) = site.account.output("loop-1")["humanAnswers"]
    assert given["answerContent"] == {"answer": "well thought"}


def test_an_answer_is_taken_back_from_the_next_task(page: Page, site: AccountSite) -> None:
    start(page)
    page.get_by_label("Next at once").check()
    answer(page, "hasty")
    expect(page.locator(".bar")).to_contain_text("loop-2")
    undo = page.locator("#notice").get_by_role("button", name="Undo")
    expect(undo).to_contain_text("0:")
    undo.click()
    expect(page.locator(".bar")).to_contain_text("loop-1")
    expect(page.frame_locator("iframe").get_by_label("Answer")).to_have_value("hasty")


def test_past_answers_are_read_and_not_changed(page: Page, site: AccountSite) -> None:
    site.account.clock.advance(timedelta(seconds=30))  # computers' times differ by some seconds
    submit_first(page, "what I said")
    page.get_by_role("button", name="Back to the list").click()
    page.set_viewport_size({"width": 390, "height": 760})
    expect(page.get_by_role("button", name="My last answers")).to_be_visible()
    count = "document.querySelector('.count')"  # beside the link, and nothing of it below the link
    page.wait_for_function(f"{count}.scrollWidth <= {count}.clientWidth")
    page.get_by_role("button", name="My last answers").click()
    expect(page.get_by_text("Answered: 1 today, 1 in seven days")).to_be_visible()
    expect(page.locator("summary .facts")).to_have_text("less than a minute ago")
    page.get_by_text("loop-1 · review").click()
    expect(page.locator(".answer dd")).to_have_text("what I said")
    expect(page.locator(".answer input")).to_have_count(0)
    assert violations(page) == []
    page.reload()
    expect(page.get_by_role("heading", name="My last answers")).to_be_visible()
    page.keyboard.press("Alt+l")
    expect(page.locator("button.task .name")).to_have_text(["loop-2"])


def test_past_answers_show_names_and_values_in_place_of_json(page: Page, site: AccountSite) -> None:
    answer = {"sentiment": {"label": "Mixed"}, "boxes": [1, 2], "note": None}
    site.account.tasks().submit("loop-1", reviewer("ann"), answer)
    page.goto(f"{site.url}/?view=answers")
    page.get_by_text("loop-1 · review").click()
    expect(page.locator(".answer dt")).to_have_text(["sentiment · label", "boxes", "note"])
    expect(page.locator(".answer dd").first).to_have_text("Mixed")
