"""The services' states are written to disk while the host runs."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from a2i_local.host.adapter import state_saver
from a2i_local.host.adapter.state_saver import StateSaver

SOON_SECONDS = 10


class Services:
    """Services by name, with the states that were saved of them."""

    def __init__(self) -> None:
        self.states: dict[str, Callable[[], Any]] = {}
        self.saved: list[tuple[str, Any]] = []

    def save(self, name: str, state: Any) -> None:
        self.saved.append((name, state))


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Services:
    made = Services()
    monkeypatch.setattr("ministack.app._build_persistence_save_dict", lambda: made.states)
    monkeypatch.setattr("ministack.core.persistence.save_state", made.save)
    monkeypatch.setattr(state_saver, "_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(state_saver, "_AT_LATEST_SECONDS", 0.02)
    return made


def test_saves_what_a2i_needs_and_only_what_changed(services: Services) -> None:
    state = {"roles": 1}
    services.states = {"iam": lambda: dict(state), "sqs": lambda: {"queues": 1}}
    saver = StateSaver()

    saver.save_what_a2i_needs()
    saver.save_what_a2i_needs()
    assert services.saved == [("iam", {"roles": 1})]
    state["roles"] = 2
    saver.save_what_a2i_needs()
    assert services.saved[1:] == [("iam", {"roles": 2})]


def test_a_service_without_a_state_is_left_alone(services: Services) -> None:
    services.states = {"iam": lambda: None}
    StateSaver().save_what_a2i_needs()

    assert services.saved == []


def test_a_service_that_fails_does_not_cost_the_others(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    services.states = {"iam": lambda: 1 / 0, "kms": lambda: {"keys": 1}}
    StateSaver().save_what_a2i_needs()

    assert services.saved == [("kms", {"keys": 1})]
    assert "the state of iam cannot be saved" in caplog.text


def test_a_state_that_changes_while_it_is_copied_is_copied_again(services: Services) -> None:
    outcomes = iter([RuntimeError("dictionary changed size during iteration"), {"roles": 1}])

    def get_state() -> Any:
        outcome = next(outcomes)
        if isinstance(outcome, RuntimeError):
            raise outcome
        return outcome

    services.states = {"iam": get_state}
    StateSaver().save_what_a2i_needs()

    assert services.saved == [("iam", {"roles": 1})]


def test_everything_is_saved_in_the_background_until_the_block_ends(services: Services) -> None:
    state = {"queues": 1}
    services.states = {"sqs": lambda: dict(state)}
    with StateSaver().running():
        _wait_for(services, ("sqs", {"queues": 1}))
        state["queues"] = 2
        _wait_for(services, ("sqs", {"queues": 2}))
    state["queues"] = 3
    time.sleep(0.1)

    assert services.saved == [("sqs", {"queues": 1}), ("sqs", {"queues": 2})]


def _wait_for(services: Services, saved: tuple[str, Any]) -> None:
    deadline = time.monotonic() + SOON_SECONDS
    while saved not in services.saved:
        assert time.monotonic() < deadline, f"{saved} was not saved within {SOON_SECONDS} s"
        time.sleep(0.01)
