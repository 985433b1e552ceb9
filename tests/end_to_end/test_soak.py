"""Many reviews in Amazon A2I while much goes wrong: none is lost, none happens twice.

It throttles a quarter of all calls and fails at a seventh, loses a third of its events and sends a
third twice.
"""

import pytest

from tests.end_to_end.conftest import Project
from tests.end_to_end.soaking import PATIENCE_SECONDS, Soak, finish_all

pytestmark = [pytest.mark.local_aws, pytest.mark.soak, pytest.mark.xdist_group("soak")]


class SoakOfA2I(Soak):
    """Human loops live in Amazon A2I."""

    trouble = {  # noqa: RUF012  # read only
        "throttling": {"*": 0.25},
        "serverErrors": {"*": 0.15},
        "lostEvents": 0.3,
        "duplicatedEvents": 0.3,
        "seed": 1,
    }


@pytest.mark.timeout(PATIENCE_SECONDS * 2 + 300)
def test_every_review_is_finished_once(project: Project) -> None:
    finish_all(SoakOfA2I(project))
