"""Consolidation: what the results function understands, and nothing else."""

from typing import Any

import pytest

from a2i_constructs import Consolidation
from results.consolidation import consolidate

ANSWERS: list[dict[str, Any]] = [{"tone": "good"}, {"tone": "bad"}, {"tone": "bad"}]


@pytest.mark.parametrize(
    ("consolidation", "answer"),
    [
        (Consolidation.MAJORITY, "bad"),
        (Consolidation.FIRST, "good"),
        (Consolidation.UNANIMOUS, None),
        (Consolidation.by_field({"tone": Consolidation.FIRST}), "good"),
        (Consolidation.by_field({}, others=Consolidation.UNANIMOUS), None),
    ],
)
def test_the_results_function_settles_as_it_says(
    consolidation: Consolidation, answer: str | None
) -> None:
    assert consolidate(ANSWERS, consolidation.document).answer == {"tone": answer}


def test_a_strategy_of_ones_own_is_named_by_module_and_function() -> None:
    assert Consolidation.function("claims.consolidation:oldest").document == (
        "claims.consolidation:oldest"
    )


@pytest.mark.parametrize("document", ["most", "a:b:c", "", {"tone": "most"}])
def test_fails_for_a_strategy_that_nobody_knows(document: str | dict[str, str]) -> None:
    with pytest.raises(ValueError, match="must be majority, unanimous, first, or module:function"):
        Consolidation(document)
