"""The portal's list of tasks, when many wait: pages, search, order, names."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Page, expect

from tests.tools.a2i_local.portal.memory_tasks import FLOW, MemoryTasks
from tests.tools.a2i_local.portal.test_portal_page import TASK, answer, start

NOON = datetime(2026, 11, 22, 12, 0, 5, tzinfo=UTC)


def add_many(tasks: MemoryTasks, count: int) -> None:
    """Tasks of two flows, a minute between one and the next."""
    for number in range(count):
        flow = "receipts" if number % 10 == 0 else "sentiment"
        tasks.add(
            replace(
                TASK,
                id=f"t{number:03}",
                review_id=f"order-{number:03}",
                created_at=NOON + timedelta(minutes=number),
                title=f"Check {flow}",
                flow_definition_arn=FLOW + flow,
            )
        )


def test_a_long_list_says_how_long_it_is_and_has_pages(
    page: Page, portal: str, tasks: MemoryTasks
) -> None:
    add_many(tasks, 410)
    page.goto(f"{portal}/_a2i/portal?worker=ann")
    count, names = page.locator(".count"), page.locator("button.task .name")
    expect(count).to_have_text("1 to 200 of 410 waiting")
    expect(names).to_have_count(200)
    for text in ("201 to 400 of 410 waiting", "401 to 410 of 410 waiting"):
        page.get_by_role("button", name="Next page").click()
        expect(count).to_have_text(text)
    expect(page.get_by_role("button", name="Next page")).to_have_count(0)
    page.get_by_role("button", name="Previous page").click()
    expect(count).to_have_text("201 to 400 of 410 waiting")
    page.get_by_label("Order").select_option("Newest first")
    expect(names.first).to_have_text("order-409")
    expect(count).to_have_text("1 to 200 of 410 waiting")


def test_tasks_are_searched_and_chosen_by_flow(page: Page, portal: str, tasks: MemoryTasks) -> None:
    add_many(tasks, 30)
    page.goto(f"{portal}/_a2i/portal?worker=ann")
    count, rows = page.locator(".count"), page.locator("button.task")
    expect(count).to_have_text("30 tasks")
    page.keyboard.press("/")
    page.keyboard.type("ORDER-012")
    expect(count).to_have_text("1 found")
    expect(rows).to_contain_text("order-012")
    page.get_by_label("Search reviews").fill("order-999")
    expect(page.get_by_text("No task matches what is asked for.")).to_be_visible()
    page.get_by_role("button", name="Show all tasks").click()
    expect(count).to_have_text("30 tasks")
    page.get_by_label("Flow").select_option("receipts")
    expect(count).to_have_text("3 found")
    start(page)
    page.get_by_role("button", name="Back to the list").click()
    expect(count).to_have_text("3 found")  # the choice stays in this tab


def test_the_least_time_left_comes_first(page: Page, portal: str, tasks: MemoryTasks) -> None:
    for number, hours in enumerate((30, 2, 900)):
        end = datetime.now(UTC) + timedelta(hours=hours, minutes=1)
        tasks.add(replace(TASK, id=f"t{number}", review_id=f"r{number}", expires_at=end))
    page.goto(f"{portal}/_a2i/portal?worker=ann")
    page.get_by_label("Order").select_option("Least time left first")
    names = page.locator("button.task .name")
    expect(names).to_have_text(["r1", "r0", "r2"])
    expect(page.locator("button.task").first).to_contain_text("ends in 2 h")


def test_the_least_time_left_comes_first_over_all_pages(
    page: Page, portal: str, tasks: MemoryTasks
) -> None:
    add_many(tasks, 201)
    soon = datetime.now(UTC) + timedelta(hours=2)
    tasks.add(replace(tasks.tasks["t200"], expires_at=soon))
    page.goto(f"{portal}/_a2i/portal?worker=ann")
    names = page.locator("button.task .name")
    expect(names).to_have_count(200)
    page.get_by_label("Order").select_option("Least time left first")
    expect(names.first).to_have_text("order-200")
    expect(page.locator(".count")).to_have_text("1 to 200 of 201 waiting")
    page.get_by_role("button", name="Next page").click()
    expect(names).to_have_text(["order-199"])


def test_an_order_that_has_not_all_tasks_says_so(page: Page, portal: str) -> None:
    cut: dict[str, Any] = {"tasks": [], "waiting": None, "more": None, "cut": True}
    page.route(re.compile("/api/tasks"), lambda route: route.fulfill(json=cut))
    page.goto(f"{portal}/_a2i/portal?worker=ann")
    expect(page.locator(".count")).to_have_text("0 tasks; this order has the 2,000 oldest alone")


def test_no_task_is_named_by_a_digest(page: Page, portal: str, tasks: MemoryTasks) -> None:
    digest = "sentiment-0123456789abcdef0123"
    for number, (loop, review) in enumerate(
        ((digest, "order 17"), ("by-hand-1", None), (digest, None))
    ):
        moment = NOON + timedelta(minutes=number)
        named = replace(TASK, id=f"t{number}", human_loop_name=loop, created_at=moment)
        tasks.add(replace(named, review_id=review))
    page.goto(f"{portal}/_a2i/portal?worker=ann")
    names = page.locator("button.task .name")
    expect(names).to_have_count(3)
    expect(names.first).to_have_text("order 17")
    expect(names.nth(1)).to_have_text("by-hand-1")
    expect(names.last).to_contain_text("Review of 22 Nov")
    expect(page.locator("main")).not_to_contain_text("0123456789abcdef")


def test_the_list_tells_the_days_progress(page: Page, portal: str, tasks: MemoryTasks) -> None:
    tasks.add(TASK)
    tasks.add(replace(TASK, id="t2"))
    page.goto(f"{portal}/_a2i/portal?worker=ann")
    start(page)
    answer(page, "x")
    expect(page.get_by_role("heading", name="Answer submitted")).to_be_visible()
    page.get_by_role("button", name="Back to the list").click()
    expect(page.get_by_text("You answered 1 today")).to_be_visible()
