"""The AWS endpoint's own paths."""

import asyncio
from typing import Any

import pytest
from starlette.types import ASGIApp

from a2i_local import bounded_body
from a2i_local.host import server
from a2i_local.host.gateway_app import make_gateway_app
from a2i_local.host.listeners import listen


def answered(app: ASGIApp, path: str, headers: list[tuple[bytes, bytes]]) -> list[Any]:
    """The messages that a PUT with eleven bytes is answered with."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"x" * 11, "more_body": True}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "PUT", "path": path, "headers": headers}

    async def answer() -> None:
        await app({**scope, "query_string": b""}, receive, send)

    asyncio.run(answer())
    return sent


async def unused(*_: Any) -> None:
    raise AssertionError("not MiniStack's")


def test_own_paths_take_no_large_body(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_body, "MAX_BODY_BYTES", 10)
    app = make_gateway_app(
        unused, lambda *_: pytest.fail("the body is too large"), throttles_table=lambda: False
    )

    sent = answered(app, "/_a2i/admin/faults", headers=[])

    assert sent[0]["status"] == 413
    assert sent[1]["body"] == b'{"message":"a body has at most 10 bytes"}'


def test_a_fault_throttles_calls_of_dynamodb_and_no_others() -> None:
    app = make_gateway_app(
        unused, lambda *_: pytest.fail("not an own path"), throttles_table=lambda: True
    )

    sent = answered(app, "/", headers=[(b"x-amz-target", b"DynamoDB_20120810.PutItem")])

    assert sent[0]["status"] == 400
    assert b"ThrottlingException" in sent[1]["body"]
    with pytest.raises(AssertionError, match="MiniStack"):
        answered(app, "/", headers=[(b"x-amz-target", b"AmazonSSM.GetParameter")])


def test_the_portal_does_not_wait_long_for_a_request() -> None:
    assert server._config(listen(0, "a test")).keep_alive_timeout <= 5
