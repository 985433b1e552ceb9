"""crowd-form: what it collects, when it sends, and what templates' scripts can do about it."""

from playwright.sync_api import expect

from tests.core.a2i_portal.crowd_elements.conftest import Desk
from tests.tools.a2i_local.portal.memory_tasks import MemoryTask


def test_a_submit_button_is_added_where_the_template_has_none(desk: Desk) -> None:
    task = desk.open('<crowd-input name="a" value="x"></crowd-input>')
    expect(task.frame.get_by_role("button", name="Submit")).to_have_count(1)


def test_the_template_s_own_submit_button_is_enough(desk: Desk) -> None:
    task = desk.open(
        '<crowd-input name="a" value="x"></crowd-input>'
        '<crowd-button form-action="submit">Send</crowd-button>'
    )
    expect(task.frame.get_by_role("button", name="Submit")).to_have_count(0)
    assert task.submit() == {"a": "x"}


def test_plain_html_controls_answer_too(desk: Desk) -> None:
    task = desk.open(
        '<label>Text <input name="text"></label>'
        '<input type="hidden" name="hidden" value="h">'
        '<input name="empty">'
        '<input name="disabled" value="x" disabled>'
        '<input value="without name">'
        '<input type="date" name="date" value="2026-11-22">'
        '<label>Area <textarea name="area"></textarea></label>'
        '<select name="select" aria-label="Select"><option>one<option>two</select>'
        '<label><input type="radio" name="radio" value="r1">R1</label>'
        '<label><input type="radio" name="radio" value="r2" checked>R2</label>'
        '<label><input type="checkbox" name="box" value="b">B</label>'
        '<button name="button" value="x">Button</button>'
    )
    task.frame.get_by_label("Text").fill("t")
    task.frame.get_by_label("Area").fill("a")
    task.frame.get_by_label("Select").select_option("two")
    task.frame.get_by_label("R1").check()
    assert task.submit() == {
        "text": "t",
        "hidden": "h",
        "date": "2026-11-22",
        "area": "a",
        "select": "two",
        "radio": {"r1": True, "r2": False},
        "box": {"b": False},
    }


def test_a_required_html_control_is_refused_and_focused(desk: Desk) -> None:
    task = desk.open('<label>Text <input name="a" required></label>')
    task.refuses("One answer needs your attention.")
    expect(task.frame.get_by_label("Text")).to_be_focused()


def test_onsubmit_may_fill_a_hidden_field(desk: Desk) -> None:
    task = desk.open(
        '<input type="hidden" name="seconds" id="seconds"><script>'
        "document.querySelector('crowd-form').onsubmit = () => {"
        " document.getElementById('seconds').value = '42'; };</script>"
    )
    assert task.submit() == {"seconds": "42"}


def test_onsubmit_may_prevent(desk: Desk) -> None:
    task = desk.open(
        '<crowd-input name="a" label="A"></crowd-input><p id="why"></p><script>'
        "document.querySelector('crowd-form').onsubmit = (event) => {"
        " if (document.querySelector('crowd-input').value === 'right') return;"
        " event.preventDefault();"
        " document.getElementById('why').textContent = 'not yet'; };</script>"
    )
    task.refuses("not yet")
    task.frame.get_by_role("textbox", name="A").fill("right")
    assert task.submit() == {"a": "right"}


def test_the_onsubmit_attribute_may_return_false(desk: Desk) -> None:
    task = desk.open(
        "<crowd-form onsubmit=\"document.title = 'asked'; return false\">"
        '<crowd-input name="a" value="x"></crowd-input></crowd-form>',
        in_form=False,
    )
    task.press_submit()
    expect(task.find("title")).to_have_js_property("text", "asked")
    expect(task.find("crowd-button")).not_to_have_attribute("loading")  # as it is while it sends
    assert task.tasks.answers["task"] == {}


def test_submit_called_by_a_script_fires_the_event(desk: Desk) -> None:
    task = desk.open(
        '<input type="hidden" name="a" id="a"><crowd-button id="go">Go</crowd-button><script>'
        "const form = document.querySelector('crowd-form');"
        "form.onsubmit = () => { document.getElementById('a').value = 'filled'; };"
        "document.getElementById('go').addEventListener('click', () => form.submit());</script>"
    )
    task.frame.get_by_role("button", name="Go").click()
    expect(desk.page.get_by_role("heading", name="Answer submitted")).to_be_visible()
    assert task.tasks.answers["task"]["ann"] == {"a": "filled"}


def test_submit_called_by_a_submit_listener_sends_at_once(desk: Desk) -> None:
    task = desk.open(
        '<crowd-input name="a" value="x"></crowd-input><script>'
        "const form = document.querySelector('crowd-form');"
        "form.onsubmit = (event) => { event.preventDefault(); form.submit(); };</script>"
    )
    assert task.submit() == {"a": "x"}


def test_scripts_hear_when_all_elements_are_ready(desk: Desk) -> None:
    task = desk.open(
        '<crowd-input name="a"></crowd-input><script>'
        "document.addEventListener('all-crowd-elements-ready', () => {"
        " document.querySelector('crowd-input').value ="
        " document.querySelector('crowd-form').localName; });</script>"
    )
    expect(task.find("crowd-input").get_by_role("textbox")).to_have_value("crowd-form")


def test_reset_brings_the_start_back(desk: Desk) -> None:
    task = desk.open(
        '<crowd-input name="a" label="A" value="start"></crowd-input>'
        '<crowd-button form-action="reset">Reset</crowd-button>'
    )
    task.frame.get_by_role("textbox", name="A").fill("changed")
    task.frame.get_by_role("button", name="Reset").click()
    expect(task.frame.get_by_role("textbox", name="A")).to_have_value("start")


def test_a_user_defined_element_answers_with_its_value(desk: Desk) -> None:
    task = desk.open(
        '<object-value-input name="o"></object-value-input><script>'
        "const part = document.querySelector('object-value-input');"
        "part.value = {points: [1, 2]}; part.validate = () => true;</script>"
    )
    assert task.submit() == {"o": {"points": [1, 2]}}


def test_a_user_defined_element_may_refuse(desk: Desk) -> None:
    task = desk.open(
        '<object-value-input name="o"></object-value-input><script>'
        "document.querySelector('object-value-input').validate = () => false;</script>"
    )
    task.refuses("One answer needs your attention.")


def test_a_widget_without_a_form_gets_one(desk: Desk) -> None:
    task = desk.open(
        '<crowd-entity-annotation name="e" labels="[\'x\']" text="some text" header="h">'
        "</crowd-entity-annotation>",
        in_form=False,
    )
    assert task.submit() == {"e": {"entities": []}}


def test_control_enter_submits_from_within_the_task(desk: Desk) -> None:
    task = desk.open('<crowd-input name="a" label="A"></crowd-input>')
    task.frame.get_by_role("textbox", name="A").fill("x")
    desk.page.keyboard.press("Control+Enter")
    expect(desk.page.get_by_role("heading", name="Answer submitted")).to_be_visible()


def test_unknown_crowd_elements_are_named(desk: Desk) -> None:
    task = desk.open("<crowd-text-ranking></crowd-text-ranking>")
    expect(task.frame.get_by_role("note")).to_contain_text("<crowd-text-ranking>")


def test_a_disabled_fieldset_gives_no_answer_and_asks_for_none(desk: Desk) -> None:
    task = desk.open(
        "<fieldset disabled><crowd-input name='one' required value='x'></crowd-input>"
        "<crowd-classifier name='two' categories='[1]' header='h'></crowd-classifier>"
        "<input name='three' required><input name='four' value='4'></fieldset>"
        "<crowd-input name='five' disabled required></crowd-input>"
        "<select name='six' multiple><option selected>a<option selected>b<option>c</select>"
    )
    assert task.submit() == {"six": ["a", "b"]}


def test_form_associated_elements_of_a_template_are_submitted(desk: Desk) -> None:
    task = desk.open(
        "<star-rating name='stars'></star-rating><star-rating name='off' disabled></star-rating>"
        "<script>customElements.define('star-rating', class extends HTMLElement {"
        " static formAssociated = true; value = null;"
        " get validationMessage() { return this.value ? '' : 'Give stars.'; }"
        " checkValidity() { return Boolean(this.value); } });</script>"
    )
    task.refuses("One answer needs your attention.")
    task.run("document.querySelector('star-rating').value = '4';")
    task.press_submit()
    expect(task.page.get_by_role("heading", name="Answer submitted")).to_be_visible()
    assert task.tasks.answers["task"]["ann"] == {"stars": "4"}


def test_toasts_and_alerts_are_dismissed(desk: Desk) -> None:
    task = desk.open(
        "<crowd-alert dismissible>Careful</crowd-alert>"
        "<crowd-toast dismissable opened duration='0' text='Saved'></crowd-toast>"
    )
    for text in ("Careful", "Saved"):
        expect(task.frame.get_by_text(text)).to_be_visible()
        task.frame.get_by_role("button", name="Dismiss").first.click()
        expect(task.frame.get_by_text(text)).to_be_hidden()


def test_a_workers_comment_has_the_header_of_the_template(desk: Desk) -> None:
    task = desk.open(
        "<crowd-image-classifier name='cat' src='/_a2i/s3/image' categories=\"['Yes', 'No']\""
        " header='Is it one?'><worker-comment header='Say why' placeholder='Because'>"
        "Name what you saw.</worker-comment></crowd-image-classifier>"
    )
    task.frame.get_by_role("radio", name="No").check()
    field = task.frame.get_by_label("Say why")
    expect(field).to_have_attribute("placeholder", "Because")
    field.fill("dark")
    assert task.submit() == {"cat": {"label": "No", "workerComment": "dark"}}


def test_elements_that_stand_in_for_no_others_tell_the_keys(desk: Desk) -> None:
    """As in the account, whose script has no mark."""
    script = '<script type="module" src="/_a2i/crowd/index.js"></script>'
    desk.tasks.add(MemoryTask("own", html=f"{script}<crowd-form></crowd-form>"))
    desk.page.goto(f"{desk.portal}/_a2i/portal?worker=ann&task=own")
    note = desk.page.frame_locator("iframe").get_by_role("note")
    expect(note).to_have_text("Ctrl+Enter submits the answer. Press ? for all keys.")
