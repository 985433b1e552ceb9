"""The scripted reviewer reads the page that a person would see."""

import pytest

from sentiment_reviewer import answer_page, judge_sentiment

PAGE = """<crowd-form><crowd-classifier name="sentiment" categories="['Positive']">
<classification-target><p>{}</p></classification-target>
<full-instructions>great</full-instructions></crowd-classifier></crowd-form>"""


@pytest.mark.parametrize(
    ("text", "sentiment"),
    [
        ("I love it", "Positive"),
        ("It arrived late and broken", "Negative"),
        ("Great sound, bad battery", "Mixed"),
        ("It is blue", "Neutral"),
    ],
)
def test_judges_by_the_words_of_the_text(text: str, sentiment: str) -> None:
    assert judge_sentiment(text) == sentiment


def test_answers_under_the_name_of_the_classifier_and_ignores_the_instructions() -> None:
    assert answer_page(PAGE.format("It is <b>blue</b>")) == {"sentiment": {"label": "Neutral"}}


def test_refuses_a_page_without_a_classifier() -> None:
    with pytest.raises(ValueError, match="no crowd-classifier"):
        answer_page("<crowd-form></crowd-form>")
