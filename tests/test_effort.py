"""How property tests are run."""

import time

from hypothesis import given
from hypothesis import strategies as st


def test_a_property_may_be_slow_on_a_busy_machine() -> None:
    @given(st.just(None))
    def slow(_: None) -> None:
        time.sleep(0.3)  # hypothesis's own deadline for an example is 0.2 s

    slow()
