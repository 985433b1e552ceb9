"""Pages of a worker's list, whatever waits behind them."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from a2i_core.human_loops import transitions
from a2i_core.human_loops.errors import InvalidTaskList
from a2i_core.human_loops.human_loop import FlowSnapshot, HumanLoop, Worker
from a2i_core.human_loops.scope import Scope
from a2i_core.human_loops.task_list import TaskQuery, place, position, task_page

START = datetime(2030, 1, 1, tzinfo=UTC)
ANN = Worker("ann", "ann", "pool")
FLOW = FlowSnapshot(
    definition_id="d",
    name="claims-1a2b3c4d-0123456789",
    workteam_arn="team",
    role_arn="role",
    task_title="Check a claim",
    task_description="d",
    task_count=2,
    availability=timedelta(days=1),
    time_limit=timedelta(hours=1),
    template_sha256="0",
    output_bucket="output",
    output_prefix="",
)


def offered_loop(number: int, *, flow: FlowSnapshot = FLOW) -> HumanLoop:
    name = f"loop-{number:05}"
    moment = START + timedelta(milliseconds=number)
    loop = transitions.start(
        flow,
        scope=Scope("123456789012", "us-east-1"),
        name=name,
        task_id=name,
        request_digest="",
        now=moment,
        review_id=f"Order {number}",
    )
    return transitions.offer(loop, moment)


def answered(loop: HumanLoop) -> HumanLoop:
    return transitions.answer(loop, ANN, {}, loop.created_at)


def offers(loops: list[HumanLoop], query: TaskQuery) -> Iterator[tuple[HumanLoop, str]]:
    """What a host offers: in the order asked for, from where the page before ended.

    `loops` are in the order of their creation.
    """
    start, end = 0, len(loops)
    if query.begin and query.newest:
        end = bisect_left(loops, place(query.begin), key=created)
    elif query.begin:
        start = bisect_right(loops, place(query.begin), key=created)
    order = range(end - 1, start - 1, -1) if query.newest else range(start, end)
    return ((loops[at], ANN.sub) for at in order)


def created(loop: HumanLoop) -> tuple[datetime, str]:
    return loop.created_at, loop.task_id


def read_all(loops: list[HumanLoop], **asked: str) -> list[list[str]]:
    """The ids of all pages, one after the other; no two of them begin at the same place."""
    pages: list[list[str]] = []
    begun: set[str] = set()
    more: str | None = ""
    while more is not None:
        assert more not in begun
        begun.add(more)
        query = TaskQuery.of({**asked, "after": more})
        page = task_page(query, [], offers(loops, query))
        pages.append([task.id for task in page.tasks])
        more = page.more
    return pages


@pytest.mark.parametrize("order", ["oldest", "newest"])
def test_pages_of_ten_thousand_tasks_have_each_task_once(order: str) -> None:
    loops = [offered_loop(number) for number in range(10_000)]
    pages = read_all(loops, order=order)
    assert [len(page) for page in pages] == [200] * 50
    names = sorted((loop.name for loop in loops), reverse=order == "newest")
    assert [name for page in pages for name in page] == names


def test_a_page_without_tasks_can_have_one_after_it() -> None:
    """Reading goes no further than 2,000 tasks for one page."""
    loops = [answered(offered_loop(number)) for number in range(4_500)]
    assert read_all([*loops, offered_loop(4_500)]) == [[], [], ["loop-04500"]]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"search": "ORDER 12"}, ["loop-00012"]),
        ({"search": " loop-00003 "}, ["loop-00003"]),
        ({"search": "receipt"}, ["loop-00020"]),
        ({"search": "claims", "flow": "receipts"}, []),
        ({"flow": "receipts"}, ["loop-00020"]),
        ({"search": "order 1", "flow": "claims", "order": "newest"}, ["loop-00012", "loop-00001"]),
    ],
)
def test_tasks_are_found_by_review_title_flow_and_loop(
    asked: dict[str, str], found: list[str]
) -> None:
    receipts = replace(FLOW, name="receipts-1a2b3c4d-0123456789", task_title="Read a receipt")
    loops = [offered_loop(number) for number in (1, 3, 12)]
    assert read_all([*loops, offered_loop(20, flow=receipts)], **asked) == [found]


def test_what_a_worker_holds_is_on_the_first_page_alone() -> None:
    held = transitions.accept(offered_loop(1), ANN, START)
    first = task_page(TaskQuery(), [(held, ANN.sub)], [(offered_loop(2), ANN.sub)])
    assert [task.state for task in first.tasks] == ["accepted", "available"]
    after = TaskQuery(after=position(held))
    assert task_page(after, [(held, ANN.sub)], []).tasks == []


def test_time_left_is_an_order_over_all_pages() -> None:
    urgent = replace(FLOW, name="urgent-1a2b3c4d-0123456789", availability=timedelta(hours=1))
    loops = [offered_loop(n, flow=urgent if n % 4 == 3 else FLOW) for n in range(1_999)]
    pages = read_all(loops, order="ending")
    assert [len(page) for page in pages] == [200] * 9 + [199]
    names = [loop.name for loop in sorted(loops, key=lambda loop: (loop.expires_at, loop.name))]
    assert [name for page in pages for name in page] == names
    assert read_all(loops, order="ending", flow="urgent")[0] == names[:200]


def test_what_a_worker_holds_comes_before_the_order_of_time_left() -> None:
    held = [
        transitions.accept(offered_loop(number), ANN, START + timedelta(minutes=minutes))
        for number, minutes in ((1, 2), (2, 1))
    ]
    query, free = TaskQuery(order="ending"), offered_loop(0)
    page = task_page(query, [(loop, ANN.sub) for loop in held], [(free, ANN.sub)])
    assert [task.id for task in page.tasks] == ["loop-00002", "loop-00001", "loop-00000"]


def test_the_order_of_time_left_says_that_it_has_not_all_tasks() -> None:
    loops = [answered(offered_loop(number)) for number in range(2_001)]
    query = TaskQuery(order="ending")
    nothing: dict[str, Any] = {"tasks": [], "waiting": None, "more": None}
    assert task_page(query, [], offers(loops[1:], query)).to_json(None) == nothing
    assert task_page(query, [], offers(loops, query)).to_json(None) == {**nothing, "cut": True}


@pytest.mark.parametrize("after", ["x", "2030-13-01T00:00:00.000Z#a", "#"])
def test_a_place_that_no_page_ended_at_is_refused(after: str) -> None:
    with pytest.raises(InvalidTaskList, match="'after' must be"):
        TaskQuery.of({"after": after})
