"""The pytest plugin `a2i_local`: the fixture `a2i` gives a test an A2I service of its own."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from a2i_local.testing import LocalA2I


@pytest.fixture
def a2i(monkeypatch: pytest.MonkeyPatch) -> "Iterator[LocalA2I]":
    """Amazon A2I for one test: boto3 clients, wherever they are made, talk to it.

    There is a private work team (`a2i.workteam_arn`, with worker-1 to worker-3), a role and a
    bucket; `a2i.submit(loop, answer)` answers as a worker.
    """
    # Imported here: pytest loads this plugin in every run, most of which do not use it.
    from a2i_local.testing import LocalA2I  # noqa: PLC0415

    with LocalA2I() as local_a2i:
        for name, value in local_a2i.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("AWS_PROFILE", raising=False)
        yield local_a2i
