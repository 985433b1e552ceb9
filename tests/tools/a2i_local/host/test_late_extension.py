"""A service that is extended only when it is needed, or when there is time."""

import asyncio
from typing import Any

import pytest
from ministack import app

from a2i_local.host.adapter.late_extension import extend_before_use

REQUEST: tuple[Any, ...] = ("POST", "/", {}, b"", {})


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What happens, in order; the service `late` answers by noting that it does."""
    noted: list[str] = []

    async def answer(*_: Any) -> None:
        noted.append("answered")

    monkeypatch.setitem(app.SERVICE_HANDLERS, "late", answer)
    return noted


def call_twice() -> None:
    async def call() -> None:
        await asyncio.gather(*(app.SERVICE_HANDLERS["late"](*REQUEST) for _ in range(2)))

    asyncio.run(call())


def test_is_extended_once_before_the_first_answer(events: list[str]) -> None:
    extend_before_use("late", lambda: events.append("extended"))

    call_twice()

    assert events == ["extended", "answered", "answered"]


def test_is_not_extended_again_when_there_was_time_before(events: list[str]) -> None:
    extend = extend_before_use("late", lambda: events.append("extended"))

    extend()
    call_twice()

    assert events == ["extended", "answered", "answered"]


def test_a_failed_extension_is_tried_again(events: list[str]) -> None:
    attempts = iter([ConnectionError("first"), None])

    def extend() -> None:
        failure = next(attempts)
        if failure:
            raise failure
        events.append("extended")

    now = extend_before_use("late", extend)

    with pytest.raises(ConnectionError):
        now()
    call_twice()

    assert events == ["extended", "answered", "answered"]
