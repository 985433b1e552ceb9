"""How far tests go that could go on for long: `make soak` sets A2I_SOAK and gives them hours."""

import os

from hypothesis import settings

IS_SOAK = os.environ.get("A2I_SOAK") == "1"
_USUAL_EXAMPLES = 100  # hypothesis's own default
_SOAK_FACTOR = 20

settings.register_profile("soak", max_examples=_SOAK_FACTOR * _USUAL_EXAMPLES, deadline=None)


def load_profile() -> None:
    """Set the number of examples for tests that name none."""
    if IS_SOAK:
        settings.load_profile("soak")


def examples(usual: int) -> int:
    """How many examples a test draws that has a number of its own."""
    return usual * _SOAK_FACTOR if IS_SOAK else usual
