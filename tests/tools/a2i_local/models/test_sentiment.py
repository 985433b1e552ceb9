"""The sentiment model rates what a person would rate alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2i_local.models.sentiment import SentimentModel

MODEL = SentimentModel()


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("I enjoy this product", "POSITIVE"),
        ("I am unhappy with this product", "NEGATIVE"),
        ("Not good at all", "NEGATIVE"),
        ("The parcel arrives on Tuesday.", "NEUTRAL"),
        ("I love the screen, but the battery is terrible.", "MIXED"),
        ("Great camera. Awful sound.", "MIXED"),
    ],
)
def test_names_the_likeliest_sentiment(text: str, label: str) -> None:
    assert MODEL.detect(text).label == label


def test_is_surer_the_stronger_the_words() -> None:
    strong = MODEL.detect("Excellent! I love it, the best purchase ever.")
    weak = MODEL.detect("It is okay")
    assert strong.positive > 0.99
    assert weak.positive < 0.9


def test_is_not_sure_that_unknown_words_are_neutral() -> None:
    assert MODEL.detect("qwerty asdf").neutral < 0.99


@given(st.text())
def test_probabilities_add_up_to_one_for_any_text(text: str) -> None:
    scores = vars(MODEL.detect(text)).values()
    assert sum(scores) == pytest.approx(1)
    assert all(0 <= score <= 1 for score in scores)


def test_rates_a_text_beyond_the_lexicons_scale() -> None:
    assert MODEL.detect("love " * 1000).positive > 0.99
