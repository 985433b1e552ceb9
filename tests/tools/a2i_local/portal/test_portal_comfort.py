"""What makes the portal's page pleasant: keys, drafts, warnings, small screens, dark mode."""

from dataclasses import replace

from playwright.sync_api import Page, expect

from tests.tools.a2i_local.portal.memory_tasks import MemoryTasks
from tests.tools.a2i_local.portal.test_portal_page import FORM, LOADER, TASK, frame_of, start

SENTIMENT = (
    f'{LOADER}<crowd-form><crowd-classifier name="sentiment" header="Which?"'
    " categories=\"['Positive', 'Negative', 'Neutral', 'Mixed']\">"
    "<classification-target>The parcel came late.</classification-target>"
    "</crowd-classifier></crowd-form>"
)


def test_twenty_tasks_take_two_keys_each(page: Page, portal: str, tasks: MemoryTasks) -> None:
    for number in range(20):
        tasks.add(replace(TASK, id=f"t{number:02}", html=SENTIMENT))
    page.goto(f"{portal}/_a2i/portal?worker=ann&task=t00")
    expect(page.locator("iframe")).to_be_focused()
    page.keyboard.press("Alt+n")  # once: the next task follows at once
    expect(page.get_by_label("Next at once")).to_be_checked()
    pressed = 0
    for number in range(20):
        expect(page).to_have_url(f"{portal}/_a2i/portal?worker=ann&task=t{number:02}")
        expect(page.locator("iframe")).to_have_count(1)
        expect(frame_of(page).get_by_role("radio", name="Positive")).to_be_visible()
        expect(page.locator("iframe")).to_be_focused()
        for key in (str(number % 4 + 1), "Enter"):
            page.keyboard.press(key)
            pressed += 1
    expect(page.get_by_text("That was the last one.")).to_be_visible()
    labels = [answers["ann"]["sentiment"]["label"] for answers in tasks.answers.values()]
    assert labels == ["Positive", "Negative", "Neutral", "Mixed"] * 5
    assert pressed == 2 * 20


def test_what_was_written_last_is_kept_by_going_back_at_once(
    page: Page, portal: str, tasks: MemoryTasks
) -> None:
    tasks.add(TASK)
    page.goto(f"{portal}/_a2i/portal?worker=ann")
    start(page)
    frame_of(page).get_by_label("Answer").focus()
    page.keyboard.type("last word")
    page.evaluate("document.querySelector('button[title=\"Alt+L\"]').click()")  # as soon as can be
    page.get_by_role("button", name="Continue").click()
    expect(frame_of(page).get_by_label("Answer")).to_have_value("last word")


def test_what_was_written_last_is_kept_by_a_task_that_is_slow_to_answer(
    page: Page, portal: str, tasks: MemoryTasks
) -> None:
    tasks.add(TASK)
    page.goto(f"{portal}/_a2i/portal?worker=ann")
    start(page)
    expect(page.locator("iframe")).to_be_focused()
    frame_of(page).get_by_label("Answer").fill("last word")
    busy = "() => setTimeout(() => { for (const t = Date.now(); Date.now() < t + 900; ); })"
    frame_of(page).locator("body").evaluate(busy)
    page.get_by_role("button", name="Back to the list").click()
    page.get_by_role("button", name="Continue").click()
    expect(frame_of(page).get_by_label("Answer")).to_have_value("last word")


def test_a_portal_that_answers_again_is_not_called_silent(
    page: Page, portal: str, tasks: MemoryTasks
) -> None:
    page.goto(f"{portal}/_a2i/portal?worker=ann")
    expect(page.get_by_role("heading", name="Nothing to review")).to_be_visible()
    page.route("**/api/tasks*", lambda route: route.abort())
    expect(page.get_by_text("The portal does not answer.")).to_be_visible()
    page.unroute("**/api/tasks*")
    expect(page.get_by_text("The portal does not answer.")).to_be_hidden()


def test_a_page_that_opened_on_a_silent_portal_tries_again(
    page: Page, portal: str, tasks: MemoryTasks
) -> None:
    page.route("**/api/session", lambda route: route.abort())
    page.goto(f"{portal}/_a2i/portal?worker=ann")
    expect(page.get_by_text("The portal does not answer.")).to_be_visible()
    page.unroute("**/api/session")
    expect(page.get_by_role("heading", name="Nothing to review")).to_be_visible()
    expect(page.get_by_text("The portal does not answer.")).to_be_hidden()


def test_a_warning_comes_before_the_time_ends(page: Page, portal: str, tasks: MemoryTasks) -> None:
    tasks.add(replace(TASK, time_limit_seconds=63))
    page.goto(f"{portal}/_a2i/portal?worker=ann")
    start(page)
    expect(page.get_by_role("status").first).to_contain_text("Less than 1 min left")


def test_question_mark_shows_the_keys_from_within_a_task(
    page: Page, portal: str, tasks: MemoryTasks
) -> None:
    tasks.add(TASK)
    page.goto(f"{portal}/_a2i/portal?worker=ann")
    expect(page.get_by_role("button", name="Keys ?")).to_be_visible()
    start(page)
    expect(page.locator("iframe")).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("submit the answer")
    page.get_by_role("button", name="Close").click()
    frame_of(page).get_by_label("Answer").focus()
    page.keyboard.type("really?")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_the_task_has_room_on_small_screens_and_with_large_letters(
    page: Page, portal: str, tasks: MemoryTasks
) -> None:
    tasks.add(replace(TASK, description="Say what you think of it, in a few words. " * 4))
    for width, height in ((640, 430), (320, 640)):  # 1280 x 860 at 200 %, and a telephone
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{portal}/_a2i/portal?worker=ann&task=t1")
        expect(frame_of(page).get_by_label("Answer")).to_be_visible()
        frame = page.locator("iframe").bounding_box()
        submit = frame_of(page).locator("crowd-button").bounding_box()
        assert frame is not None
        assert submit is not None
        assert frame["height"] >= 0.7 * height
        assert frame["width"] == width
        assert submit["height"] <= 0.25 * frame["height"]
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_task_has_a_language_and_a_title(page: Page, portal: str, tasks: MemoryTasks) -> None:
    tasks.add(replace(TASK, html=SENTIMENT))
    page.goto(f"{portal}/_a2i/portal?worker=ann&task=t1")
    expect(frame_of(page).locator("html")).to_have_attribute("lang", "en")
    expect(frame_of(page).locator("title")).to_have_js_property("text", "Which?")


def test_dark_mode_leaves_templates_with_colours_of_their_own_alone(
    page: Page, portal: str, tasks: MemoryTasks
) -> None:
    tasks.add(TASK)
    tasks.add(replace(TASK, id="own", html=FORM + "<style>p { background: #eee }</style>"))
    page.emulate_media(color_scheme="dark")
    for task, expected in (("t1", "rgb(26, 34, 43)"), ("own", "rgb(255, 255, 255)")):
        page.goto(f"{portal}/_a2i/portal?worker=ann&task={task}")
        expect(frame_of(page).get_by_label("Answer")).to_be_visible()
        expect(frame_of(page).locator("body")).to_have_css("background-color", expected)
    expect(page.locator("header")).to_have_css("background-color", "rgb(26, 34, 43)")
