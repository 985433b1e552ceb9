from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2i_shared.errors import ConfigurationError
from a2i_shared.review_policy import Decision, Subject, decide

PREDICTION = {
    "Sentiment": "POSITIVE",
    "SentimentScore": {"Positive": 0.71, "Negative": 0.2},
    "Fields": {"Total": {"Confidence": 0.4}, "Name": {"Confidence": 0.95}},
    "Note": "",
}
LOW = {"confidence": {"path": "SentimentScore.Positive", "below": 0.99}}
HIGH = {"confidence": {"path": "SentimentScore.Positive", "below": 0.5}}
UNKNOWN = {"confidence": {"path": "Nowhere", "below": 0.99}}


def judge(condition: dict[str, Any], review_id: str = "r") -> Decision:
    return decide({"version": "1", "reviewWhen": condition}, Subject(review_id, PREDICTION))


@pytest.mark.parametrize(
    ("condition", "needed", "reason"),
    [
        (LOW, True, "confidence 0.71 is below 0.99"),
        (HIGH, False, "confidence 0.71 is not below 0.5"),
        (
            {"confidence": {"path": "max(values(SentimentScore))", "above": 0.7}},
            True,
            "confidence 0.71 is above 0.7",
        ),
        (
            {"confidence": {"path": "SentimentScore.Negative", "between": [0.2, 0.5]}},
            True,
            "confidence 0.2 is between 0.2 and 0.5",
        ),
        (
            {"confidence": {"path": "Fields.Total.Confidence", "below": 0.5, "label": "total"}},
            True,
            "total 0.4 is below 0.5",
        ),
        ({"missing": {"path": "Note"}}, True, "nothing found at Note"),
        ({"missing": {"path": "Sentiment"}}, False, "a value found at Sentiment"),
        (
            {"matches": {"path": "Sentiment", "pattern": "^POS"}},
            True,
            "Sentiment matches ^POS",
        ),
        (
            {"matches": {"path": "Sentiment", "pattern": "^MIX"}},
            False,
            "Sentiment does not match ^MIX",
        ),
        ({"always": {}}, True, "every prediction is reviewed"),
        ({"never": {}}, False, "no prediction is reviewed"),
        ({"sample": {"percent": 100}}, True, "in the 100 % sample"),
        ({"sample": {"percent": 0}}, False, "not in the 0 % sample"),
        ({"sample": {"percent": 299.9 / 3}}, True, "in the 99.96666667 % sample"),
        ({"not": HIGH}, True, "confidence 0.71 is not below 0.5"),
    ],
)
def test_decides_with_a_reason_that_people_understand(
    condition: dict[str, Any], reason: str, *, needed: bool
) -> None:
    assert judge(condition) == Decision(needed, (reason,))


@pytest.mark.parametrize(
    ("value", "relation", "shown"),
    [
        (0.5918351859492647, {"below": 0.99}, "0.5918 is below 0.99"),
        (0.98999999, {"below": 0.99}, "0.98999999 is below 0.99"),
        (0.99, {"below": 0.99}, "0.99 is not below 0.99"),
        (0.990000001, {"below": 0.99}, "0.99 is not below 0.99"),
        (0.2, {"below": 0.1 + 0.2}, "0.2 is below 0.3"),
        (0.3, {"below": 0.1 + 0.2}, "0.3 is below 0.30000000000000004"),
        (0.5, {"below": 0.123456}, "0.5 is not below 0.123456"),
        (0.1 + 0.2, {"between": [0.1, 0.7 + 0.1]}, "0.3 is between 0.1 and 0.8"),
        (0.1 + 0.2, {"above": 0.3}, "0.30000000000000004 is above 0.3"),
        (3.2e-7, {"below": 0.00001}, "0.00000032 is below 0.00001"),
        (123456.789, {"above": 5}, "123457 is above 5"),
        (12_345_678, {"above": 5e6}, "12345678 is above 5000000"),
        (1e300, {"above": 0.5}, "1e+300 is above 0.5"),
        (float("nan"), {"below": 0.99}, "is unknown: no number at @"),
        (float("inf"), {"above": 0.99}, "is unknown: no number at @"),
        (True, {"above": 0}, "is unknown: no number at @"),
    ],
)
def test_rounds_numbers_only_as_far_as_the_reason_stays_true(
    value: float, relation: dict[str, Any], shown: str
) -> None:
    policy = {"version": "1", "reviewWhen": {"confidence": {"path": "@", **relation}}}

    assert decide(policy, Subject("r", value)).reasons == (f"confidence {shown}",)


@given(value=st.floats(0, 1), limit=st.floats(0, 1))
def test_a_reason_is_true_of_the_numbers_that_it_shows(value: float, limit: float) -> None:
    policy = {"version": "1", "reviewWhen": {"confidence": {"path": "@", "below": limit}}}
    (reason,) = decide(policy, Subject("r", value)).reasons

    _, shown, *words, bound = reason.split(" ")
    assert (float(shown) < float(bound)) is (value < limit)
    assert words == (["is", "below"] if value < limit else ["is", "not", "below"])


@pytest.mark.parametrize(
    "path", ["Nowhere", "Sentiment", "max(values(Nowhere))", "Fields", "Sentiment == 'POSITIVE'"]
)
def test_unknown_confidence_is_reviewed(path: str) -> None:
    decision = judge({"confidence": {"path": path, "below": 0.1}})

    assert decision.review_needed
    assert decision.reasons == (f"confidence is unknown: no number at {path}",)


def test_without_a_prediction_confidence_is_unknown() -> None:
    policy = {"version": "1", "reviewWhen": HIGH}

    assert decide(policy, Subject("r", None)).review_needed


@pytest.mark.parametrize(
    ("condition", "needed"),
    [
        ({"anyOf": [HIGH, LOW]}, True),
        ({"anyOf": [HIGH, HIGH]}, False),
        ({"anyOf": [HIGH, UNKNOWN]}, True),
        ({"allOf": [LOW, LOW]}, True),
        ({"allOf": [LOW, HIGH]}, False),
        ({"allOf": [HIGH, UNKNOWN]}, False),
        ({"allOf": [LOW, UNKNOWN]}, True),
        ({"not": UNKNOWN}, True),
        ({"not": {"anyOf": [LOW, UNKNOWN]}}, False),
    ],
)
def test_combines_conditions_with_unknown_ones(condition: dict[str, Any], *, needed: bool) -> None:
    assert judge(condition).review_needed is needed


def test_names_only_the_reasons_that_settled_it() -> None:
    decision = judge({"anyOf": [HIGH, LOW, {"sample": {"percent": 0}}]})

    assert decision.reasons == ("confidence 0.71 is below 0.99",)


@given(review_id=st.text(min_size=1, max_size=128), percent=st.floats(0, 100))
def test_a_larger_sample_holds_the_smaller_one(review_id: str, percent: float) -> None:
    sampled = judge({"sample": {"percent": percent}}, review_id).review_needed
    wider = judge({"sample": {"percent": (percent + 100) / 2}}, review_id).review_needed

    assert wider or not sampled


def test_a_sample_is_about_as_large_as_asked() -> None:
    drawn = [judge({"sample": {"percent": 10}}, f"r{n}").review_needed for n in range(5000)]

    assert 400 < sum(drawn) < 600


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ({"version": "2", "reviewWhen": LOW}, "version '2', this function reads '1'"),
        ({"version": "1", "reviewWhen": {"often": {}}}, "'often', allowed are allOf, always"),
        ({"version": "1", "reviewWhen": {}}, "exactly one key"),
        ({"version": "1", "reviewWhen": {"always": {}, "never": {}}}, "exactly one key"),
    ],
)
def test_fails_for_a_policy_it_cannot_read(policy: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        decide(policy, Subject("r", PREDICTION))
