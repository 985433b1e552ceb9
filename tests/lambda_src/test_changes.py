from __future__ import annotations

from typing import Any

import pytest

from a2i_shared.review_result import Change
from results.changes import find_changes

BOXES = {"boundingBoxes": [{"label": "dog", "left": 1, "top": 2, "width": 3, "height": 4}]}


def changes(
    answer: dict[str, Any], prediction: Any = None, task_input: dict[str, Any] | None = None
) -> dict[str, Change]:
    return find_changes(answer, prediction=prediction, task_input=task_input or {})


def test_a_corrected_label_is_a_change() -> None:
    found = changes(
        {"sentiment": {"label": "Negative"}},
        {"Sentiment": "POSITIVE", "SentimentScore": {"Positive": 0.71}},
        {"initialValue": "Positive"},
    )

    assert found == {"sentiment": Change(before="POSITIVE", after="Negative")}


def test_a_label_is_confirmed_regardless_of_case() -> None:
    answer = {"sentiment": {"label": "Positive"}}

    assert not changes(answer, {"Sentiment": "POSITIVE"}, {"initialValue": "Positive"})


def test_names_are_the_same_regardless_of_case_and_separators() -> None:
    assert changes({"invoice-total": "12"}, {"InvoiceTotal": "13"})
    assert changes({"invoice_total": "12"}, None, {"invoiceTotal": "13"})


def test_the_prediction_comes_before_the_input() -> None:
    assert not changes({"total": "12"}, {"total": "12"}, {"total": "13"})


def test_the_initial_value_stands_for_an_only_field() -> None:
    task_input = {"initialValue": "Positive"}

    assert changes({"mood": {"label": "Negative"}}, None, task_input)
    assert not changes({"mood": {"label": "Negative"}, "note": "x"}, None, task_input)


def test_a_field_without_a_proposal_is_no_change() -> None:
    assert not changes({"comment": "found a typo"}, {"Sentiment": "POSITIVE"})


def test_texts_differ_by_case_but_not_by_white_space_around_them() -> None:
    assert changes({"name": "ada"}, {"name": "Ada"})
    assert not changes({"name": " Ada\n"}, {"name": "Ada"})


def test_a_number_proposes_a_text() -> None:
    assert not changes({"total": "12.5"}, {"total": 12.5})
    assert changes({"total": "13"}, {"total": 12.5})["total"] == Change(before=12.5, after="13")


def test_labels_are_compared_as_sets() -> None:
    assert not changes({"tags": {"labels": ["b", "A"]}}, {"Tags": ["a", "B"]})
    assert changes({"tags": {"labels": ["b"]}}, {"Tags": ["a", "B"]})["tags"].after == ["b"]


def test_checkboxes_are_compared_as_the_labels_that_are_checked() -> None:
    answer = {"flags": {"urgent": True, "fraud": False}}

    assert not changes(answer, {"flags": ["urgent"]})
    assert changes(answer, {"flags": ["fraud"]})


@pytest.mark.parametrize("proposal", ["dog", 0.7, None, True])
def test_what_cannot_be_compared_is_no_change(proposal: Any) -> None:
    assert not changes({"annotatedResult": BOXES}, {"annotatedResult": proposal})


def test_a_proposal_that_cannot_be_compared_gives_way_to_the_next() -> None:
    found = changes(
        {"sentiment": {"label": "Negative"}},
        {"Sentiment": ["POSITIVE"]},
        {
            "initialValue": "Positive",
        },
    )

    assert found["sentiment"].before == "Positive"


def test_structures_are_compared_as_they_are() -> None:
    moved = {"boundingBoxes": [{**BOXES["boundingBoxes"][0], "left": 9}]}

    assert not changes({"annotatedResult": BOXES}, {"annotatedResult": BOXES})
    assert changes({"annotatedResult": moved}, {"annotatedResult": BOXES})


def test_a_field_that_the_reviewers_left_undecided_is_no_change() -> None:
    assert not changes({"tags": None}, {"tags": ["a"]})
