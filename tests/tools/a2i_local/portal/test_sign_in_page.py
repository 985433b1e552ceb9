"""Signing in on the page, as reviewers do."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from a2i_local.testing.local_a2i import GROUP, USER_POOL
from tests.tools.a2i_local.portal.test_sign_in import Portal, running


@pytest.fixture(params=[False, True], ids=["development", "required"])
def portal(request: pytest.FixtureRequest) -> Iterator[Portal]:
    """Both ways of running it: the form is the same."""
    with running(sign_in_required=request.param) as running_portal:
        yield running_portal


@pytest.fixture
def strict_portal() -> Iterator[Portal]:
    with running(sign_in_required=True) as running_portal:
        yield running_portal


def sign_in(page: Page, name: str, password: str) -> None:
    page.get_by_label("User name or e-mail").fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.keyboard.press("Enter")


def test_a_reviewer_signs_in_and_out(page: Page, portal: Portal) -> None:
    page.goto(f"{portal.url}/_a2i/portal")
    sign_in(page, "worker-1", "right")
    expect(page.get_by_role("button", name="Start")).to_be_visible()
    expect(page.get_by_text("worker-1@example.com")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Start")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_wrong_password_can_be_corrected(page: Page, portal: Portal) -> None:
    page.goto(f"{portal.url}/_a2i/portal")
    sign_in(page, "worker-1", "wrong")
    expect(page.get_by_role("alert")).to_have_text("Incorrect user name or password.")
    page.keyboard.type("right")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Start")).to_be_visible()


def test_the_first_sign_in_chooses_a_password(page: Page, portal: Portal) -> None:
    portal.a2i.host.temporary_passwords[USER_POOL, "worker-2"] = "temporary"
    page.goto(f"{portal.url}/_a2i/portal")
    sign_in(page, "worker-2", "temporary")
    expect(page.get_by_role("heading", name="Choose your password")).to_be_visible()
    rule = "Password must have length greater than or equal to 8."
    expect(page.get_by_role("listitem")).to_have_text(rule)  # before one is broken
    page.get_by_label("New password", exact=True).fill("long enough")
    again = page.get_by_label("New password again", exact=True)
    again.fill("long enouhg")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("The two passwords differ.")
    again.fill("long enough")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Start")).to_be_visible()
    assert portal.a2i.host.passwords[USER_POOL, "worker-2"] == "long enough"


def test_a_password_can_be_looked_at(page: Page, portal: Portal) -> None:
    page.goto(f"{portal.url}/_a2i/portal")
    password = page.get_by_label("Password", exact=True)
    page.get_by_role("button", name="Show: Password").click()
    expect(password).to_have_attribute("type", "text")


def test_a_name_in_the_address_is_nobody_where_sign_in_is_required(
    page: Page, strict_portal: Portal
) -> None:
    page.goto(f"{strict_portal.url}/_a2i/portal?worker=worker-1")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page).to_have_url(f"{strict_portal.url}/_a2i/portal")
    expect(page.get_by_role("button", name="without a password")).to_have_count(0)


def test_after_the_session_the_task_is_there_again(page: Page, strict_portal: Portal) -> None:
    page.goto(f"{strict_portal.url}/_a2i/portal")
    sign_in(page, "worker-1", "right")
    page.get_by_role("button", name="Start").click()
    form = page.frame_locator("iframe[title=Task]")
    form.get_by_label("Answer").fill("kept")
    page.wait_for_function("() => localStorage.length === 1")
    page.context.clear_cookies()
    form.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("nobody is signed in")).to_be_visible()
    sign_in(page, "worker-1", "right")
    expect(form.get_by_label("Answer")).to_have_value("kept")
    form.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("heading", name="Answer submitted")).to_be_visible()
    assert strict_portal.a2i.status("loop") == "Completed"


def test_the_page_goes_by_the_service_s_time(page: Page, strict_portal: Portal) -> None:
    strict_portal.a2i.advance(timedelta(hours=5))
    page.goto(f"{strict_portal.url}/_a2i/portal")
    sign_in(page, "worker-1", "right")
    expect(page.get_by_role("button", name="Start")).to_contain_text("waiting 5 h")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"^(59:5\d|1:00:00)$"))


def test_who_is_removed_is_told_and_out(page: Page, strict_portal: Portal) -> None:
    page.goto(f"{strict_portal.url}/_a2i/portal")
    sign_in(page, "worker-1", "right")
    page.get_by_role("button", name="Start").click()
    expect(page.locator("iframe")).to_be_visible()
    strict_portal.a2i.host.groups[USER_POOL, GROUP].clear()
    page.get_by_role("button", name="Release").click()
    expect(page.get_by_text("worker-1@example.com is not a member")).to_be_visible()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_is_wider_than_the_window(page: Page, strict_portal: Portal, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(f"{strict_portal.url}/_a2i/portal")
    sign_in(page, "worker-1", "right")
    task = page.get_by_role("button", name="Start")
    expect(task.locator(".name")).to_have_text("loop")
    assert task.locator(".name").bounding_box()["width"] > 50  # type: ignore[index]  # None only if it is hidden
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_an_oidc_worker_is_named_with_a_group_in_development(page: Page) -> None:
    with running(sign_in_required=False, with_oidc=True) as portal:
        page.goto(f"{portal.url}/_a2i/portal")
        expect(page.get_by_text("for an OIDC work team group/name")).to_be_visible()
        page.get_by_label("User name or e-mail").fill("reviewers/ann")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Nothing to review")).to_be_visible()


def test_nobody_gets_in_where_sign_in_is_required_and_there_is_no_user_pool(page: Page) -> None:
    with running(sign_in_required=True, with_oidc=True) as portal:
        page.goto(f"{portal.url}/_a2i/portal?worker=reviewers/ann")
        expect(page.get_by_role("heading", name="Nobody can sign in")).to_be_visible()


def test_a_portal_that_closes_while_somebody_works_says_so(page: Page, portal: Portal) -> None:
    page.goto(f"{portal.url}/_a2i/portal")
    sign_in(page, "worker-1", "right")
    page.get_by_role("button", name="Start").click()
    expect(page.locator("iframe")).to_be_visible()
    closed = {"Cidrs": ["192.0.2.0/24"]}
    portal.a2i.call("UpdateWorkforce", WorkforceName="default", SourceIpConfig=closed)
    page.get_by_role("button", name="Release").click()
    expect(page.get_by_text("outside of the workforce's IP ranges")).to_be_visible()
    expect(page.get_by_role("heading", name="Nobody can sign in")).to_be_visible()
