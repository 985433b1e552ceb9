from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2i_shared.errors import ConfigurationError
from results.consolidation import STRATEGIES, consolidate

LABELS = st.sampled_from(["Positive", "Negative", "Mixed"])
FIELDS = st.one_of(
    st.fixed_dictionaries({"label": LABELS}),
    st.fixed_dictionaries({"labels": st.lists(LABELS, unique=True)}),
    st.fixed_dictionaries({"urgent": st.booleans(), "fraud": st.booleans()}),
    st.text(max_size=5),
)
ANSWERS = st.lists(st.dictionaries(st.sampled_from(["a", "b"]), FIELDS), min_size=1, max_size=3)


def label(value: str) -> dict[str, Any]:
    return {"label": value}


def settle(strategy: str, *fields: Any) -> Any:
    return consolidate([{"f": each} for each in fields], strategy).answer["f"]


@pytest.mark.parametrize("strategy", sorted(STRATEGIES))
def test_one_answer_is_the_answer(strategy: str) -> None:
    content = {"sentiment": label("Negative"), "note": "late", "tags": {"labels": ["a"]}}

    consolidated = consolidate([content], strategy)

    assert consolidated.answer == content
    assert consolidated.agreement == 1.0


def test_the_majority_wins() -> None:
    assert settle("majority", label("A"), label("B"), label("B")) == label("B")


def test_the_earliest_wins_when_no_majority_exists() -> None:
    assert settle("majority", label("A"), label("B"), label("C")) == label("A")
    assert settle("majority", "one", "two") == "one"


def test_labels_of_a_multi_select_are_settled_one_by_one() -> None:
    settled = settle(
        "majority", {"labels": ["a", "b"]}, {"labels": ["b", "c"]}, {"labels": ["b", "a"]}
    )

    assert settled == {"labels": ["a", "b"]}


def test_checkboxes_are_settled_one_by_one_in_their_own_form() -> None:
    settled = settle(
        "majority",
        {"urgent": True, "fraud": False},
        {"urgent": True, "fraud": True},
        {"urgent": False, "fraud": False},
    )

    assert settled == {"urgent": True, "fraud": False}


def test_radio_buttons_are_one_vote_each() -> None:
    yes, no = {"yes": True, "no": False}, {"yes": False, "no": True}

    assert settle("majority", yes, no) == yes
    assert settle("majority", yes, no, no) == no


def test_unanimous_leaves_a_disputed_field_open() -> None:
    consolidated = consolidate(
        [{"a": label("x"), "b": "same"}, {"a": label("y"), "b": "same "}], "unanimous"
    )

    assert consolidated.answer == {"a": None, "b": "same"}


def test_first_takes_the_earliest_submission() -> None:
    assert settle("first", label("A"), label("B"), label("B")) == label("A")


def test_agreement_is_the_mean_share_of_the_most_common_values() -> None:
    contents = [
        {"a": label("x"), "b": label("x")},
        {"a": label("x"), "b": label("y")},
        {"a": label("x"), "b": label("x")},
    ]

    assert consolidate(contents, "majority").agreement == pytest.approx((1 + 2 / 3) / 2)


def test_a_field_that_a_reviewer_left_out_counts_as_disagreement() -> None:
    consolidated = consolidate([{"note": "x"}, {}], "majority")

    assert consolidated.answer == {"note": "x"}
    assert consolidated.agreement == 0.5


def test_each_field_may_have_its_own_strategy() -> None:
    contents = [
        {"total": "1", "note": "a", "tag": "x"},
        {"total": "2", "note": "b", "tag": "y"},
        {"total": "2", "note": "b", "tag": "y"},
    ]

    consolidated = consolidate(contents, {"total": "unanimous", "note": "first", "*": "majority"})

    assert consolidated.answer == {"total": None, "note": "a", "tag": "y"}


def test_a_field_without_a_strategy_goes_by_majority() -> None:
    answer = consolidate([{"a": "x"}, {"a": "y"}, {"a": "y"}], {"b": "first"}).answer

    assert answer == {"a": "y"}


def test_a_strategy_of_ones_own_is_imported() -> None:
    assert settle("statistics:mode", "x", "y", "y") == "y"


@pytest.mark.parametrize("name", ["no_such_module:f", "statistics:no_such_function"])
def test_a_strategy_that_cannot_be_imported_is_named(name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"consolidation '{name}' cannot be imported"):
        settle(name, "x")


def test_an_unknown_strategy_is_named_with_the_allowed_ones() -> None:
    with pytest.raises(ConfigurationError, match="'vote', allowed are first, majority, unanimous"):
        consolidate([{"a": "x"}], "vote")


@given(answers=ANSWERS, strategy=st.sampled_from(sorted(STRATEGIES)))
def test_every_field_is_settled_and_agreement_is_a_share(
    answers: list[dict[str, Any]], strategy: str
) -> None:
    consolidated = consolidate(answers, strategy)

    assert set(consolidated.answer) == {name for answer in answers for name in answer}
    assert 0 < consolidated.agreement <= 1


@given(answer=st.dictionaries(st.sampled_from(["a", "b"]), FIELDS), times=st.integers(1, 3))
def test_reviewers_who_agree_are_taken_at_their_word(answer: dict[str, Any], times: int) -> None:
    for strategy in STRATEGIES:
        consolidated = consolidate([answer] * times, strategy)
        assert consolidated.agreement == 1.0
        for name, field in answer.items():
            settled = consolidated.answer[name]
            if isinstance(field, dict) and "labels" in field:
                assert set(settled["labels"]) == set(field["labels"])
            else:
                assert settled == field
