"""The portal's page, as reviewers use it."""

from collections.abc import Callable
from dataclasses import replace

from playwright.sync_api import FrameLocator, Page, expect

from tests.tools.a2i_local.portal.memory_tasks import FLOW, MemoryTask, MemoryTasks

LOADER = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'
FORM = f'{LOADER}<crowd-form><crowd-input name="answer" label="Answer"></crowd-input></crowd-form>'
TASK = MemoryTask("t1", html=FORM)


def frame_of(page: Page) -> FrameLocator:
    return page.frame_locator("iframe[title=Task]")


def start(page: Page) -> None:
    page.get_by_role("button", name="Start").first.click()
    expect(frame_of(page).get_by_role("note")).to_be_visible()


def answer(page: Page, text: str) -> None:
    frame_of(page).get_by_label("Answer").fill(text)
    frame_of(page).get_by_role("button", name="Submit").click()


def test_lists_tasks_by_flow_with_age_and_time_limit(
    page: Page, portal: str, tasks: MemoryTasks
) -> None:
    tasks.add(replace(TASK, time_limit_seconds=5400))
    tasks.add(replace(TASK, id="t2", title="Find the boxes", flow_definition_arn=FLOW + "boxes"))
    page.goto(f"{portal}/_a2i/portal?worker=ann")
    flows = page.locator("section.flow")
    expect(flows).to_have_count(2)
    first = flows.filter(has_text="Check the sentiment")
    expect(first).to_contain_text("Confirm or correct what the model found")
    expect(first.get_by_text("sentiment", exact=True)).to_be_visible()
    expect(first.get_by_role("button")).to_contain_text("waiting")
    expect(first.get_by_role("button")).to_contain_text("1 h 30 min to answer")


def test_takes_a_name_for_a_reviewer_in_development(
    page: Page, portal: str, tasks: MemoryTasks
) -> None:
    tasks.add(TASK)
    page.goto(f"{portal}/_a2i/portal")
    page.get_by_role("button", name="continue without a password").click()
    page.get_by_label("User name or e-mail").fill("ann")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Start")).to_be_visible()
    expect(page).to_have_url(f"{portal}/_a2i/portal?worker=ann")


def test_refuses_who_is_not_in_the_team(page: Page, portal: str, tasks: MemoryTasks) -> None:
    tasks.add(TASK)
    page.goto(f"{portal}/_a2i/portal?worker=eve")
    expect(page.get_by_text("'eve' is not a member of the work team")).to_be_visible()
    expect(page.get_by_label("User name or e-mail")).to_be_visible()


def test_new_tasks_appear_by_themselves(page: Page, portal: str, tasks: MemoryTasks) -> None:
    page.goto(f"{portal}/_a2i/portal?worker=ann")
    expect(page.get_by_role("heading", name="Nothing to review")).to_be_visible()
    tasks.add(TASK)
    expect(page.get_by_role("button", name="Start")).to_be_visible()


def test_two_reviewers_never_hold_one_slot(
    new_page: Callable[[], Page], portal: str, tasks: MemoryTasks
) -> None:
    tasks.add(TASK)
    ann, ben = new_page(), new_page()
    ann.goto(f"{portal}/_a2i/portal?worker=ann")
    start(ann)
    ben.goto(f"{portal}/_a2i/portal?worker=ben&task=t1")  # as from a list that is a moment old
    expect(ben.get_by_text("another reviewer has taken this task")).to_be_visible()
    expect(ben.locator("iframe")).to_have_count(0)
    answer(ann, "mine")
    expect(ann.get_by_role("heading", name="Answer submitted")).to_be_visible()
    assert tasks.answers["t1"] == {"ann": {"answer": "mine"}}


def test_two_slots_take_two_reviewers(
    new_page: Callable[[], Page], portal: str, tasks: MemoryTasks
) -> None:
    tasks.add(replace(TASK, slots=2))
    for worker in ("ann", "ben"):
        page = new_page()
        page.goto(f"{portal}/_a2i/portal?worker={worker}")
        start(page)
        answer(page, f"from {worker}")
        expect(page.get_by_role("heading", name="Answer submitted")).to_be_visible()
    assert tasks.answers["t1"] == {"ann": {"answer": "from ann"}, "ben": {"answer": "from ben"}}


def test_a_reload_keeps_a_half_filled_form(page: Page, portal: str, tasks: MemoryTasks) -> None:
    widgets = (
        '<crowd-input name="answer" label="Answer"></crowd-input>'
        '<crowd-checkbox name="sure">Sure</crowd-checkbox><input name="plain" aria-label="Plain">'
        '<crowd-classifier name="kind" categories="[\'A\', \'B\']" header="h">'
        "<classification-target>x</classification-target></crowd-classifier>"
    )
    tasks.add(replace(TASK, html=f"{LOADER}<crowd-form>{widgets}</crowd-form>"))
    page.goto(f"{portal}/_a2i/portal?worker=ann")
    start(page)
    frame_of(page).get_by_label("Answer").fill("half")
    frame_of(page).get_by_role("checkbox", name="Sure").check()
    frame_of(page).get_by_label("Plain").fill("text")
    frame_of(page).get_by_role("radio", name="B").check()
    page.wait_for_function(
        "() => Object.values(localStorage).some((draft) => draft.includes('\"B\"'))"
    )
    page.reload()
    expect(frame_of(page).get_by_label("Answer")).to_have_value("half")
    frame_of(page).get_by_role("button", name="Submit").click()
    expect(page.get_by_role("heading", name="Answer submitted")).to_be_visible()
    assert tasks.answers["t1"]["ann"] == {
        "answer": "half",
        "sure": {"on": True},
        "plain": "text",
        "kind": {"label": "B"},
    }
    assert page.evaluate("localStorage.length") == 0


def test_release_gives_the_slot_back(page: Page, portal: str, tasks: MemoryTasks) -> None:
    tasks.add(TASK)
    page.goto(f"{portal}/_a2i/portal?worker=ann")
    start(page)
    page.get_by_role("button", name="Release").click()
    expect(page.get_by_text("Released: other reviewers can take it.")).to_be_visible()
    assert tasks.holders["t1"] == {}


def test_the_list_continues_what_was_started(page: Page, portal: str, tasks: MemoryTasks) -> None:
    tasks.add(TASK)
    page.goto(f"{portal}/_a2i/portal?worker=ann")
    start(page)
    page.get_by_role("button", name="Back to the list").click()
    expect(page.get_by_role("button", name="Continue")).to_contain_text("59 min left")
    page.get_by_role("button", name="Continue").click()
    expect(frame_of(page).get_by_label("Answer")).to_be_visible()


def test_next_task_prefers_the_same_flow(page: Page, portal: str, tasks: MemoryTasks) -> None:
    tasks.add(TASK)
    tasks.add(replace(TASK, id="other", title="Another flow", flow_definition_arn=FLOW + "boxes"))
    tasks.add(replace(TASK, id="t2"))
    page.goto(f"{portal}/_a2i/portal?worker=ann&task=t1")
    answer(page, "one")
    page.get_by_role("button", name="Next task").click()
    expect(page).to_have_url(f"{portal}/_a2i/portal?worker=ann&task=t2")


def test_the_last_answer_leads_back_to_the_list(
    page: Page, portal: str, tasks: MemoryTasks
) -> None:
    tasks.add(TASK)
    page.goto(f"{portal}/_a2i/portal?worker=ann&task=t1")
    answer(page, "one")
    page.get_by_role("button", name="Next task").click()
    expect(page.get_by_text("That was the last one.")).to_be_visible()
    expect(page.get_by_role("heading", name="Nothing to review")).to_be_visible()


def test_time_over_says_so_and_keeps_the_work(page: Page, portal: str, tasks: MemoryTasks) -> None:
    tasks.add(TASK)
    page.goto(f"{portal}/_a2i/portal?worker=ann")
    start(page)
    frame_of(page).get_by_label("Answer").fill("late")
    page.wait_for_function("() => localStorage.length === 1")
    tasks.let_time_run_out("t1", "ann")
    frame_of(page).get_by_role("button", name="Submit").click()
    expect(page.get_by_role("heading", name="The time is over")).to_be_visible()
    page.get_by_role("button", name="Start again").click()
    expect(frame_of(page).get_by_label("Answer")).to_have_value("late")
    frame_of(page).get_by_role("button", name="Submit").click()
    expect(page.get_by_role("heading", name="Answer submitted")).to_be_visible()


def test_the_clock_ends_the_task(page: Page, portal: str, tasks: MemoryTasks) -> None:
    tasks.add(replace(TASK, time_limit_seconds=2))
    page.goto(f"{portal}/_a2i/portal?worker=ann&task=t1")
    expect(page.get_by_role("heading", name="The time is over")).to_be_visible()


def test_an_answer_that_cannot_arrive_can_be_sent_again(
    page: Page, portal: str, tasks: MemoryTasks
) -> None:
    tasks.add(TASK)
    page.goto(f"{portal}/_a2i/portal?worker=ann&task=t1")
    page.route("**/submit", lambda route: route.abort())
    answer(page, "kept")
    expect(page.get_by_text("The portal does not answer.")).to_be_visible()
    page.unroute("**/submit")
    frame_of(page).get_by_role("button", name="Submit").click()
    expect(page.get_by_role("heading", name="Answer submitted")).to_be_visible()


def test_keys_take_a_reviewer_through_two_tasks(
    page: Page, portal: str, tasks: MemoryTasks
) -> None:
    tasks.add(TASK)
    tasks.add(replace(TASK, id="t2"))
    page.goto(f"{portal}/_a2i/portal?worker=ann")
    expect(page.get_by_role("button", name="Start")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    for _ in range(2):
        expect(page.locator("iframe")).to_be_focused()
        page.keyboard.press("Tab")
        page.keyboard.type("typed")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("button", name="Next task")).to_be_focused()
        page.keyboard.press("n")
    expect(page.get_by_text("That was the last one.")).to_be_visible()
    assert set(tasks.answers["t1"]) == set(tasks.answers["t2"]) == {"ann"}


def test_alt_r_releases_from_within_the_task(page: Page, portal: str, tasks: MemoryTasks) -> None:
    tasks.add(TASK)
    page.goto(f"{portal}/_a2i/portal?worker=ann")
    start(page)
    frame_of(page).get_by_label("Answer").focus()
    page.keyboard.press("Alt+r")
    expect(page.get_by_text("Released: other reviewers can take it.")).to_be_visible()


def test_help_lists_the_keys(page: Page, portal: str, tasks: MemoryTasks) -> None:
    page.goto(f"{portal}/_a2i/portal?worker=ann")
    expect(page.get_by_role("heading", name="Nothing to review")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("submit the answer")
    # A telephone shows what has the focus: the beginning, and not the button at the end.
    expect(page.get_by_role("heading", name="Keyboard shortcuts")).to_be_focused()


def test_going_back_in_the_browser_leads_to_the_list(
    page: Page, portal: str, tasks: MemoryTasks
) -> None:
    tasks.add(TASK)
    page.goto(f"{portal}/_a2i/portal?worker=ann")
    start(page)
    page.go_back()
    expect(page.get_by_role("button", name="Continue")).to_be_visible()
