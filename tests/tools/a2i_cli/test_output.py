"""Progress lines of the commands."""

import pytest

from a2i_cli.output import progress


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the time that the command sees; its only item can be set."""
    now = [100.0]
    monkeypatch.setattr("a2i_cli.output.time.monotonic", lambda: now[0])
    return now


def test_a_log_gets_a_line_now_and_then(
    capsys: pytest.CaptureFixture[str], clock: list[float]
) -> None:
    with progress() as on_progress:
        for number in range(1, 4):
            on_progress(f"{number} stopped")
        clock[0] += 5
        on_progress("129 stopped")
    assert capsys.readouterr().err.splitlines() == ["1 stopped", "129 stopped"]


def test_a_log_gets_no_line_twice(capsys: pytest.CaptureFixture[str], clock: list[float]) -> None:
    with progress() as on_progress:
        for _ in range(3):
            on_progress("0 of 1 human loops are final")
            clock[0] += 60
    assert capsys.readouterr().err.splitlines() == ["0 of 1 human loops are final"]
