"""Elements that arrange or tell, and answer nothing."""

from playwright.sync_api import expect

from tests.core.a2i_portal.crowd_elements.conftest import Desk


def test_tabs_show_one_panel_and_submit_all(desk: Desk) -> None:
    task = desk.open(
        '<crowd-tabs><crowd-tab header="One"><crowd-input name="a" label="First"></crowd-input>'
        '</crowd-tab><crowd-tab header="Two"><crowd-input name="b" value="second" label="Second">'
        "</crowd-input></crowd-tab></crowd-tabs>"
    )
    expect(task.frame.get_by_label("Second")).not_to_be_visible()
    task.frame.get_by_role("tab", name="One").focus()
    desk.page.keyboard.press("ArrowRight")
    expect(task.frame.get_by_role("tab", name="Two")).to_be_focused()
    expect(task.frame.get_by_label("Second")).to_be_visible()
    expect(task.frame.get_by_label("First")).not_to_be_visible()
    assert task.submit() == {"b": "second"}


def test_a_problem_on_a_hidden_tab_is_brought_into_view(desk: Desk) -> None:
    task = desk.open(
        '<crowd-tabs><crowd-tab header="One">text</crowd-tab><crowd-tab header="Two">'
        '<crowd-input name="a" label="Needed" required></crowd-input></crowd-tab></crowd-tabs>'
    )
    task.press_submit()
    expect(task.frame.get_by_label("Needed")).to_be_focused()


def test_instructions_show_their_regions_in_a_dialog(desk: Desk) -> None:
    task = desk.open(
        '<crowd-instructions link-text="How to" link-type="button">'
        "<short-summary>Short.</short-summary><detailed-instructions>Long.</detailed-instructions>"
        "<positive-example>Good.</positive-example><negative-example>Bad.</negative-example>"
        "</crowd-instructions>"
    )
    task.frame.get_by_role("button", name="How to").click()
    for text in ("Short.", "Long.", "Good.", "Bad."):
        expect(task.frame.get_by_text(text)).to_be_visible()
    task.frame.get_by_role("button", name="Close").click()
    expect(task.frame.get_by_text("Short.")).not_to_be_visible()


def test_a_modal_opens_and_closes_by_script(desk: Desk) -> None:
    task = desk.open("<crowd-modal><p>Inside</p></crowd-modal>")
    task.run("document.querySelector('crowd-modal').open()")
    expect(task.frame.get_by_text("Inside")).to_be_visible()
    task.run("document.querySelector('crowd-modal').close()")
    expect(task.frame.get_by_text("Inside")).not_to_be_visible()


def test_an_alert_is_announced_and_dismissed(desk: Desk) -> None:
    task = desk.open('<crowd-alert type="error" dismissible>Careful</crowd-alert>')
    expect(task.frame.get_by_role("alert").filter(has_text="Careful")).to_be_visible()
    task.frame.get_by_role("button", name="Dismiss").click()
    expect(task.frame.get_by_text("Careful")).to_have_count(0)


def test_card_badge_and_toast_show_their_text(desk: Desk) -> None:
    task = desk.open(
        '<crowd-card heading="Heading"><p>Content</p></crowd-card>'
        '<crowd-badge label="3"></crowd-badge><crowd-toast text="Saved" opened></crowd-toast>'
        '<crowd-fab icon="report-problem" title="Issue"></crowd-fab>'
        '<crowd-icon-button icon="search"></crowd-icon-button>'
    )
    for text in ("Heading", "Content", "3", "Saved", "Issue", "search"):
        expect(task.frame.get_by_text(text, exact=True).first).to_be_visible()
