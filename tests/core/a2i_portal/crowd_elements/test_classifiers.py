"""The four classifiers."""

from playwright.sync_api import expect

from tests.core.a2i_portal.crowd_elements.conftest import IMAGE, Desk

CLASSIFIER = """<crowd-classifier name="sentiment" header="What is it?" {attributes}
  categories="['Positive', 'Negative', 'It\\'s &quot;both&quot;']">
  <classification-target>Some <b>text</b></classification-target>
  <short-instructions>Read it.</short-instructions>
  <full-instructions header="How to judge">Judge the text.</full-instructions>
</crowd-classifier>"""
MULTI = """<crowd-classifier-multi-select name="topics" header="Which?" {attributes}
  categories='["Sport", "News", "Art"]' exclusion-category="{{ text: 'None of these' }}">
  <classification-target>Text</classification-target></crowd-classifier-multi-select>"""


def test_the_chosen_category_is_the_label(desk: Desk) -> None:
    task = desk.open(CLASSIFIER.format(attributes=""))
    task.frame.get_by_role("radio", name='It\'s "both"').check()
    assert task.submit() == {"sentiment": {"label": 'It\'s "both"'}}


def test_the_initial_value_is_selected(desk: Desk) -> None:
    task = desk.open(CLASSIFIER.format(attributes='initial-value="Negative"'))
    expect(task.frame.get_by_role("radio", name="Negative")).to_be_checked()
    assert task.submit() == {"sentiment": {"label": "Negative"}}


def test_a_category_is_required(desk: Desk) -> None:
    task = desk.open(CLASSIFIER.format(attributes='initial-value="Unknown"'))
    task.refuses("Choose a category.")


def test_keyboard_alone_answers(desk: Desk) -> None:
    task = desk.open(CLASSIFIER.format(attributes=""))
    expect(desk.page.locator("iframe")).to_be_focused()
    desk.page.keyboard.press("2")
    expect(task.frame.get_by_role("radio", name="Negative")).to_be_checked()
    desk.page.keyboard.press("Control+Enter")
    expect(desk.page.get_by_role("heading", name="Answer submitted")).to_be_visible()
    assert task.tasks.answers["task"]["ann"] == {"sentiment": {"label": "Negative"}}


def test_tab_and_arrows_reach_categories_and_button(desk: Desk) -> None:
    task = desk.open(CLASSIFIER.format(attributes=""))
    for key in ("Tab", "Space", "ArrowDown", "Tab", "Tab"):
        desk.page.keyboard.press(key)
    expect(task.frame.get_by_role("button", name="Submit")).to_be_focused()
    desk.page.keyboard.press("Enter")
    expect(desk.page.get_by_role("heading", name="Answer submitted")).to_be_visible()
    assert task.tasks.answers["task"]["ann"] == {"sentiment": {"label": "Negative"}}


def test_digits_in_a_text_field_choose_nothing(desk: Desk) -> None:
    task = desk.open(
        CLASSIFIER.format(attributes="") + '<crowd-input name="a" label="A"></crowd-input>'
    )
    task.frame.get_by_role("textbox", name="A").press_sequentially("1")
    expect(task.frame.get_by_role("radio", name="Positive")).not_to_be_checked()


def test_instructions_open_in_a_dialog(desk: Desk) -> None:
    task = desk.open(CLASSIFIER.format(attributes=""))
    expect(task.frame.get_by_text("Read it.")).to_be_visible()
    expect(task.frame.get_by_text("Judge the text.")).not_to_be_visible()
    task.frame.get_by_role("button", name="Full instructions").click()
    dialog = task.frame.get_by_role("dialog", name="How to judge")
    expect(dialog).to_contain_text("How to judge")
    expect(task.frame.get_by_text("Judge the text.")).to_be_visible()
    desk.page.keyboard.press("Escape")
    expect(task.frame.get_by_text("Judge the text.")).not_to_be_visible()


def test_several_categories_are_labels(desk: Desk) -> None:
    task = desk.open(MULTI.format(attributes="initial-value=\"['News']\""))
    task.frame.get_by_role("checkbox", name="Art").check()
    assert task.submit() == {"topics": {"labels": ["News", "Art"]}}


def test_the_exclusion_category_excludes(desk: Desk) -> None:
    task = desk.open(MULTI.format(attributes=""))
    task.frame.get_by_role("checkbox", name="Sport").check()
    task.frame.get_by_role("checkbox", name="None of these").check()
    expect(task.frame.get_by_role("checkbox", name="Sport")).not_to_be_checked()
    assert task.submit() == {"topics": {"labels": ["None of these"]}}


def test_a_category_takes_the_exclusion_back(desk: Desk) -> None:
    task = desk.open(MULTI.format(attributes=""))
    task.frame.get_by_role("checkbox", name="None of these").check()
    task.frame.get_by_role("checkbox", name="News").check()
    assert task.submit() == {"topics": {"labels": ["News"]}}


def test_categories_that_are_no_literal_are_reported(desk: Desk) -> None:
    task = desk.open('<crowd-classifier name="a" categories="[\'it\'s broken\']" header="h">')
    expect(task.frame.get_by_text("categories: expected ',' or ']'")).to_be_visible()


def test_categories_from_a_script_are_shown(desk: Desk) -> None:
    task = desk.open('<crowd-classifier name="a" header="h"></crowd-classifier>')
    task.run("document.querySelector('crowd-classifier').setAttribute('categories', '[\"New\"]')")
    task.frame.get_by_role("radio", name="New").check()
    assert task.submit() == {"a": {"label": "New"}}


def test_an_image_is_classified_with_a_comment(desk: Desk) -> None:
    task = desk.open(
        f'<crowd-image-classifier name="kind" src="{IMAGE}" categories="[\'Cat\', \'Dog\']"'
        ' header="What is it?"><worker-comment>Comment</worker-comment></crowd-image-classifier>'
    )
    expect(task.frame.get_by_role("img", name="What is it?")).to_be_visible()
    task.frame.get_by_role("radio", name="Dog").check()
    task.frame.get_by_role("textbox", name="Comment").fill("blurred")
    assert task.submit() == {"kind": {"label": "Dog", "workerComment": "blurred"}}


def test_an_image_is_of_several_classes(desk: Desk) -> None:
    task = desk.open(
        f'<crowd-image-classifier-multi-select name="animals" src="{IMAGE}" header="Which?"'
        " categories=\"['Cat', 'Dog', 'Bird']\"></crowd-image-classifier-multi-select>"
    )
    task.frame.get_by_role("checkbox", name="Cat").check()
    task.frame.get_by_role("checkbox", name="Bird").check()
    assert task.submit() == {"animals": {"labels": ["Cat", "Bird"]}}


def test_an_image_classifier_shows_the_boxes_of_its_overlay(desk: Desk) -> None:
    task = desk.open(
        f'<crowd-image-classifier name="kind" src="{IMAGE}" categories="[\'Cat\']" header="h"'
        " overlay=\"{ boundingBox: { labels: ['tail'],"
        " value: [{ left: 10, top: 20, width: 30, height: 40, label: 'tail' }] } }\">"
        "</crowd-image-classifier>"
    )
    box = task.frame.get_by_role("img", name="tail").locator("rect")
    expect(box).to_have_attribute("width", "30")


def test_an_image_that_is_missing_is_said(desk: Desk) -> None:
    task = desk.open(
        '<crowd-image-classifier-multi-select name="a" src="/_a2i/s3/none" header="h"'
        " categories=\"['Cat']\"></crowd-image-classifier-multi-select>"
    )
    expect(task.frame.get_by_text("The image could not be loaded.")).to_be_visible()
