"""The sentiment function: from a queue message to a request for the starter."""

import io
import json
from typing import Any

import pytest

from detect_sentiment import handler
from detect_sentiment.texts import Text, read_text

SCORES = {"Positive": 0.1, "Negative": 0.2, "Neutral": 0.1, "Mixed": 0.6}


class Services:
    """Comprehend, S3 and SQS in one."""

    def __init__(self) -> None:
        self.objects = {("inbox", "texts/note.txt", '"e1"'): b"Gr\xc3\xbcezi"}
        self.sent: list[dict[str, Any]] = []
        self.asked: list[dict[str, str]] = []

    def get_object(self, *, Bucket: str, Key: str, IfMatch: str) -> dict[str, Any]:  # noqa: N803 - boto3's names
        return {"Body": io.BytesIO(self.objects[Bucket, Key, IfMatch])}

    def detect_sentiment(self, **asked: str) -> dict[str, Any]:
        self.asked.append(asked)
        return {"Sentiment": "MIXED", "SentimentScore": SCORES, "ResponseMetadata": {}}

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> None:  # noqa: N803 - boto3's names
        self.sent.append({"queue": QueueUrl, **json.loads(MessageBody)})


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Services:
    fake = Services()
    for name in ("_comprehend", "_s3", "_sqs"):
        monkeypatch.setattr(handler, name, lambda: fake)
    monkeypatch.setenv("REQUEST_QUEUE_URL", "https://queue")
    return fake


def upload(etag: str = '"e1"', key: str = "texts/note.txt") -> str:
    return json.dumps(
        {"detail": {"bucket": {"name": "inbox"}, "object": {"key": key, "etag": etag}}}
    )


def test_hands_text_and_scores_of_all_four_labels_to_the_starter(services: Services) -> None:
    body = json.dumps({"textId": "order-1", "text": "It is okay"})
    handler.lambda_handler({"Records": [{"body": body}]}, None)
    assert services.sent == [
        {
            "queue": "https://queue",
            "reviewId": "order-1",
            "flow": "sentiment",
            "input": {"taskObject": "It is okay", "initialValue": "Mixed"},
            "prediction": {"Sentiment": "MIXED", "SentimentScore": SCORES},
        }
    ]


def test_asks_in_english_unless_told_otherwise(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = {"Records": [{"body": json.dumps({"textId": "1", "text": "ja"})}]}
    handler.lambda_handler(event, None)
    monkeypatch.setenv("LANGUAGE_CODE", "de")
    handler.lambda_handler(event, None)
    assert [asked["LanguageCode"] for asked in services.asked] == ["en", "de"]


def test_reads_an_uploaded_text_in_the_version_of_the_event(services: Services) -> None:
    text = read_text(services, upload())  # type: ignore[arg-type] # the fake reads objects
    assert text.content == "Grüezi"
    assert text.text_id.startswith("note.txt-")


def test_new_content_under_the_same_key_is_another_review(services: Services) -> None:
    services.objects["inbox", "texts/note.txt", '"e2"'] = b"Ade"
    ids = {
        read_text(services, upload(etag)).text_id  # type: ignore[arg-type] # the fake reads objects
        for etag in ('"e1"', '"e1"', '"e2"')
    }
    assert len(ids) == 2


def test_review_id_stays_within_the_starters_limit(services: Services) -> None:
    key = f"texts/{'x' * 900}"
    services.objects["inbox", key, '"e1"'] = b"long name"
    assert len(read_text(services, upload(key=key)).text_id) <= 128  # type: ignore[arg-type] # fake


@pytest.mark.parametrize("body", ['{"text": "no id"}', '["a"]', '{"textId": 7, "text": "x"}'])
def test_fails_when_the_message_is_neither_text_nor_upload(services: Services, body: str) -> None:
    with pytest.raises(ValueError, match="must have textId and text") as caught:
        read_text(services, body)  # type: ignore[arg-type] # nothing is read
    assert "no id" not in str(caught.value), "content under review must not reach the log"


def test_label_is_the_winning_one() -> None:
    detected: Any = {"Sentiment": "NEGATIVE", "SentimentScore": SCORES}
    assert handler.review_request(Text("1", "x"), detected)["input"]["initialValue"] == "Negative"
