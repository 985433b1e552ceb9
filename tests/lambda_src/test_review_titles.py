"""Titles made from the input: in the list while the task is open, never worth a loop."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from a2i_shared import telemetry
from tests.lambda_src.account_loops import AccountLoops
from tests.lambda_src.test_portal import call


@pytest.fixture
def account() -> Iterator[AccountLoops]:
    made = AccountLoops()
    yield made
    made.close()


def start(account: AccountLoops, title: str, task_input: Any) -> None:
    flow = account.create_flow_definition("review", WorkerOptions={"ReviewTitle": title})
    account.start("loop", flow, task_input)


def titles(account: AccountLoops, **query: str) -> list[Any]:
    status, page = call(account, "GET", "/api/tasks", queryStringParameters=query)
    assert status == 200
    return [task["reviewTitle"] for task in page["tasks"]]


@pytest.mark.parametrize(
    ("title", "task_input", "shown"),
    [
        ("{{ task.input.headline }}", {"headline": "Rain & <sun>"}, "Rain & <sun>"),
        (" {{ task.input.a }}\n &mdash; {{ task.input.b }}", {"a": "x\n\ty", "b": 7}, "x y — 7"),
        ("{{ task.input.a }}", {"a": "&amp; " * 2}, "&amp; &amp;"),
        ("{{ task.input.a }}", {"a": "x" * 201}, "x" * 199 + "…"),
        ("{{ task.input.a }}", {"a": "x" * 200}, "x" * 200),
        ("{{ task.input.a }}", {"b": "another field"}, None),
        ("{{ task.input.a | divided_by: 0 }}", {"a": 1}, None),
        ("{{ task.input.a | grant_read_access }}", {"a": "s3://bucket/key"}, None),
        ("{{ task.input.a | skip_autoescape }}", {"a": f"&#{'1' * 5000};"}, None),
        ("{% if %}", {"a": 1}, None),
        ("", {"a": 1}, None),
    ],
)
def test_a_title_is_plain_text_in_one_line_or_none(
    account: AccountLoops, title: str, task_input: Any, shown: str | None
) -> None:
    start(account, title, task_input)
    assert titles(account) == [shown]


def test_the_list_is_searched_by_title(account: AccountLoops) -> None:
    start(account, "{{ task.input.headline }}", {"headline": "Rain in Spain"})
    assert titles(account, search="SPAIN") == ["Rain in Spain"]
    assert titles(account, search="snow") == []


def test_a_title_is_in_the_table_while_its_review_is_open_and_never_in_a_log(
    account: AccountLoops, caplog: pytest.LogCaptureFixture
) -> None:
    powertools = logging.getLogger(telemetry.logger.name)
    powertools.addHandler(caplog.handler)
    try:
        start(account, "{{ task.input.a }}{{ task.input.b | date: '%s' }}", {"a": "Jane Doe"})
        assert "Jane Doe" in json.dumps(account.items())
        call(account, "POST", "/api/tasks/loop/submit", {"answerContent": {}})
        account.deliver()
        assert [told["humanLoopStatus"] for told in account.told("loop")] == ["Completed"]
        assert "Jane Doe" not in json.dumps([account.items(), account.told("loop")])
        failing = "{{ task.input.a | divided_by: 0 }}"
        account.start(
            "other",
            account.create_flow_definition("failing", WorkerOptions={"ReviewTitle": failing}),
            {"text": "x", "a": "Jane Doe"},
        )
    finally:
        powertools.removeHandler(caplog.handler)
    assert "no review title" in caplog.text
    assert "Jane Doe" not in "".join(str(vars(record)) for record in caplog.records)
