"""boto3 talks to the stand-in as it talks to Amazon Comprehend."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from a2i_local.models.comprehend import Comprehend

LIMIT = 5000


@pytest.fixture
def comprehend(client: Any) -> Any:
    return client("comprehend", Comprehend().handle)


def error_of(call: Any, **parameters: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_detects_a_sentiment_in_comprehends_shape(comprehend: Any) -> None:
    answer = comprehend.detect_sentiment(Text="I enjoy this product", LanguageCode="en")
    assert answer["Sentiment"] == "POSITIVE"
    assert set(answer["SentimentScore"]) == {"Positive", "Negative", "Neutral", "Mixed"}
    assert max(answer["SentimentScore"], key=answer["SentimentScore"].get) == "Positive"


def test_answers_a_batch_in_order(comprehend: Any) -> None:
    answer = comprehend.batch_detect_sentiment(
        TextList=["I love it", "I hate it"], LanguageCode="en"
    )
    assert [(item["Index"], item["Sentiment"]) for item in answer["ResultList"]] == [
        (0, "POSITIVE"),
        (1, "NEGATIVE"),
    ]
    assert answer["ErrorList"] == []


def test_batch_names_the_text_that_is_too_long(comprehend: Any) -> None:
    answer = comprehend.batch_detect_sentiment(
        TextList=["fine", "x" * (LIMIT + 1)], LanguageCode="en"
    )
    assert [item["Index"] for item in answer["ResultList"]] == [0]
    (failed,) = answer["ErrorList"]
    assert (failed["Index"], failed["ErrorCode"]) == (1, "TextSizeLimitExceededException")


def test_limit_counts_bytes_not_characters(comprehend: Any) -> None:
    assert comprehend.detect_sentiment(Text="x" * LIMIT, LanguageCode="en")["Sentiment"]
    code, message = error_of(
        comprehend.detect_sentiment, Text="é" * (LIMIT // 2 + 1), LanguageCode="en"
    )
    assert code == "TextSizeLimitExceededException"
    assert message.endswith("5000 bytes while in this request the text size is 5002 bytes")


@pytest.mark.parametrize(
    ("operation", "parameters", "code", "words"),
    [
        ("detect_sentiment", {"Text": "", "LanguageCode": "en"}, "ValidationException", "'text'"),
        ("detect_sentiment", {"LanguageCode": "en"}, "ValidationException", "not be null"),
        ("detect_sentiment", {"Text": "x"}, "ValidationException", "'languageCode'"),
        (
            "detect_sentiment",
            {"Text": "x", "LanguageCode": "xx"},
            "ValidationException",
            "enum value set",
        ),
        (
            "detect_sentiment",
            {"Text": "x", "LanguageCode": "de"},
            "UnsupportedLanguageException",
            "only 'en', got 'de'",
        ),
        (
            "batch_detect_sentiment",
            {"TextList": ["x"] * 26, "LanguageCode": "en"},
            "BatchSizeLimitExceededException",
            "26",
        ),
        (
            "batch_detect_sentiment",
            {"TextList": [], "LanguageCode": "en"},
            "ValidationException",
            "'textList'",
        ),
        (
            "detect_entities",
            {"Text": "x", "LanguageCode": "en"},
            "UnknownOperationException",
            "DetectEntities",
        ),
    ],
)
def test_refuses_as_comprehend_does(
    comprehend: Any, operation: str, parameters: dict[str, Any], code: str, words: str
) -> None:
    found, message = error_of(getattr(comprehend, operation), **parameters)
    assert found == code
    assert words in message
