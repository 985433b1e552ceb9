"""A2I's runtime API behind an HTTP API."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.exceptions import ClientError

from a2i_account import backend
from a2i_local.service import FaultSettings
from human_loop_endpoint import handler
from tests.core.a2i_core.human_loops.test_wire import OPERATIONS
from tests.lambda_src.account_loops import AccountLoops
from tests.lambda_src.invocation import lambda_context
from tests.lambda_src.local_clients import runtime_client_of
from tests.lambda_src.service_errors import service_error
from tests.tools.a2i_local.protocol.test_errors import CASES, Case, call_by


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


@dataclass
class Given:
    """What the cases of the local A2I do to it before a call, done to the account."""

    account: AccountLoops
    fault: str | None = None

    def call(self, operation: str, **parameters: Any) -> None:
        self.account.operations().by_name()[operation](parameters)
        self.account.deliver()

    def advance(self, delta: timedelta) -> None:
        self.account.advance(delta)

    def inject(self, settings: FaultSettings) -> None:
        self.fault = "ThrottlingException" if settings.throttling else "InternalServerError"

    def wrapped(self, client: Any) -> Any:
        return Failing(self.fault) if self.fault else client


@dataclass
class Failing:
    """A client whose every call is refused."""

    code: str

    def __getattr__(self, operation: str) -> Any:
        def refuse(*_: Any, **__: Any) -> None:
            raise service_error(self.code, operation=operation)

        return refuse


@pytest.mark.parametrize(
    "case",
    [
        case
        for case in CASES
        if case.operation in OPERATIONS and case.code != "ServiceQuotaExceededException"
    ],
    ids=lambda case: f"{case.operation}-{case.code}",
)
def test_every_error_has_a2is_code_and_status(
    account: AccountLoops, monkeypatch: pytest.MonkeyPatch, case: Case
) -> None:
    account.create_flow_definition("review")
    given: Any = Given(account)
    case.given(given)
    monkeypatch.setattr(backend, "operations", lambda: account.operations(given.wrapped))

    def answer(method: str, path: str, _: Any, body: bytes, query: Any) -> tuple[int, Any, Any]:
        asked = event(method, path, body.decode(), urlencode(query, doseq=True))
        answered = handler.lambda_handler(asked, lambda_context())
        return answered["statusCode"], answered["headers"], answered["body"]

    with pytest.raises(ClientError) as caught:
        call_by(runtime_client_of(answer), case.operation, case.parameters)
    response: Any = caught.value.response
    told = response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]
    assert told == (case.code, case.status)


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
