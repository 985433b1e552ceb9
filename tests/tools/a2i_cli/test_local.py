"""The order in which `a2i local up` ends, on which `a2i local down` relies, and its ports."""

import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType, SimpleNamespace
from typing import Any, Self

import pytest
from typer.testing import CliRunner

from a2i_cli.main import app
from a2i_local.host import LocalAws, findable
from a2i_local.host.listeners import first_free_port, listen, port_of


class RecordedAws:
    """A local AWS that starts nothing and notes its end."""

    environment: Mapping[str, str] = MappingProxyType(
        {"AWS_ENDPOINT_URL": "", "A2I_PORTAL_URL": ""}
    )
    endpoint = SimpleNamespace(account="123456789012", region="us-east-1")
    log_file = "x"

    def __init__(self, ended: list[str]) -> None:
        self._ended = ended
        self.notes: list[str] = []

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

    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(findable, "running_instance", lambda _: None)
    monkeypatch.setattr(LocalAws, "start", lambda *_, **__: RecordedAws(ended))
    monkeypatch.setattr(findable, "announced", announced)
    monkeypatch.setattr(findable, "create_bootstrap", lambda *_: None)
    result = CliRunner().invoke(app, ["local", "up"])
    assert result.exit_code == 0, result.output
    assert ended.index("host") < ended.index("announcement")


def test_a_port_that_is_taken_is_passed_over() -> None:
    taken = listen(0, "this test")
    port = port_of(taken)
    assert first_free_port(port) > port
    taken.close()
    assert first_free_port(port) == port
