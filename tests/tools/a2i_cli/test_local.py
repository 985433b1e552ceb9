"""The order in which `a2i local up` ends, on which `a2i local down` relies."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, Self

import pytest
from typer.testing import CliRunner

from a2i_cli import local
from a2i_cli.main import app
from a2i_local.host import LocalAws


class RecordedAws:
    """A local AWS that starts nothing and notes its end."""

    environment: dict[str, str] = {}  # noqa: RUF012 -- nobody writes into it
    endpoint = SimpleNamespace(account="123456789012", region="us-east-1", url="https://x")
    portal_url = log_file = "x"
    notes = ()

    def __init__(self, ended: list[str]) -> None:
        self._ended = ended

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.append("host")

    def check_alive(self) -> None:
        raise KeyboardInterrupt


def test_the_host_is_gone_before_nobody_finds_it_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[str] = []

    @contextmanager
    def announced(*_: Any) -> Iterator[None]:
        try:
            yield
        finally:
            ended.append("announcement")

    monkeypatch.setattr("a2i_cli.local.signal.signal", lambda *_: None)
    monkeypatch.setattr(local, "running_instance", lambda _: None)
    monkeypatch.setattr(LocalAws, "start", lambda *_, **__: RecordedAws(ended))
    monkeypatch.setattr(local, "announced", announced)
    monkeypatch.setattr(local, "create_bootstrap", lambda *_: None)
    result = CliRunner().invoke(app, ["local", "up"])
    assert result.exit_code == 0, result.output
    assert ended.index("host") < ended.index("announcement")
