"""Library and command keep lists of regions of their own, because neither imports the other."""

from a2i_cli.preflight_checks.account import A2I_REGIONS
from a2i_constructs._regions import REGIONS


def test_preflight_and_synthesis_know_the_same_regions() -> None:
    assert A2I_REGIONS == REGIONS
