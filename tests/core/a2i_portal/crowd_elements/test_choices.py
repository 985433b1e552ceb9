"""Check boxes, toggles, radio buttons and the slider."""

from playwright.sync_api import expect

from tests.core.a2i_portal.crowd_elements.conftest import Desk

RADIOS = (
    "<crowd-radio-group>"
    '<crowd-radio-button name="colour" value="red">Red</crowd-radio-button>'
    '<crowd-radio-button name="colour" value="green" checked>Green</crowd-radio-button>'
    '<crowd-radio-button name="colour" value="blue">Blue</crowd-radio-button>'
    "</crowd-radio-group>"
)


def test_checkboxes_of_one_name_share_an_object(desk: Desk) -> None:
    task = desk.open(
        '<crowd-checkbox name="found" value="car">Car</crowd-checkbox>'
        '<crowd-checkbox name="found" value="tree" checked>Tree</crowd-checkbox>'
        '<crowd-checkbox name="sure">Sure</crowd-checkbox>'
    )
    task.frame.get_by_role("checkbox", name="Car").check()
    assert task.submit() == {"found": {"car": True, "tree": True}, "sure": {"on": False}}


def test_a_required_checkbox_must_be_checked(desk: Desk) -> None:
    task = desk.open('<crowd-checkbox name="read" required>I have read it</crowd-checkbox>')
    task.refuses("Check this to continue.")
    task.frame.get_by_role("checkbox", name="I have read it").check()
    assert task.submit() == {"read": {"on": True}}


def test_a_toggle_is_a_switch(desk: Desk) -> None:
    task = desk.open('<crowd-toggle-button name="urgent">Urgent</crowd-toggle-button>')
    task.frame.get_by_role("switch", name="Urgent").check()
    assert task.submit() == {"urgent": {"on": True}}


def test_one_radio_button_is_chosen_and_all_are_reported(desk: Desk) -> None:
    task = desk.open(RADIOS)
    task.frame.get_by_role("radio", name="Red").check()
    assert task.submit() == {"colour": {"red": True, "green": False, "blue": False}}


def test_radio_buttons_are_one_tab_stop_with_arrow_keys(desk: Desk) -> None:
    task = desk.open('<crowd-input name="a" label="Before"></crowd-input>' + RADIOS)
    task.frame.get_by_label("Before").focus()
    desk.page.keyboard.press("Tab")
    expect(task.frame.get_by_role("radio", name="Green")).to_be_focused()
    desk.page.keyboard.press("ArrowDown")
    expect(task.frame.get_by_role("radio", name="Blue")).to_be_focused()
    desk.page.keyboard.press("ArrowDown")
    assert task.submit() == {"colour": {"red": True, "green": False, "blue": False}}


def test_the_slider_answers_a_number(desk: Desk) -> None:
    task = desk.open('<crowd-slider name="score" min="0" max="10" value="3"></crowd-slider>')
    slider = task.frame.get_by_role("slider", name="score")
    slider.focus()
    desk.page.keyboard.press("ArrowRight")
    assert task.submit() == {"score": 4}


def test_the_slider_is_dragged(desk: Desk) -> None:
    task = desk.open('<crowd-slider name="score" min="0" max="10" value="0"></crowd-slider>')
    expect(task.frame.get_by_role("slider", name="score")).to_be_visible()
    box = task.frame.get_by_role("slider", name="score").bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    mouse = desk.page.mouse
    mouse.move(box["x"] + box["height"] / 2, middle)
    mouse.down()
    mouse.move(box["x"] + box["width"] / 2, middle, steps=4)
    expect(task.find("crowd-slider").get_by_role("status")).to_have_text("5")
    mouse.up()
    assert task.submit() == {"score": 5}


def test_an_editable_slider_stays_within_its_limits(desk: Desk) -> None:
    task = desk.open('<crowd-slider name="score" min="0" max="10" editable></crowd-slider>')
    task.frame.get_by_label("score, as a number").fill("99")
    assert task.submit() == {"score": 10}


def test_change_reaches_the_template_s_listeners(desk: Desk) -> None:
    task = desk.open(
        '<crowd-checkbox name="a">A</crowd-checkbox><crowd-input name="seen" type="text">'
        "</crowd-input><script>document.querySelector('crowd-checkbox').addEventListener("
        "'change', (event) => { document.querySelector('crowd-input').value ="
        " String(event.target.checked); });</script>"
    )
    task.frame.get_by_role("checkbox", name="A").check()
    assert task.submit() == {"a": {"on": True}, "seen": "true"}


def test_no_choice_of_a_select_with_several_is_lost(desk: Desk) -> None:
    task = desk.open(
        '<select name="kind" required disabled><option>Invoice</option></select>'
        '<select name="tags" multiple><option>urgent</option><option>paid</option></select>'
    )
    task.find("select[name=tags]").select_option(["urgent", "paid"])
    assert task.submit() == {"tags": ["urgent", "paid"]}
