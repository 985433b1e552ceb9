"""How far tests go that could go on for long: `make quick` and `make soak` set A2I_EFFORT."""

import os

from hypothesis import HealthCheck, settings

_FACTORS = {"quick": 0.1, "usual": 1, "soak": 20}
_EFFORT = os.environ.get("A2I_EFFORT", "usual")
_USUAL_EXAMPLES = 100  # hypothesis's own default

IS_SOAK = _EFFORT == "soak"


def examples(usual: int) -> int:
    """Return how many examples a test draws that draws `usual` of them in `make test`."""
    return max(1, round(usual * _FACTORS[_EFFORT]))


def load_profile() -> None:
    """Set the number of examples for tests that name none.

    No example has a deadline: on a machine that others use too, any may take longer than
    hypothesis's 200 ms, and so may the making of examples. Pytest's timeout ends what hangs.
    """
    settings.register_profile(
        _EFFORT,
        max_examples=examples(_USUAL_EXAMPLES),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.load_profile(_EFFORT)
