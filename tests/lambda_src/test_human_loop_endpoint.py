"""A2I's runtime API behind an HTTP API."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from a2i_account import backend
from human_loop_endpoint import handler
from tests.lambda_src.account_loops import AccountLoops
from tests.lambda_src.invocation import lambda_context


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[AccountLoops]:
    made = AccountLoops()
    monkeypatch.setattr(backend, "operations", made.operations)
    yield made
    made.close()


def event(method: str, path: str, body: str = "", query: str = "", **more: Any) -> dict[str, Any]:
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": query,
        "requestContext": {"http": {"method": method, "path": path}},
        **({"body": body} if body else {}),
        "isBase64Encoded": False,
        **more,
    }


def call(*arguments: Any, **more: Any) -> tuple[int, Any]:
    answer = handler.lambda_handler(event(*arguments, **more), lambda_context())
    return answer["statusCode"], json.loads(answer["body"]) if answer["body"] else None


def test_a_loop_is_started_listed_stopped_and_deleted(account: AccountLoops) -> None:
    flow = account.create_flow_definition("review")
    request = json.dumps(
        {
            "HumanLoopName": "loop",
            "FlowDefinitionArn": flow,
            "HumanLoopInput": {"InputContent": '{"text": "ä"}'},
        }
    )
    encoded = base64.b64encode(request.encode()).decode()
    assert call("POST", "/human-loops", encoded, isBase64Encoded=True)[0] == 200
    assert call("POST", "/human-loops", request)[0] == 200
    _, listed = call("GET", "/human-loops", "", f"FlowDefinitionArn={flow}&MaxResults=1")
    assert [loop["HumanLoopName"] for loop in listed["HumanLoopSummaries"]] == ["loop"]
    assert call("POST", "/human-loops/stop", '{"HumanLoopName": "loop"}') == (200, None)
    account.advance(timedelta(minutes=1))
    assert call("GET", "/human-loops/loop")[1]["HumanLoopStatus"] == "Stopped"
    assert call("DELETE", "/human-loops/loop") == (200, None)
    status, error = call("GET", "/human-loops/loop")
    assert (status, error["__type"]) == (404, "ResourceNotFoundException")


def test_an_unforeseen_failure_is_a_server_error_that_says_nothing(
    account: AccountLoops, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    def broken() -> Any:
        raise OSError("secret detail")

    monkeypatch.setattr(backend, "operations", broken)
    status, error = call("GET", "/human-loops/loop")
    assert (status, error["__type"]) == (500, "InternalServerException")
    assert "secret" not in error["message"]
    assert "secret detail" in caplog.text


def test_a_body_with_half_a_character_is_refused(account: AccountLoops) -> None:
    status, error = call("POST", "/human-loops", '{"HumanLoopName": "\ud800"}')
    assert (status, error["__type"]) == (400, "SerializationException")
