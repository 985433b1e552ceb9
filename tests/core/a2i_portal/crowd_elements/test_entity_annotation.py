"""crowd-entity-annotation, by pointer and by keyboard."""

from playwright.sync_api import expect

from tests.core.a2i_portal.crowd_elements.conftest import Desk, OpenTask

TEXT = "Ada Lovelace met Charles Babbage in London."
LABELS = (
    "[{'label': 'person', 'shortDisplayName': 'per', 'fullDisplayName': 'Person'},"
    " {'label': 'place', 'shortDisplayName': 'pl', 'fullDisplayName': 'Place'}]"
)


def open_text(desk: Desk, initial: str = "[]", text: str = TEXT) -> OpenTask:
    return desk.open(
        f'<crowd-entity-annotation name="names" header="Label names" labels="{LABELS}"'
        f' text="{text}" initial-value="{initial}"></crowd-entity-annotation>'
    )


def select(task: OpenTask, text: str) -> None:
    """Select `text` with the mouse, as far as the pixels of its first and last letter."""
    corners = task.find("crowd-entity-annotation").evaluate(
        """(element, text) => {
          const content = element.shadowRoot.querySelector(".text");
          const start = content.textContent.indexOf(text);
          const at = (offset) => {
            const walker = document.createTreeWalker(content, NodeFilter.SHOW_TEXT);
            for (let node = walker.nextNode(), before = 0; node; node = walker.nextNode()) {
              if (offset <= before + node.length) {
                const range = document.createRange();
                range.setStart(node, offset - before);
                return range.getBoundingClientRect();
              }
              before += node.length;
            }
          };
          const [from, to] = [at(start), at(start + text.length)];
          return [from.left, from.top + from.height / 2, to.left, to.top + to.height / 2];
        }""",
        text,
    )
    frame = task.page.locator("iframe").bounding_box()
    assert frame is not None
    mouse = task.page.mouse
    mouse.move(frame["x"] + corners[0], frame["y"] + corners[1])
    mouse.down()
    mouse.move(frame["x"] + corners[2], frame["y"] + corners[3], steps=5)
    mouse.up()


def test_selected_text_gets_the_chosen_label(desk: Desk) -> None:
    task = open_text(desk)
    task.frame.get_by_role("button", name="Place").click()
    select(task, "London")
    assert task.submit() == {
        "names": {"entities": [{"endOffset": 42, "label": "place", "startOffset": 36}]}
    }


def test_the_end_is_exclusive_and_spaces_are_trimmed(desk: Desk) -> None:
    task = open_text(desk)
    select(task, "Ada Lovelace ")
    (entity,) = task.submit()["names"]["entities"]
    assert TEXT[entity["startOffset"] : entity["endOffset"]] == "Ada Lovelace"


def test_the_model_s_entities_are_the_start(desk: Desk) -> None:
    task = open_text(desk, "[{'label': 'person', 'startOffset': 0, 'endOffset': 12}]")
    expect(task.frame.get_by_role("button", name="Remove person: Ada Lovelace")).to_be_visible()
    assert task.submit() == {
        "names": {"entities": [{"endOffset": 12, "label": "person", "startOffset": 0}]}
    }


def test_a_new_entity_replaces_those_it_overlaps(desk: Desk) -> None:
    task = open_text(desk, "[{'label': 'person', 'startOffset': 4, 'endOffset': 12}]")
    select(task, "Ada Lovelace")
    assert task.submit()["names"]["entities"] == [
        {"endOffset": 12, "label": "person", "startOffset": 0}
    ]


def test_an_entity_is_removed(desk: Desk) -> None:
    task = open_text(desk, "[{'label': 'person', 'startOffset': 0, 'endOffset': 12}]")
    task.frame.get_by_role("button", name="Remove person: Ada Lovelace").click()
    assert task.submit() == {"names": {"entities": []}}


def test_keyboard_alone_labels_and_removes(desk: Desk) -> None:
    task = open_text(desk, "[{'label': 'place', 'startOffset': 36, 'endOffset': 42}]")
    press = desk.page.keyboard.press
    task.frame.get_by_role("application", name="Text to label").focus()
    for key in ("ArrowRight", "Shift+ArrowRight", "Enter"):
        press(key)
    expect(task.frame.get_by_role("status")).to_contain_text("Ada Lovelace")
    for key in ["ArrowRight"] * 5:
        press(key)
    expect(task.frame.get_by_role("status")).to_contain_text("London, labelled place")
    for key in ("Delete", "ArrowLeft", "ArrowLeft", "1"):
        press(key)
    press("Control+Enter")
    expect(desk.page.get_by_role("heading", name="Answer submitted")).to_be_visible()
    assert task.tasks.answers["task"]["ann"]["names"]["entities"] == [
        {"endOffset": 12, "label": "person", "startOffset": 0},
        {"endOffset": 32, "label": "person", "startOffset": 25},
    ]


def test_text_is_text_whatever_it_holds(desk: Desk) -> None:
    task = open_text(desk, text="&lt;img src=x onerror=&quot;document.title = 'run'&quot;&gt;")
    expect(task.frame.get_by_role("application")).to_contain_text("<img src=x")
    expect(task.frame.locator("title")).to_have_js_property("text", "Label names")


def test_offsets_count_utf_16_code_units(desk: Desk) -> None:
    task = open_text(desk, text="🙂 Ada")
    task.frame.get_by_role("application").focus()
    desk.page.keyboard.press("ArrowRight")
    desk.page.keyboard.press("Enter")
    assert task.submit()["names"]["entities"] == [
        {"endOffset": 6, "label": "person", "startOffset": 3}
    ]
