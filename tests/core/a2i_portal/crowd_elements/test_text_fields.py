"""crowd-input and crowd-text-area."""

import pytest
from playwright.sync_api import expect

from tests.core.a2i_portal.crowd_elements.conftest import Desk

HOSTILE = "<b>'bold'</b> & \"quoted\" </crowd-form><script>alert(1)</script>"


def test_text_arrives_as_it_was_typed(desk: Desk) -> None:
    task = desk.open(
        '<crowd-input name="a" label="Name"></crowd-input>'
        '<crowd-text-area name="b" label="Notes"></crowd-text-area>'
    )
    task.frame.get_by_label("Name").fill(HOSTILE)
    task.frame.get_by_label("Notes").fill("two\nlines")
    assert task.submit() == {"a": HOSTILE, "b": "two\nlines"}


def test_an_empty_field_is_absent(desk: Desk) -> None:
    task = desk.open('<crowd-input name="a"></crowd-input><crowd-text-area name="b">')
    assert task.submit() == {}


def test_the_value_attribute_is_the_start(desk: Desk) -> None:
    task = desk.open(
        '<crowd-input name="a" value="from the model"></crowd-input>'
        '<crowd-text-area name="b" value="long text"></crowd-text-area>'
    )
    assert task.submit() == {"a": "from the model", "b": "long text"}


def test_a_disabled_field_is_absent(desk: Desk) -> None:
    task = desk.open('<crowd-input name="a" value="x" disabled></crowd-input>')
    assert task.submit() == {}


@pytest.mark.parametrize(
    ("attributes", "wrong", "right", "message"),
    [
        ("required", "", "x", "Please fill out this field."),
        ('required error-message="Say why"', "", "x", "Say why"),
        ('pattern="[0-9]+"', "ab", "12", "Please match the requested format."),
        ('type="number" min="1" max="5"', "6", "5", "Value must be less than or equal to 5."),
        ('type="email"', "nobody", "a@example.com", "include an '@'"),
        ('min-length="3"', "ab", "abc", "Enter at least 3 characters."),
    ],
)
def test_a_wrong_value_is_refused_with_a_reason(
    desk: Desk, attributes: str, wrong: str, right: str, message: str
) -> None:
    task = desk.open(f'<crowd-input name="a" label="Field" {attributes}></crowd-input>')
    field = task.frame.get_by_label("Field")
    field.fill(wrong)
    task.refuses(message, "One answer needs your attention.")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill(right)
    assert task.submit() == {"a": right}


def test_a_script_can_exceed_no_maximum_length(desk: Desk) -> None:
    task = desk.open('<crowd-input name="a" max-length="3"></crowd-input>')
    task.run("document.querySelector('crowd-input').value = 'abcd'")
    task.refuses("Enter at most 3 characters.")


def test_auto_validate_ignores_characters_that_are_not_allowed(desk: Desk) -> None:
    task = desk.open(
        '<crowd-input name="a" label="Digits" auto-validate allowed-pattern="[0-9]"></crowd-input>'
    )
    task.frame.get_by_label("Digits").press_sequentially("a1b2")
    assert task.submit() == {"a": "12"}


def test_scripts_read_and_write_the_value(desk: Desk) -> None:
    task = desk.open(
        '<crowd-input id="i" name="a"></crowd-input>'
        '<script>document.getElementById("i").value = "before the elements"</script>'
    )
    assert task.run("return document.getElementById('i').value") == "before the elements"
    task.run("document.getElementById('i').value = 'after'")
    assert task.submit() == {"a": "after"}


def test_text_area_counts_characters(desk: Desk) -> None:
    task = desk.open(
        '<crowd-text-area name="a" label="Text" char-counter max-length="10"></crowd-text-area>'
    )
    task.frame.get_by_label("Text").fill("four")
    expect(task.frame.get_by_text("4 of 10 characters")).to_be_visible()
