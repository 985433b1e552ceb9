"""No channel that a page has leads out of a task, in both portals and in the preview."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import ConsoleMessage, Error, Frame, Page, expect
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from a2i_local.loopback_server import serving
from a2i_local.portal import create_app
from a2i_local.preview import create_app as create_preview
from a2i_local.preview.source import PreviewSource
from tests.core.a2i_portal.account_site import object_uri, serving_account
from tests.tools.a2i_local.portal import channels
from tests.tools.a2i_local.portal.channels import Listener
from tests.tools.a2i_local.portal.memory_tasks import MemorySignIn, MemoryTask, MemoryTasks

pytestmark = pytest.mark.browser

PATIENCE_MS = 60_000
TRIES = list(channels.tries(Listener()))

Open = Callable[[str], None]


@pytest.fixture
def listener() -> Iterator[Listener]:
    with channels.listening() as found:
        yield found


@pytest.fixture
def open_in_portal(page: Page) -> Iterator[Open]:
    tasks = MemoryTasks()
    with serving(create_app(tasks, MemorySignIn(), allowed_hosts={"127.0.0.1"})) as url:

        def open_task(html: str) -> None:
            tasks.add(MemoryTask("t1", html=html))
            show(page, f"{url}/_a2i/portal?worker=ann&task=t1")

        yield open_task


@pytest.fixture
def open_in_preview(page: Page, tmp_path: Path) -> Iterator[Open]:
    template = tmp_path / "task.liquid.html"
    template.write_text("")
    (tmp_path / "task.sample.json").write_text("{}")
    with serving(create_preview(PreviewSource(template))) as url:

        def open_task(html: str) -> None:
            template.write_text(f"{{% raw %}}{html}{{% endraw %}}")
            show(page, url)

        yield open_task


@pytest.fixture
def open_in_account(page: Page) -> Iterator[Open]:
    with serving_account() as site:

        def open_task(html: str) -> None:
            template = (
                f"{{% raw %}}{html}{{% endraw %}}{{{{ task.input.doc | grant_read_access }}}}"
            )
            site.offer("t1", template, {"doc": object_uri("doc")})
            site.sign_in(page, "ann")
            show(page, f"{site.url}/?task=t1")

        yield open_task


@pytest.fixture
def second_page(new_page: Callable[[], Page]) -> Page:
    """Lives on where Chromium ends the process of the task's page."""
    return new_page()


@pytest.fixture
def open_unprotected(second_page: Page) -> Iterator[Open]:
    """A page without any policy, in which a listener hears every channel."""
    shown = [""]
    app = Starlette(routes=[Route("/", lambda _: HTMLResponse(shown[0]))])
    with serving(app) as url:

        def open_page(html: str) -> None:
            shown[0] = html
            show(second_page, url)

        yield open_page


def show(page: Page, url: str) -> None:
    """Open a page; Chromium may end the process of one that it caught."""
    try:
        page.goto(url, wait_until="commit")
    except Error as error:
        if "crashed" not in str(error):
            raise


@pytest.fixture(params=["open_in_portal", "open_in_account", "open_in_preview"])
def open_task(request: pytest.FixtureRequest) -> Open:
    opener: Open = request.getfixturevalue(request.param)
    return opener


def document(html: str) -> str:
    return f"<!doctype html><body>{html}</body>"


def wait_until(page: Page, is_so: Callable[[], bool]) -> bool:
    """Let all pages go on, for as long as a busy machine may need; `page` is one that is alive."""
    for _ in range(PATIENCE_MS // 100):
        if is_so():
            return True
        page.wait_for_timeout(100)
    return False


@pytest.fixture
def try_in_task(page: Page, second_page: Page, open_task: Open, listener: Listener) -> Open:
    """Open a task and wait until it is loaded, denied its navigation, or its process is ended."""
    ends: list[str] = []

    def note_message(message: ConsoleMessage) -> None:
        if message.text == channels.TRIED:
            ends.append("loaded")

    def note_page(frame: Frame) -> None:
        if frame.url.startswith("chrome-error:"):
            ends.append("denied")

    page.on("console", note_message)
    page.on("framenavigated", note_page)
    page.on("crash", lambda _: ends.append("ended"))

    def open_and_wait(html: str) -> None:
        open_task(document(html))
        assert wait_until(second_page, lambda: bool(ends or listener.arrived))

    return open_and_wait


def test_a_task_has_no_peer_connections_to_begin_with(page: Page, open_task: Open) -> None:
    open_task("<script>document.write(Object.getOwnPropertyNames(window).join(' '))</script>")
    body = page.frame_locator("iframe").locator("body")
    expect(body).to_contain_text("WebSocket")
    names = set(body.inner_text().split())
    assert {name for name in names if "RTC" in name or "WebTransport" in name} == set()


@pytest.mark.parametrize("name", TRIES)
def test_nothing_leaves_a_task(
    name: str, try_in_task: Open, open_unprotected: Open, second_page: Page, listener: Listener
) -> None:
    """By then the same try is heard that a page without a policy begins after the task's."""
    try_in_task(channels.tries(listener)[name][0])
    with channels.listening() as later:
        html, heard = channels.tries(later)[name]
        open_unprotected(document(html))
        wait_until(second_page, lambda: heard <= later.arrived)
        assert heard - later.arrived == set()
    assert listener.arrived == set()
