"""What a careless or hostile client can make the portal hold: headers, bodies, connections."""

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from hypercorn.config import Config

from a2i_local import bounded_body
from tests.tools.a2i_local.portal.memory_tasks import MemoryTask, MemoryTasks

PATIENCE_SECONDS = 60
"""Of the test; what it waits for takes a fraction of a second."""


@pytest.fixture(autouse=True)
def low_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    # Far more than this test takes between a connection and its request.
    monkeypatch.setattr(Config, "keep_alive_timeout", 2)
    monkeypatch.setattr(bounded_body, "MAX_BODY_BYTES", 1000)


@pytest.fixture
def connection(portal: str, tasks: MemoryTasks) -> Iterator[socket.socket]:
    tasks.add(MemoryTask("t1"))
    address = urlsplit(portal)
    with socket.create_connection(("127.0.0.1", address.port or 0)) as found:
        found.settimeout(PATIENCE_SECONDS)
        yield found


def post(length: int, content: bytes) -> bytes:
    head = (
        "POST /_a2i/api/tasks/t1/submit HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    )
    return head.encode() + content


def rest_of(connection: socket.socket) -> bytes:
    """All that comes until the server closes."""
    found = b""
    while part := connection.recv(65536):
        found += part
    return found


def test_half_a_request_is_not_waited_for(connection: socket.socket) -> None:
    connection.sendall(b"GET /_a2i/portal HTTP/1.1\r\nHost: 127.")
    assert rest_of(connection) == b""


def test_large_headers_are_refused(connection: socket.socket) -> None:
    padding = b"x" * 20_000
    connection.sendall(b"GET /_a2i/portal HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + padding)
    assert rest_of(connection).startswith(b"HTTP/1.1 431")


@pytest.mark.parametrize("length", [1001, 10**12])
def test_a_large_body_is_refused(connection: socket.socket, length: int) -> None:
    connection.sendall(post(length, b"x" * 1001))
    answer = rest_of(connection)
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"a body has at most 1000 bytes" in answer


def test_a_body_that_does_not_come_is_not_waited_for(
    connection: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded_body, "BODY_SECONDS", 0.3)
    connection.sendall(post(100, b"{"))
    answer = rest_of(connection)
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"the body did not come within 0.3 s" in answer


def test_a_body_within_the_limits_is_taken(connection: socket.socket) -> None:
    body = b'{"worker": "ann", "answerContent": {}}'
    connection.sendall(post(len(body), body))
    assert connection.recv(65536).startswith(b"HTTP/1.1 200")
