"""Back-off after wrong passwords."""

from datetime import timedelta
from typing import Any

import pytest

from a2i_local.loopback_server import serving
from a2i_local.portal import attempts, create_app
from a2i_local.portal.attempts import Attempts, TooManyAttempts
from a2i_local.service import ManualClock
from a2i_local.service.host import Challenge
from tests.tools.a2i_local.portal.memory_tasks import MemorySignIn, MemoryTasks
from tests.tools.a2i_local.portal.test_portal_api import Reply, call

ANN = ("ann", "127.0.0.1")


def fail(attempts_: Attempts, times: int, who: Any = ANN) -> None:
    for _ in range(times):
        attempts_.failed(who)


@pytest.mark.parametrize(
    ("failures", "seconds"), [(5, 1), (6, 2), (9, 16), (14, 512), (15, 900), (1000, 900)]
)
def test_the_wait_doubles_up_to_a_quarter_of_an_hour(failures: int, seconds: int) -> None:
    clock = ManualClock()
    tries = Attempts(clock)
    fail(tries, failures)
    with pytest.raises(TooManyAttempts, match=f"passwords or codes for ann: .* in {seconds} s$"):
        tries.require_turn(ANN)
    clock.advance(timedelta(seconds=seconds))
    tries.require_turn(ANN)


def test_four_failures_cost_nothing() -> None:
    tries = Attempts(ManualClock())
    fail(tries, 4)
    tries.require_turn(ANN)


@pytest.mark.parametrize("who", [("ben", "127.0.0.1"), ("ann", "127.0.0.2")])
def test_others_and_other_addresses_do_not_wait(who: attempts.Who) -> None:
    tries = Attempts(ManualClock())
    fail(tries, 20)
    tries.require_turn(who)


def test_success_and_a_quarter_of_an_hour_begin_anew() -> None:
    clock = ManualClock()
    tries = Attempts(clock)
    fail(tries, 4)
    tries.succeeded(ANN)
    fail(tries, 4)
    tries.require_turn(ANN)
    clock.advance(timedelta(minutes=15, seconds=1))
    fail(tries, 4)
    tries.require_turn(ANN)


def test_only_so_many_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "_MOST_REMEMBERED", 3)
    tries = Attempts(ManualClock())
    for number in range(10):
        fail(tries, 5, (f"user-{number}", None))
    tries.require_turn(("user-6", None))
    with pytest.raises(TooManyAttempts):
        tries.require_turn(("user-7", None))


class MemoryChallenge(MemorySignIn):
    """Asks for a code after the right password, as with MFA."""

    def sign_in(self, credentials: Any, *, source_ip: str | None) -> Any:
        reviewer = super().sign_in(credentials, source_ip=source_ip)
        return Challenge.SOFTWARE_TOKEN_MFA if credentials.mfa_code is None else reviewer


def sign_in(url: str, password: str, **more: str) -> Reply:
    body = {"username": "ann", "password": password, **more}
    return call(url, "POST", "/_a2i/api/sign-in", body)


def test_the_portal_says_how_long_to_wait() -> None:
    clock = ManualClock()
    app = create_app(MemoryTasks(), MemorySignIn(), allowed_hosts={"127.0.0.1"}, clock=clock)
    with serving(app) as url:
        assert [sign_in(url, "wrong").status for _ in range(5)] == [401] * 5
        refused = sign_in(url, "secret")
        assert refused.status == 429
        assert refused.json["error"] == {
            "code": "TooManyAttempts",
            "message": "too many wrong passwords or codes for ann: try again in 1 s",
        }
        clock.advance(timedelta(seconds=1))
        assert sign_in(url, "secret").status == 200


def test_a_right_password_does_not_hide_wrong_codes() -> None:
    app = create_app(
        MemoryTasks(), MemoryChallenge(), allowed_hosts={"127.0.0.1"}, clock=ManualClock()
    )
    with serving(app) as url:
        for _ in range(5):
            assert sign_in(url, "secret").status == 200
            assert sign_in(url, "wrong", mfaCode="000000").status == 401
        assert sign_in(url, "secret").status == 429
