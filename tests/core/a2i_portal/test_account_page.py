"""The page in the account: sign-in at the pool, tasks by view key, drafts on the server."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.utils import format_datetime

import pytest
from playwright.sync_api import Page, Route, expect

from tests.core.a2i_portal.account_site import AccountSite, object_uri, picture, serving_account
from tests.lambda_src.account_loops import INPUT_BUCKET

LOADER = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'
FORM = f"""{LOADER}<crowd-form>
<crowd-input name="answer" label="Answer" required></crowd-input>
</crowd-form>"""
BOXES = f"""{LOADER}<crowd-form><crowd-bounding-box name="f" header="Find it" labels="['Cat']"
 src="{{{{ task.input.picture | grant_read_access }}}}"></crowd-bounding-box></crowd-form>"""


@pytest.fixture
def site() -> Iterator[AccountSite]:
    with serving_account() as found:
        yield found


def sign_in(page: Page, site: AccountSite, user: str = "ann", path: str = "/") -> None:
    page.goto(f"{site.url}{path}")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("link", name=user).click()
    expect(page.get_by_text(f"{user}@example.com")).to_be_visible()


def fill(page: Page, text: str) -> None:
    page.frame_locator("iframe").get_by_label("Answer").fill(text)


def test_from_a_link_to_a_task_through_the_sign_in_to_its_answer(
    page: Page, site: AccountSite
) -> None:
    site.offer("review", FORM)
    sign_in(page, site, path="/?task=review")
    expect(page).to_have_url(f"{site.url}/?task=review")  # without code and state
    fill(page, "fine")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Answer submitted")).to_be_visible()
    assert site.answers("review") == [{"answer": "fine"}]
    stored = page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    assert not any(token in stored for token in site.pool.access_tokens)


def test_an_object_comes_from_s3_through_a_redirect_onto_the_canvas(
    page: Page, site: AccountSite
) -> None:
    site.objects["a b.png"] = (picture(), "image/png")
    site.offer("boxes", BOXES, {"picture": object_uri("a b.png")})
    sign_in(page, site, path="/?task=boxes")
    expect(page.frame_locator("iframe").locator(".stage[data-ready]")).to_be_visible()
    painted = (
        page.frame_locator("iframe")
        .locator("body")
        .evaluate(
            """async () => {
          const image = new Image();
          image.crossOrigin = "anonymous";
          image.src = document.querySelector("[src]:not(script)").getAttribute("src");
          await image.decode();
          const canvas = document.createElement("canvas");
          canvas.getContext("2d").drawImage(image, 0, 0);
          return [...canvas.getContext("2d").getImageData(0, 0, 1, 1).data];
        }"""
        )
    )
    assert painted == [0xCF, 0xE3, 0xEE, 0xFF], "a tainted canvas cannot be read"


def test_a_visit_to_a_task_takes_few_requests(page: Page, site: AccountSite) -> None:
    site.offer("review", FORM)
    sign_in(page, site)
    page.goto("about:blank")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(f"{site.url}/")))
    page.goto(f"{site.url}/?task=review")
    expect(page.frame_locator("iframe").get_by_label("Answer")).to_be_visible()
    kinds = sorted(path.partition("?")[0].split("/")[0] for path in asked)
    once = ["", "config.json", "oauth2", "task"]
    assert kinds == sorted([*once, "api", "api", "static", "static", "static"])


def test_a_session_outlives_a_reload_and_its_access_token(page: Page, site: AccountSite) -> None:
    site.pool.token_seconds = 61  # used once, then exchanged
    site.offer("review", FORM)
    sign_in(page, site)
    expect(page.get_by_role("button", name="Start")).to_be_visible()  # no exchange goes on
    first = set(site.pool.refresh_tokens)
    page.reload()
    expect(page.get_by_text("ann@example.com")).to_be_visible()
    assert not first & set(site.pool.refresh_tokens), "a refresh token is used once"


def test_a_session_that_ended_asks_to_sign_in_and_comes_back(page: Page, site: AccountSite) -> None:
    site.offer("review", FORM)
    sign_in(page, site, path="/?task=review")
    expect(page.frame_locator("iframe").get_by_label("Answer")).to_be_visible()
    site.pool.refresh_tokens.clear()
    site.pool.access_tokens.clear()
    fill(page, "fine")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Your session is over: sign in again.")).to_be_visible()
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("link", name="ann").click()
    expect(page.frame_locator("iframe").get_by_label("Answer")).to_be_visible()
    expect(page).to_have_url(re.compile("task=review"))


def test_signing_out_ends_the_session_at_the_pool_too(page: Page, site: AccountSite) -> None:
    sign_in(page, site)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    assert (len(site.pool.signed_out), site.pool.refresh_tokens) == (1, {})


def test_another_account_comes_to_the_task_that_the_address_names(
    page: Page, site: AccountSite
) -> None:
    site.offer("review", FORM)
    site.pool.users["eve"] = ["another-team"]
    page.goto(f"{site.url}/?task=review")
    for user in ("eve", "ann"):
        page.get_by_role("button", name="Use another account").click()
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.get_by_role("link", name=user).click()
        if user == "eve":
            expect(page.get_by_text("you are not in this task's work team")).to_be_visible()
    expect(page.frame_locator("iframe").get_by_label("Answer")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    expect(page).to_have_url(f"{site.url}/")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("?code=stolen&state=forged", "it was not begun in this window"),
        ("?error=access_denied&state=forged", "it was not begun in this window"),
    ],
)
def test_a_sign_in_that_was_not_begun_here_is_refused(
    page: Page, site: AccountSite, query: str, message: str
) -> None:
    page.goto(f"{site.url}/{query}")
    expect(page.get_by_text(message)).to_be_visible()
    expect(page).to_have_url(f"{site.url}/")
    assert site.pool.refresh_tokens == {}


def test_drafts_follow_their_reviewer_into_another_browser(
    new_page: Callable[[], Page], site: AccountSite
) -> None:
    site.offer("review", FORM)
    here, there = new_page(), new_page()
    sign_in(here, site, path="/?task=review")
    fill(here, "half done")
    here.get_by_role("button", name="Back to the list").click()
    expect(here.get_by_role("button", name="Continue")).to_be_visible()
    sign_in(there, site, path="/?task=review")
    expect(there.frame_locator("iframe").get_by_label("Answer")).to_have_value("half done")


def test_a_removed_reviewer_is_out_at_the_next_call(page: Page, site: AccountSite) -> None:
    site.offer("review", FORM)
    sign_in(page, site, path="/?task=review")
    expect(page.frame_locator("iframe").get_by_label("Answer")).to_be_visible()
    [document] = [path for path in site.asked if path.startswith("/task/")]
    site.account.block("ann")
    fill(page, "fine")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("you are not in this task's work team")).to_be_visible()
    assert page.request.get(f"{site.url}{document}").status == 404
    assert site.answers("review") == []


@pytest.mark.parametrize("hours", [-2, 2])
def test_time_that_runs_out_is_the_portals_not_the_computers(page: Page, hours: int) -> None:
    with serving_account(ahead=timedelta(hours=hours)) as site:

        def answer_with_the_services_date(route: Route) -> None:
            response = route.fetch()
            date = format_datetime(site.account.clock.now(), usegmt=True)
            route.fulfill(response=response, headers={**response.headers, "date": date})

        page.route(f"{site.url}/api/**", answer_with_the_services_date)
        site.offer("review", FORM, TaskTimeLimitInSeconds=3600)
        sign_in(page, site, path="/?task=review")
        expect(page.get_by_role("timer")).to_have_text(re.compile(r"^(1:00:00|5\d:\d\d)$"))
        fill(page, "late")
        site.advance(timedelta(hours=2))
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("heading", name="The time is over")).to_be_visible()
        page.unroute_all(behavior="ignoreErrors")  # a draft may follow when nobody answers any more


def test_objects_of_a_bucket_are_allowed_by_name(page: Page, site: AccountSite) -> None:
    site.offer("boxes", BOXES, {"picture": f"s3://{INPUT_BUCKET}/none.png"})
    sign_in(page, site, path="/?task=boxes")
    expect(
        page.frame_locator("iframe").get_by_text("The image could not be loaded.")
    ).to_be_visible()
