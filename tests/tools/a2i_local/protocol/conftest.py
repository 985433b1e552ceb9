"""The service behind its HTTP endpoint, for real clients."""

from collections.abc import Iterator

import pytest

from a2i_local.service import ManualClock
from a2i_local.testing import LocalA2I

TEMPLATE = "<crowd-form><p>{{ task.input.text }}</p></crowd-form>"


@pytest.fixture
def served() -> Iterator[LocalA2I]:
    """A service on a still clock, with the work team `reviewers` and the flow `review`."""
    a2i = LocalA2I(clock=ManualClock())
    a2i.create_flow_definition("review", TEMPLATE)
    yield a2i
    a2i.close()
