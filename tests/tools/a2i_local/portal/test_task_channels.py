"""No channel that a page has leads out of a task, in both portals and in the preview."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page, expect
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

ARRIVAL_MS = 1000
PATIENCE_MS = 20_000
ALONE = list(channels.one_by_one(Listener()))

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
def open_unprotected(page: Page) -> Iterator[Open]:
    """A page without any policy, in which a listener hears every channel."""
    shown = [""]
    app = Starlette(routes=[Route("/", lambda _: HTMLResponse(shown[0]))])
    with serving(app) as url:

        def open_page(html: str) -> None:
            shown[0] = html
            show(page, url)

        yield open_page


def show(page: Page, url: str) -> None:
    """Open a page and give it time; Chromium may end the process of a page that it caught."""
    try:
        page.goto(url, wait_until="commit")
        page.wait_for_timeout(ARRIVAL_MS)
    except Error as error:
        if "crashed" not in str(error):
            raise


@pytest.fixture(params=["open_in_portal", "open_in_account", "open_in_preview"])
def open_task(request: pytest.FixtureRequest) -> Open:
    opener: Open = request.getfixturevalue(request.param)
    return opener


def document(html: str) -> str:
    return f"<!doctype html><body>{html}</body>"


def wait_until(page: Page, is_so: Callable[[], bool]) -> None:
    """Let the page go on, for as long as a busy machine may need."""
    for _ in range(PATIENCE_MS // 100):
        if is_so():
            return
        page.wait_for_timeout(100)


def test_the_listener_hears_every_channel_of_an_open_page(
    page: Page, open_unprotected: Open, listener: Listener
) -> None:
    html, names = channels.at_once(listener)
    open_unprotected(document(html))
    wait_until(page, lambda: names <= listener.arrived)
    assert names - listener.arrived == set()


@pytest.mark.parametrize("name", ALONE)
def test_the_listener_hears_what_changes_an_open_page(
    page: Page, open_unprotected: Open, listener: Listener, name: str
) -> None:
    open_unprotected(document(channels.one_by_one(listener)[name]))
    wait_until(page, lambda: bool(listener.arrived & {name, name.partition(" ")[0]}))
    assert listener.arrived & {name, name.partition(" ")[0]}


def test_nothing_leaves_a_task_at_once(open_task: Open, listener: Listener) -> None:
    html, _ = channels.at_once(listener)
    open_task(document(html))
    assert listener.arrived == set()


def test_a_task_has_no_peer_connections_to_begin_with(page: Page, open_task: Open) -> None:
    open_task("<script>document.write(Object.getOwnPropertyNames(window).join(' '))</script>")
    body = page.frame_locator("iframe").locator("body")
    expect(body).to_contain_text("WebSocket")
    names = set(body.inner_text().split())
    assert {name for name in names if "RTC" in name or "WebTransport" in name} == set()


@pytest.mark.parametrize("name", ALONE)
def test_nothing_leaves_a_task_alone(open_task: Open, listener: Listener, name: str) -> None:
    open_task(document(channels.one_by_one(listener)[name]))
    assert listener.arrived == set()
