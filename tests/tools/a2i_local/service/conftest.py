"""The service on a clock that stands still until a test moves it."""

from collections.abc import Iterator

import pytest

from a2i_local.service import ManualClock
from a2i_local.testing import LocalA2I

TEMPLATE = "<crowd-form><p>{{ task.input.text }}</p></crowd-form>"


@pytest.fixture
def still() -> Iterator[LocalA2I]:
    """A service of the test's own, with the work team `reviewers`."""
    a2i = LocalA2I(clock=ManualClock())
    yield a2i
    a2i.close()


@pytest.fixture
def flow(still: LocalA2I) -> str:
    """An active flow definition `review` with TaskCount 1: its ARN."""
    return still.create_flow_definition("review", TEMPLATE)


@pytest.fixture
def pair_flow(still: LocalA2I) -> str:
    """An active flow definition `pair` with TaskCount 2: its ARN."""
    return still.create_flow_definition("pair", TEMPLATE, task_count=2)
