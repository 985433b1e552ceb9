"""Many reviewers at the same few tasks, at the same time, through the portal's handler."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any

import pytest

from portal import handler
from portal.api import PortalApi
from portal.reviewer import Reviewer
from tests.lambda_src.account_loops import POOL_ID, SCOPE, AccountLoops, portal_event
from tests.lambda_src.invocation import lambda_context

REVIEWERS = 24
LOOPS = 60
SLOTS = 2
RELEASES, ABANDONS = 0.1, 0.05


@pytest.fixture
def account() -> Iterator[AccountLoops]:
    made = AccountLoops()
    yield made
    made.close()


def call(sub: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    answer = handler.lambda_handler(portal_event(method, path, sub, body), lambda_context())
    return answer["statusCode"], json.loads(answer["body"])


def work(number: int, is_over: Event) -> Counter[str]:
    """Take tasks, and answer most of them, until the test is over."""
    chance = random.Random(number)  # noqa: S311  # which tasks are taken
    sub, done = f"reviewer-{number}", Counter[str]()
    while not is_over.is_set():
        tasks = call(sub, "GET", "/api/tasks")[1]["tasks"]
        free = [task["id"] for task in tasks if task["state"] == "available"]
        if not free:
            is_over.wait(0.01)
            continue
        task = chance.choice(free[:10])
        if call(sub, "POST", f"/api/tasks/{task}/accept")[0] != 200:
            done["taken by another"] += 1
            continue
        fate = chance.random()
        if fate < RELEASES:
            call(sub, "POST", f"/api/tasks/{task}/release")
        elif fate >= RELEASES + ABANDONS:
            answer = {"answerContent": {"by": sub}}
            status, _ = call(sub, "POST", f"/api/tasks/{task}/submit", answer)
            done["answered" if status == 200 else f"refused {status}"] += 1
    return done


def test_sixty_loops_of_two_slots_get_120_answers_and_none_more(
    account: AccountLoops, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = PortalApi(
        account.tasks(), lambda event: Reviewer.of(event, user_pool_id=POOL_ID, scope=SCOPE)
    )
    monkeypatch.setattr(handler, "api", lambda: api)
    flow = account.create_flow_definition("race", task_count=SLOTS, TaskTimeLimitInSeconds=600)
    names = [f"loop-{number}" for number in range(LOOPS)]
    for name in names:
        account.start(name, flow)

    is_over = Event()
    with ThreadPoolExecutor(REVIEWERS) as threads:
        reviewers = [threads.submit(work, number, is_over) for number in range(REVIEWERS)]
        try:
            for _ in range(2000):
                if all(len(account.loop(name).answers) == SLOTS for name in names):  # type: ignore[union-attr]
                    break
                account.deliver()
                is_over.wait(0.1)
                account.advance(timedelta(seconds=60))  # abandoned tasks go back after ten rounds
        finally:
            is_over.set()
        done = sum((reviewer.result() for reviewer in reviewers), Counter[str]())
    account.deliver()

    assert done["answered"] == LOOPS * SLOTS
    for name in names:
        answers = account.output(name)["humanAnswers"]
        assert len({answer["answerContent"]["by"] for answer in answers}) == SLOTS == len(answers)
        assert len(account.told(name)) == 1
