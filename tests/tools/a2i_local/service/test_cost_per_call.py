"""A call costs the same with many loops as with few, counted in function calls, not seconds."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from a2i_core.human_loops.task_list import TaskQuery
from a2i_local.service import ManualClock
from a2i_local.testing import LocalA2I

FEW, MANY = 100, 3000
TOLERATED_GROWTH = 1.25
FLOW_ARN = "arn:aws:sagemaker:us-east-1:123456789012:flow-definition/review"


def _filled(loops: int) -> LocalA2I:
    """A service with this many open loops, and as many that have ended."""
    a2i = LocalA2I(clock=ManualClock())
    flow = a2i.create_flow_definition("review", "<crowd-form/>", task_count=2)
    for number in range(loops):
        a2i.start(f"ended-{number}", flow, {})
        for worker in ("worker-1", "worker-2"):
            a2i.submit(f"ended-{number}", {}, worker=worker)
        a2i.start(f"open-{number}", flow, {})
    a2i.submit("open-1", {}, worker="worker-1")
    return a2i


@pytest.fixture(scope="module")
def few() -> LocalA2I:
    return _filled(FEW)


@pytest.fixture(scope="module")
def many() -> LocalA2I:
    return _filled(MANY)


def _function_calls(work: Callable[[], Any]) -> int:
    calls = 0

    def count(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return calls


def _start(a2i: LocalA2I) -> None:
    a2i.start("new", FLOW_ARN, {})


def _describe(a2i: LocalA2I) -> None:
    a2i.call("DescribeHumanLoop", HumanLoopName="ended-50")


def _list_first_page(a2i: LocalA2I) -> None:
    a2i.call("ListHumanLoops", FlowDefinitionArn=FLOW_ARN, MaxResults=20)


def _list_inner_page(a2i: LocalA2I) -> None:
    loop = a2i.call("DescribeHumanLoop", HumanLoopName="open-50")
    a2i.call(
        "ListHumanLoops",
        FlowDefinitionArn=FLOW_ARN,
        CreationTimeBefore=loop["CreationTime"],
        SortOrder="Descending",
        MaxResults=20,
    )


def _answer(a2i: LocalA2I) -> None:
    a2i.submit("open-1", {}, worker="worker-2")


def _accept_and_release(a2i: LocalA2I) -> None:
    tasks = a2i.service.worker_tasks
    task_id = tasks.task_id("open-2", account=a2i.account, region=a2i.region)
    tasks.accept(task_id, "worker-3")
    tasks.release(task_id, "worker-3")


def _stop(a2i: LocalA2I) -> None:
    a2i.call("StopHumanLoop", HumanLoopName="open-3")


def _delete(a2i: LocalA2I) -> None:
    a2i.call("DeleteHumanLoop", HumanLoopName="ended-3")


@pytest.mark.parametrize(
    "work",
    [
        _describe,
        _list_first_page,
        _list_inner_page,
        _start,
        _answer,
        _accept_and_release,
        _stop,
        _delete,
    ],
)
def test_touches_only_what_it_returns(
    few: LocalA2I, many: LocalA2I, work: Callable[[LocalA2I], None]
) -> None:
    cost_with_few = _function_calls(lambda: work(few))
    cost_with_many = _function_calls(lambda: work(many))
    assert cost_with_many <= TOLERATED_GROWTH * cost_with_few


def test_the_portals_list_is_bounded(many: LocalA2I) -> None:
    page, waiting = many.service.worker_tasks.page("worker-3", TaskQuery())
    assert len(page.tasks) == 200
    assert waiting > MANY - 10  # some were stopped or answered above
