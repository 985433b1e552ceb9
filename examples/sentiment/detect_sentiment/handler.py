"""Handler: detects the sentiment of a text and sends the prediction to the review starter.

Environment: REQUEST_QUEUE_URL, the starter's queue; LANGUAGE_CODE, Comprehend's code of the
texts' language. Default: en.
"""

import json
import os
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3

from detect_sentiment.texts import Text, read_text

if TYPE_CHECKING:
    from mypy_boto3_comprehend import ComprehendClient
    from mypy_boto3_comprehend.literals import LanguageCodeType
    from mypy_boto3_comprehend.type_defs import DetectSentimentResponseTypeDef
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient


def lambda_handler(event: dict[str, Any], _context: object) -> None:
    """Handle the messages of a batch; a failure returns the whole batch, which is one message."""
    for record in event["Records"]:
        text = read_text(_s3(), record["body"])
        language: LanguageCodeType = os.environ.get("LANGUAGE_CODE", "en")  # type: ignore[assignment]
        detected = _comprehend().detect_sentiment(Text=text.content, LanguageCode=language)
        request = json.dumps(review_request(text, detected))
        _sqs().send_message(QueueUrl=os.environ["REQUEST_QUEUE_URL"], MessageBody=request)


def review_request(text: Text, detected: "DetectSentimentResponseTypeDef") -> dict[str, Any]:
    """Return what the starter decides on: all four labels, Mixed too."""
    return {
        "reviewId": text.text_id,
        "flow": "sentiment",
        "input": {"taskObject": text.content, "initialValue": detected["Sentiment"].title()},
        "prediction": {
            "Sentiment": detected["Sentiment"],
            "SentimentScore": detected["SentimentScore"],
        },
    }


@cache
def _comprehend() -> "ComprehendClient":
    return boto3.client("comprehend")


@cache
def _s3() -> "S3Client":
    return boto3.client("s3")


@cache
def _sqs() -> "SQSClient":
    return boto3.client("sqs")
