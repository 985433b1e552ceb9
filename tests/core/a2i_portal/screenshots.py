"""The pictures of the account's portal in docs/images/portal; `make portal-pictures` makes them.

They are looked at, not compared. The pool's page is the local one: on AWS it is Cognito's own.
"""

from collections.abc import Iterator
from datetime import timedelta

from ministack.services import cognito
from playwright.sync_api import Page, expect, sync_playwright

from tests.core.a2i_portal.account_site import AccountSite, serving_account
from tests.lambda_src.account_loops import reviewer
from tests.tools.a2i_local.portal.screenshots import CLASSIFIER, LOOKS, new_page, save

OPTIONS = {
    "ExtensionInSeconds": 900,
    "MaxExtensions": 1,
    "AnswerGraceInSeconds": 60,
    "OwnAnswersInSeconds": 86_400,
    "ReviewTitle": "{{ task.input.headline }}",
}
HEADLINES = {
    "order-1001": "Two days late, kind driver",
    "order-1002": "Wrong size, quick exchange",
    "order-1003": "Third letter about a broken drill",
    "order-1004": "Praise for the new catalogue",
}


def offer(site: AccountSite) -> None:
    """Start reviews, one of which Ann has answered and one of which she holds."""
    flow = site.account.create_flow_definition(
        "sentiment",
        CLASSIFIER,
        TaskTitle="Check the sentiment",
        TaskDescription="Confirm or correct what the model found",
        WorkerOptions=OPTIONS,
    )
    for name, headline in {"order-1000": "An old letter", **HEADLINES}.items():
        site.account.start(name, flow, {"headline": headline})
        site.account.clock.advance(timedelta(minutes=4))
    ann, tasks = reviewer("ann"), site.account.tasks()
    tasks.accept("order-1000", ann)
    site.account.clock.advance(timedelta(seconds=38))
    tasks.submit("order-1000", ann, {"sentiment": {"label": "Mixed"}})
    site.account.advance(timedelta(minutes=12))
    for name, minutes in (("order-1003", 7), ("order-1001", 1)):
        tasks.accept(name, ann)
        site.account.clock.advance(timedelta(minutes=minutes))


def views(page: Page, site: AccountSite) -> Iterator[str]:
    """Open one view after the other, each named."""
    page.goto(f"{site.url}/?task=order-1001")
    expect(page.get_by_role("button", name="Use another account")).to_be_visible()
    yield "account_sign_in"
    page.goto("about:blank")  # the portal's policy would keep the pool's styles out
    page.set_content(cognito._login_page_html("", "", "", "", ""))
    yield "pool"
    site.sign_in(page, "ann")
    page.goto(site.url)
    expect(page.get_by_role("button", name="Start").first).to_be_visible()
    yield "account_list"
    page.get_by_role("button", name=HEADLINES["order-1001"]).click()
    expect(page.frame_locator("iframe").get_by_text("Positive")).to_be_visible()
    yield "task"
    page.get_by_role("button", name="Comment").click()
    page.get_by_role("dialog").get_by_label("Comment").fill("It is about two orders, not one.")
    yield "comment"
    page.get_by_role("button", name="Go on with the task").click()
    page.get_by_role("button", name="Decline").click()
    page.get_by_role("dialog").get_by_label("Something is missing").check()
    yield "decline"
    page.get_by_role("button", name="Go on with the task").click()
    page.frame_locator("iframe").get_by_label("Positive").check()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    yield "undo"
    page.goto(f"{site.url}/?view=answers")
    page.get_by_text("order-1000").click()
    expect(page.locator(".answer dd")).to_be_visible()
    yield "answers"


def main() -> None:
    """Make all pictures."""
    with sync_playwright() as playwright:
        for look in LOOKS:
            with (
                serving_account(ahead=timedelta(minutes=-41)) as site,
                new_page(playwright, look) as page,
            ):
                offer(site)
                for name in views(page, site):
                    if (name, look) != ("pool", "dark"):  # the pool has no dark one
                        save(page, f"{name}_{look}")


if __name__ == "__main__":
    main()
