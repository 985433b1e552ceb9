"""Fixtures and marks for all tests: effort, what a test needs, Chromium, local pages."""

import os
import shutil
import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

from tests import effort

effort.load_profile()

CHROMIUM_OPTIONS = [
    "--no-sandbox",  # tests also run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NODE = Path(sys.prefix, "bin", "node")
if NODE.exists():  # the pinned one: an older one on the PATH prints warnings into CDK's output
    os.environ.setdefault("JSII_NODE", str(NODE))
LOCAL_SCHEMES = ("data", "blob", "about")
MARK_OF_FIXTURE = {"chromium": "browser", "local_aws": "local_aws"}
PROGRAM_MARKS = ("browser", "local_aws", "process")
PATIENCE_MS = 60_000
"""How long a page may take for anything on a machine that others use too."""
expect.set_options(timeout=PATIENCE_MS)
running: list[pytest.Item] = []


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark each test by what its fixtures need, and leave those that take long to `make soak`."""
    for item in items:
        for fixture, mark in MARK_OF_FIXTURE.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(mark)
    long = [] if effort.IS_SOAK else [item for item in items if item.get_closest_marker("long")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Note the test that runs, for `refuse_unmarked_program`."""
    running[:] = [item]
    try:
        return (yield)
    finally:
        running.clear()


def refuse_unmarked_program(event: str, arguments: tuple[object, ...]) -> None:
    """Fail a test that starts a program without a mark that says so: `make quick` runs it."""
    if event != "subprocess.Popen" or not running or arguments[0] == os.environ.get("JSII_NODE"):
        return
    if not any(running[0].get_closest_marker(mark) for mark in PROGRAM_MARKS):
        raise AssertionError(f"starts {arguments[0]}: mark it with one of {PROGRAM_MARKS}")


sys.addaudithook(refuse_unmarked_program)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The distribution's Chromium, headless. Where it is missing, tests fail under CI only.

    It ends with its module: until then Playwright's event loop runs on this thread, and other
    tests could run none of their own.
    """
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        message = "Chromium is missing: install the system package chromium"
        if os.environ.get("CI"):
            pytest.fail(message, pytrace=False)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium: Browser) -> Iterator[Callable[[], Page]]:
    """Open pages in browsers of their own, as different people would.

    The test fails if one of them asks anything but 127.0.0.1, or if a script of one fails.
    """
    contexts: list[BrowserContext] = []
    left: list[str] = []
    failures: list[str] = []

    def note_request(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in LOCAL_SCHEMES and address.hostname != "127.0.0.1":
            left.append(request.url)

    def note_blocked(request: Request) -> None:
        # The policy stopped it before it left the browser.
        if request.failure == "csp" and request.url in left:
            left.remove(request.url)

    def open_page() -> Page:
        context = chromium.new_context(viewport={"width": 1280, "height": 860})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("request", note_request)
        page.on("requestfailed", note_blocked)
        page.on("pageerror", lambda error: failures.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert left == [], "requests left this machine"
    assert failures == [], "scripts failed"


@pytest.fixture
def page(new_page: Callable[[], Page]) -> Page:
    """One page, as `new_page` opens it."""
    return new_page()
