"""Conditions and policies: the document that the starter reads, and what is refused at synth."""

from typing import Any

import pytest

from a2i_constructs import (
    AllOf,
    Always,
    AnyOf,
    Condition,
    ConditionError,
    Confidence,
    Matches,
    Missing,
    Never,
    Not,
    ReviewPolicy,
    ReviewPolicyError,
    Sample,
)
from a2i_shared.review_policy import Subject, decide

CASES: list[tuple[Condition, dict[str, Any]]] = [
    (Always(), {"always": {}}),
    (Never(), {"never": {}}),
    (Sample(2), {"sample": {"percent": 2}}),
    (Confidence("score").below(0.9), {"confidence": {"path": "score", "below": 0.9}}),
    (Confidence("score").above(0.1), {"confidence": {"path": "score", "above": 0.1}}),
    (Confidence("s").between(0.4, 0.6), {"confidence": {"path": "s", "between": [0.4, 0.6]}}),
    (
        Confidence("s", label="total").below(1),
        {"confidence": {"path": "s", "label": "total", "below": 1}},
    ),
    (Missing("fields.total"), {"missing": {"path": "fields.total"}}),
    (Matches("text", "(?i)refund"), {"matches": {"path": "text", "pattern": "(?i)refund"}}),
    (AnyOf(Always(), Never()), {"anyOf": [{"always": {}}, {"never": {}}]}),
    (AllOf(Not(Never())), {"allOf": [{"not": {"never": {}}}]}),
]


@pytest.mark.parametrize(("condition", "document"), CASES)
def test_conditions_compile_to_the_starters_document(
    condition: Condition, document: dict[str, Any]
) -> None:
    assert ReviewPolicy(condition).to_document() == {"version": "1", "reviewWhen": document}


@pytest.mark.parametrize(("condition", "document"), CASES)
def test_documents_read_back_as_the_same_condition(
    condition: Condition, document: dict[str, Any]
) -> None:
    assert (
        ReviewPolicy.from_document(document).to_document() == ReviewPolicy(condition).to_document()
    )


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({}, "reviewWhen: must be an object with one key of always, never"),
        ({"always": {}, "never": {}}, "reviewWhen: must be an object with one key"),
        ({"sometimes": {}}, "reviewWhen: unknown condition 'sometimes', allowed are always"),
        ({"always": {"x": 1}}, "reviewWhen.always: must be an object with no keys"),
        ({"sample": {"percent": 101}}, "sample percent must be between 0 and 100, got 101"),
        ({"sample": {"percent": "2"}}, "reviewWhen.sample.percent: must be a number, got '2'"),
        ({"sample": {"percent": True}}, "must be a number, got True"),
        ({"sample": {}}, "reviewWhen.sample: must be an object with percent"),
        (
            {"confidence": {"path": "s"}},
            "reviewWhen.confidence: must hold path and one of below, above, between",
        ),
        ({"confidence": {"path": "s", "below": 1, "above": 2}}, "one of below, above, between"),
        ({"confidence": {"path": "s", "below": "low"}}, "below: must be a number, got 'low'"),
        ({"confidence": {"path": "s", "between": [2, 1]}}, r"must be \[low, high\], got \[2, 1\]"),
        ({"confidence": {"path": "s", "between": [1]}}, r"between: must be \[low, high\]"),
        (
            {"anyOf": [{"always": {}}, {"confidence": {"path": "a b", "below": 1}}]},
            r"reviewWhen.anyOf\[1\].confidence: confidence path must be a JMESPath, got 'a b'",
        ),
        ({"anyOf": []}, "anyOf must hold at least one condition, got none"),
        ({"allOf": {"always": {}}}, "reviewWhen.allOf: must be a list of conditions"),
        ({"missing": {"path": ""}}, "missing path must be a JMESPath, got ''"),
        ({"matches": {"path": "t", "pattern": "("}}, "must be a regular expression, got '\\('"),
        ({"not": {"maybe": 1}}, "reviewWhen.not: unknown condition 'maybe'"),
    ],
)
def test_fails_with_the_place_of_what_is_wrong(document: dict[str, Any], message: str) -> None:
    with pytest.raises(ReviewPolicyError, match=message):
        ReviewPolicy.from_document(document)


def test_fails_in_python_too() -> None:
    with pytest.raises(ConditionError, match="sample percent must be between 0 and 100, got -1"):
        Sample(-1)
    with pytest.raises(ConditionError, match="confidence path must be a JMESPath"):
        Confidence("max(")
    with pytest.raises(ConditionError, match="confidence label must have at least one character"):
        Confidence("s", label="")


@pytest.mark.parametrize(
    ("condition", "needed"),
    [
        (Always(), True),
        (Never(), False),
        (Sample(0), False),
        (Sample(100), True),
        (Confidence("score").below(0.9), True),
        (Confidence("score").below(0.5), False),
        (Confidence("score").above(0.4), True),
        (Confidence("score").between(0.5, 0.6), True),
        (Confidence("nowhere").below(0.1), True),
        (Missing("nowhere"), True),
        (Missing("score"), False),
        (Matches("text", "refund"), True),
        (Matches("text", "^refund"), False),
        (AnyOf(Never(), Always()), True),
        (AllOf(Never(), Always()), False),
        (Not(Always()), False),
    ],
)
def test_the_starter_decides_as_the_condition_says(condition: Condition, *, needed: bool) -> None:
    subject = Subject("review-1", {"score": 0.5, "text": "a refund"})
    policy = ReviewPolicy(condition).to_document()
    assert decide(policy, subject).review_needed is needed
